"""From the rows of an experiment to its tables: false alarms, detections, time, coverage."""

from typing import Any

import numpy as np
import pandas as pd

from benchmarks import format
from benchmarks.markdown import table as markdown_table
from benchmarks.validate.trial import METHOD

_REFERENCE_TRIALS = 10  # make the value that the interval of one trial should contain
_BUSY = "one core busy on and off"
_MIN_UNCACHED_SIZE = 1000 * 20_000  # numbers in X, which do not fit a cache
Rows = list[dict[str, str]]


def tables(rows: pd.DataFrame) -> dict[str, Rows]:
    """By heading: the methods side by side, and the coverage of our intervals; by threshold."""
    rows = rows.assign(load=rows["load"].fillna(0).astype(int))
    groups: Any = list(rows.groupby(["threshold", "load", "method"], sort=False))
    verdicts = [_method(threshold, load, name, own) for (threshold, load, name), own in groups]
    ours = [(*key[:2], own) for key, own in groups if key[-1] == METHOD]
    held = [_coverage(threshold, load, own) for threshold, load, own in ours]
    return {"Verdicts": _filled(verdicts), "Intervals": [row for row in held if row]}


def _method(threshold: float, load: int, method: str, rows: pd.DataFrame) -> dict[str, str]:
    same = rows[rows["injected"] == 0]
    cached = same["n_x"] * same["m"] < _MIN_UNCACHED_SIZE
    decided = same["verdict"] != "inconclusive"
    row = {
        "method": method + (f", {_BUSY}" if load else ""),
        "threshold": format.percent(threshold),
        "called identical code different": _share(same["verdict"].isin(["slower", "faster"])),
        "decided on it, in cache": _share(decided[cached]),
        "decided on it, beyond cache": _share(decided[~cached]),
        "it differed by": _spread(same["ratio"].dropna()),
    }
    for share in (0.03, 0.05, 0.10, 0.20):
        detected = rows[np.isclose(rows["injected"], share)]["verdict"] == "slower"
        row[f"saw {share:.0%}"] = _share(detected)
    row["samples of a verdict"] = _seconds(rows["measured_s"].dropna())
    row["wall time of a verdict"] = _seconds(rows["wall_s"].dropna())
    return row


def _filled(rows: Rows) -> Rows:
    """Without the columns that are blank in every row."""
    return [{key: text for key, text in row.items() if any(r[key] for r in rows)} for row in rows]


def _spread(ratios: pd.Series) -> str:
    """The median, the 90th and the 99th percentile of |log ratio|."""
    if ratios.empty:
        return ""
    shares = np.quantile(np.abs(np.log(ratios)), [0.5, 0.9, 0.99])
    return "median {}, 90th {}, 99th {}".format(*map(format.percent, shares))


def _seconds(times: pd.Series) -> str:
    if times.empty:
        return ""
    return f"median {times.median():.1f} s, mean {times.mean():.1f} s"


def _share(hits: pd.Series) -> str:
    return f"{hits.mean():.1%} ({int(hits.sum())} of {len(hits)})" if len(hits) else ""


def _coverage(threshold: float, load: int, rows: pd.DataFrame) -> dict[str, str]:
    """How often the interval of one trial contains the value of ten other trials together."""
    held: list[bool] = []
    rows = rows.dropna(subset="ratio")
    for _, group in rows.groupby(["n_x", "m", "injected"]):
        if len(group) <= _REFERENCE_TRIALS:
            continue
        logs = [np.log(np.array(str(text).split(), float)) for text in group["process_ratios"]]
        for k, row in enumerate(group.to_dict("records")):
            reference = [logs[(k + 1 + j) % len(group)] for j in range(_REFERENCE_TRIALS)]
            value = np.exp(np.median(np.concatenate(reference)))
            held.append(bool(row["ratio_low"] <= value <= row["ratio_high"]))
    if not held:
        return {}
    return {
        "condition": _BUSY if load else "quiet",
        "threshold": format.percent(threshold),
        "95% intervals that hold the value of ten trials": _share(pd.Series(held)),
    }


def markdown(rows: pd.DataFrame) -> str:
    """The tables for METHODOLOGY.md."""
    return "\n\n".join(markdown_table(table) for table in tables(rows).values() if table) + "\n"
