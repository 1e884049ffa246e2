"""All that was measured, cell by cell, as rows of plain text."""

from collections.abc import Mapping
from typing import Any

from benchmarks import format
from benchmarks.report import ratios
from benchmarks.report.data import Data
from benchmarks.report.tables import Rows
from benchmarks.results.store import CELL
from benchmarks.statistics.estimates import Estimate


def rows(data: Data, most: int | None = None) -> Rows:
    """A row for each implementation and cell, in each cell the fastest first; `most` of them."""
    columns = ["operation", "dtype", "order", "threads", "data", "n_x", "m", "median_ns"]
    return [
        {
            "cell": data.label(tuple(row[key] for key in CELL)),
            "implementation": row["implementation"],
            "time of one call": format.time_interval(
                row["median_ns"], row["ci_low_ns"], row["ci_high_ns"]
            ),
            f"speedup over {data.baseline}": _speedup(row, data),
            "of what the hardware allows": format.percent(row["fraction_of_limit"]),
            "outliers": _outliers(row["outliers"], row["samples"]),
            "warnings": row["warnings"],
        }
        for row in data.measured.sort_values(columns)[:most].to_dict("records")
    ]


def _speedup(row: Mapping[Any, Any], data: Data) -> str:
    """The speedup over the baseline with its interval; of the baseline, its noise floor."""
    if not format.known(row["speedup"]):
        return ""
    cell = tuple(row[key] for key in CELL)
    if row["implementation"] == data.baseline:
        if cell not in data.floors:
            return "the baseline"
        return f"the baseline; its A/A control differs by {format.percent(data.floor(cell))}"
    ratio = Estimate(row["speedup"], row["speedup_low"], row["speedup_high"])
    return ratios.speedup(ratio, data.floor(cell))


def _outliers(number: float, samples: float) -> str:
    return f"{format.count(number)} of {format.count(samples)}" if number else ""
