"""At a fixed number of features, how does time grow with the number of examples?"""

from benchmarks.report.web.charts import _lines
from benchmarks.report.web.charts._marks import Chart
from benchmarks.report.web.scene import Scene

PLACE, SECTION, FOLLOWS = 20, "time", True


def draw(scene: Scene) -> dict[str, Chart]:
    return _lines.draw(scene, along="m", fixed="n_x")
