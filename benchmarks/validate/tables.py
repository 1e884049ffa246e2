"""From the rows of an experiment to its tables: false alarms, detections, time, coverage."""

import numpy as np
import pandas as pd

from benchmarks.markdown import table as markdown_table
from benchmarks.validate.trial import METHOD

_REFERENCE_TRIALS = 10  # make the value that the interval of one trial should contain
_MIN_UNCACHED_SIZE = 1000 * 20_000  # numbers in X, which do not fit a cache
Rows = list[dict[str, str]]


def tables(rows: pd.DataFrame) -> dict[str, Rows]:
    """By heading: the methods side by side, and the coverage of our intervals."""
    rows = rows.assign(load=rows["load"].fillna(0).astype(int))
    verdicts = [
        _method(f"{method}, one core busy on and off" if load else str(method), group)
        for (load, method), group in rows.groupby(["load", "method"], sort=False)
    ]
    ours = rows[rows["method"] == METHOD]
    coverage = [_coverage(load, ours[ours["load"] == load]) for load in (0, 1)]
    return {"Verdicts": verdicts, "Intervals": [row for row in coverage if row]}


def _method(name: str, rows: pd.DataFrame) -> dict[str, str]:
    same = rows[rows["injected"] == 0]
    cached = same[same["n_x"] * same["m"] < _MIN_UNCACHED_SIZE]
    row = {
        "method": name,
        "called identical code different": _share(same["verdict"].isin(["slower", "faster"])),
        "inconclusive, identical, in cache": _share(cached["verdict"] == "inconclusive"),
        "the same, beyond it": _share(same.drop(cached.index)["verdict"] == "inconclusive"),
    }
    for share in (0.03, 0.05, 0.10, 0.20):
        detected = rows[np.isclose(rows["injected"], share)]["verdict"] == "slower"
        row[f"saw {share:.0%}"] = _share(detected)
    measured = rows["measured_s"].dropna()
    times = f"{measured.mean():.1f} s, {measured.max():.1f} s at most" if len(measured) else ""
    row["samples of a verdict"] = times
    row["wall time of a verdict"] = f"{rows['wall_s'].mean():.1f} s"
    return row


def _share(hits: pd.Series) -> str:
    return f"{hits.mean():.1%} ({int(hits.sum())} of {len(hits)})" if len(hits) else ""


def _coverage(load: int, rows: pd.DataFrame) -> dict[str, str]:
    """How often the interval of one trial contains the value of ten other trials together."""
    held: list[bool] = []
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
        "condition": "one core busy on and off" if load else "quiet",
        "95% intervals that hold the value of ten trials": _share(pd.Series(held)),
    }


def markdown(rows: pd.DataFrame) -> str:
    """The tables for METHODOLOGY.md."""
    return "\n\n".join(markdown_table(table) for table in tables(rows).values() if table) + "\n"
