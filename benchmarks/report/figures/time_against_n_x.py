"""At a fixed number of examples, how does time grow with the number of features?"""

from benchmarks.report import series
from benchmarks.report.data import Data
from benchmarks.report.figures._series import draw
from benchmarks.report.series import Series, title

__all__ = ["PLACE", "draw", "select", "title"]

PLACE = 30


def select(data: Data) -> Series | None:
    return series.select(data, along="n_x", fixed="m")
