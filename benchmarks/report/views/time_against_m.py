"""At a fixed number of features, how does time grow with the number of examples?"""

from benchmarks.report.scene import Scene
from benchmarks.report.views import _series
from benchmarks.report.views._series import Panels, chart, figure, title

__all__ = ["FOLLOWS", "PLACE", "SECTION", "chart", "figure", "select", "title"]

PLACE, SECTION, FOLLOWS = 20, "time", True


def select(scene: Scene) -> dict[str, Panels]:
    return _series.select(scene, along="m", fixed="n_x")
