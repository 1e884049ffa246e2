"""At a fixed number of features, how does time grow with the number of examples?"""

from benchmarks.report.data import Data
from benchmarks.report.figures import _series
from benchmarks.report.figures._series import Series, draw, title

__all__ = ["PLACE", "draw", "select", "title"]

PLACE = 20


def select(data: Data) -> Series | None:
    return _series.select(data, along="m", fixed="n_x")
