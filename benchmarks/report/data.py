"""A run and its statistics: everything that the report and its pictures are made from."""

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from benchmarks import format
from benchmarks.results import records, store
from benchmarks.results.records import is_control
from benchmarks.results.store import CELL
from benchmarks.statistics import cost_model, crossovers, growth, noise, rounds, winners
from benchmarks.statistics.estimates import Estimate, estimate
from benchmarks.statistics.lines import SIZES
from benchmarks.statistics.rounds import EverySample, Rounds
from benchmarks.statistics.summary import KEY_LIST

MAIN = "cost_gradient"
PICTURES = (12_288, 209)  # n_x and m of the lesson's cat problem
SETTING = list(records.SETTING)
LINE = ["operation", "data", *SETTING, "along", "at"]

Cell = tuple[Any, ...]
"""A cell's key: the values of the columns CELL, in order."""


@dataclass(frozen=True, eq=False)
class Data:
    """A run and its statistics; times in ns.

    about       run.json
    results     one row per implementation and cell: cells.csv, summary.csv and `predicted_ns`
    winners     one row per cell in which anything was measured (statistics.winners)
    rounds      the time of every turn, the control's too (statistics.rounds)
    samples     the time of every sample, likewise
    floors      the noise floor of each cell that has a control, by its key (statistics.floors)
    growth      one row per implementation and line of sizes (statistics.growth)
    crossovers  one row per crossover (statistics.crossovers)
    limits      what the machine can do at best (machine/roofline.py)

    The A/A control is no contestant: it is in `floors`, `rounds` and `samples`, and nowhere else.
    """

    about: dict[str, Any]
    results: pd.DataFrame
    winners: pd.DataFrame
    rounds: Rounds
    samples: EverySample
    floors: pd.Series
    growth: pd.DataFrame
    crossovers: pd.DataFrame
    limits: pd.DataFrame

    @property
    def baseline(self) -> str:
        return str(self.about.get("baseline") or "")

    @cached_property
    def measured(self) -> pd.DataFrame:
        return self.results.dropna(subset="median_ns")

    @cached_property
    def setting(self) -> Cell:
        """The dtype, order, threads and caches that most was measured with; warm ones if any were."""
        counts = self.measured.groupby(SETTING).size().reset_index(name="count")
        ranked = counts.sort_values(
            ["cache", "count", *SETTING[:-1]], ascending=[False, False, False, True, True]
        )
        return tuple(ranked[SETTING].iloc[0])

    def operation(self) -> str:
        """cost_gradient, or what was measured most where that was not."""
        names = self.measured["operation"]
        return MAIN if (names == MAIN).any() else str(names.mode().iloc[0])

    def central(self, dtype: str | None = None) -> Cell:
        """The cell that stands for the run, or for a dtype of it: the lesson's pictures, or the
        largest that all did."""
        ranked = self._ranked
        if dtype is not None and (ranked["dtype"] == dtype).any():
            ranked = ranked[ranked["dtype"] == dtype]
        return tuple(ranked[CELL].iloc[0])

    @cached_property
    def _ranked(self) -> pd.DataFrame:
        """The cells of the operation that stands for the run, the best to stand for it first."""
        cells = self.measured[self.measured["operation"] == self.operation()]
        ranked = cells.groupby(CELL).agg(did=("implementation", "nunique")).reset_index()
        ranked["usual"] = (ranked[SETTING] == list(self.setting)).all(axis=1)
        ranked["pictures"] = (ranked["n_x"] == PICTURES[0]) & (ranked["m"] == PICTURES[1])
        ranked["work"] = ranked["n_x"] * ranked["m"]
        return ranked.sort_values(["usual", "pictures", "did", "work", *CELL], ascending=False)

    def of(self, cell: Cell) -> pd.DataFrame:
        """The results of one cell, by implementation."""
        return self.results.iloc[self._places.get(cell, [])].set_index("implementation")

    @cached_property
    def _places(self) -> Mapping[Any, Any]:
        return self.results.groupby(CELL).indices

    def speedup(self, cell: Cell, implementation: str, other: str) -> Estimate | None:
        """How many times as fast as the other, paired by round; None without a common round."""
        ratio = rounds.logs(self.rounds, [(records.Cell(*cell), implementation, other)])
        return estimate(ratio).map(math.exp) if len(ratio.values) else None

    def floor(self, cell: Cell) -> float:
        """What identical code differs by in this cell, as a share; 0 where there was no control."""
        return float(self.floors.get(cell, 0.0))

    @cached_property
    def fastest(self) -> dict[Cell, list[str]]:
        """The fastest of each cell that was measured, or those that tie for it."""
        columns = (self.winners[name] for name in ("winner", "alike", "second", "tie"))
        names = [
            [first, *alike, second] if tie else [first, *alike]
            for first, alike, second, tie in zip(*columns, strict=True)
        ]
        return dict(zip(self.winners[CELL].itertuples(index=False, name=None), names, strict=True))

    @cached_property
    def leading(self) -> list[bool]:
        """Of each crossover: are both the fastest or the second at some size of its line?"""
        first_two: defaultdict[tuple[Any, ...], set[str]] = defaultdict(set)
        for cell in self.winners.to_dict("records"):
            for along, fixed in SIZES.items():
                line = cell | {"along": along, "at": cell[fixed]}
                leaders = {cell["winner"], *cell["alike"], cell["second"]}
                first_two[tuple(line[key] for key in LINE)] |= leaders
        return [
            {crossover["faster_below"], crossover["faster_above"]}
            <= first_two[tuple(crossover[key] for key in LINE)]
            for crossover in self.crossovers.to_dict("records")
        ]

    def label(self, cell: Cell) -> str:
        """The cell's size, and whatever else tells it from the others of the run."""
        values = dict(zip(CELL, cell, strict=True))
        return self._qualify(format.size(values["n_x"], values["m"]), values)

    def line(self, values: Mapping[Any, Any]) -> str:
        """A line of sizes, LINE's values by name, qualified likewise: m at n_x = 100."""
        along = values["along"]
        return self._qualify(f"{along} at {SIZES[along]} = {format.count(values['at'])}", values)

    @cached_property
    def _varied(self) -> list[str]:
        return [name for name in SETTING if self.results[name].nunique() > 1]

    def _qualify(self, label: str, values: Mapping[Any, Any]) -> str:
        words = [] if values["data"] == "synthetic" else [str(values["data"])]
        for name in self._varied:
            word = str(values[name])
            if name == "threads":
                word = format.count(values[name], "thread")
            words.append(f"{word} caches" if name == "cache" else word)
        label += f" ({', '.join(words)})" if words else ""
        return label if values["operation"] == MAIN else f"{values['operation']} {label}"


def errors(results: pd.DataFrame) -> pd.DataFrame:
    """The results whose error was checked; `share` is the error over its bound."""
    checked = results.dropna(subset=["error", "bound"])
    checked = checked[checked["bound"] > 0]
    return checked.assign(share=checked["error"] / checked["bound"])


def gather(run: store.Run, summary: pd.DataFrame) -> Data:
    """The run with its statistics; `summary` is statistics.summary.summary(run)."""
    predicted = cost_model.predictions(run, summary)
    # The summary has the warnings of cells.csv, and more.
    own = run.cells[~is_control(run.cells["implementation"])].drop(columns="warnings")
    results = own.merge(summary, on=KEY_LIST, how="left")
    results = results.merge(predicted, on=KEY_LIST, how="left")
    numbers = ["error", "bound", "prepare_ns", "first_call_ns", "median_ns", "ci_low_ns"]
    numbers += ["ci_high_ns", "speedup", "speedup_low", "speedup_high", "fraction_of_limit"]
    numbers += [
        "predicted_ns",
        "samples",
        "outliers",
        "disturbed",
        "limit_ns",
        "extra_bytes",
        "compile_ns",
        "moved_bytes",
    ]
    # A column without one number in it is of type object, and sorts and compares as such.
    results[numbers] = results[numbers].apply(pd.to_numeric)
    texts = ["reason", "warnings", "compiled_on"]
    results[texts] = results[texts].fillna("")
    return Data(
        run.about,
        results,
        winners.winners(run, summary),
        rounds.rounds_of(run),
        rounds.every_sample_of(run),
        noise.floors(summary),
        growth.growth(summary),
        crossovers.crossovers(run, summary),
        run.limits,
    )
