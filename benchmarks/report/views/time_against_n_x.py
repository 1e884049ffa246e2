"""At a fixed number of examples, how does time grow with the number of features?"""

from benchmarks.report.scene import Scene
from benchmarks.report.views import _series

PLACE, SECTION, FOLLOWS = 30, "time", True
title, figure, chart = _series.title, _series.figure, _series.chart


def select(scene: Scene) -> dict[str, _series.Panels]:
    return _series.select(scene, along="n_x", fixed="m")
