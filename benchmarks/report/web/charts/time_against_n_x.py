"""At a fixed number of examples, how does time grow with the number of features?"""

from benchmarks.report.web.charts import _lines
from benchmarks.report.web.charts._marks import Chart
from benchmarks.report.web.scene import Scene

PLACE, SECTION, FOLLOWS = 30, "time", True


def draw(scene: Scene) -> dict[str, Chart]:
    return _lines.draw(scene, along="n_x", fixed="m")
