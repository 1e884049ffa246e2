"""At a fixed number of features, how does time grow with the number of examples?"""

from benchmarks.report import series
from benchmarks.report.data import Data
from benchmarks.report.figures._series import draw
from benchmarks.report.series import Series, title

__all__ = ["PLACE", "draw", "select", "title"]

PLACE = 20


def select(data: Data) -> Series | None:
    return series.select(data, along="m", fixed="n_x")
