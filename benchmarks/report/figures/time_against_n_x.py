"""At a fixed number of examples, how does time grow with the number of features?"""

from benchmarks.report.data import Data
from benchmarks.report.figures import _series
from benchmarks.report.figures._series import Series, draw, title

__all__ = ["PLACE", "draw", "select", "title"]

PLACE = 30


def select(data: Data) -> Series | None:
    return _series.select(data, along="n_x", fixed="m")
