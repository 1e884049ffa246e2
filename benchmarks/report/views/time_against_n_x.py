"""At a fixed number of examples, how does time grow with the number of features?"""

from benchmarks.report.scene import Scene
from benchmarks.report.views import _series
from benchmarks.report.views._series import Panels, chart, figure, title

__all__ = ["FOLLOWS", "PLACE", "SECTION", "chart", "figure", "select", "title"]

PLACE, SECTION, FOLLOWS = 30, "time", True


def select(scene: Scene) -> dict[str, Panels]:
    return _series.select(scene, along="n_x", fixed="m")
