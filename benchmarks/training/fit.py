"""A fit's folder: what was asked, where it has come to, and how a killed one goes on."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from math import inf
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np

from benchmarks.data import Dataset
from benchmarks.errors import UserError
from benchmarks.results.lock import FolderLock
from benchmarks.results.store import write_atomically
from benchmarks.training.gradient_descent import State, descend

_SAVE_EVERY_S = 10.0
_ABOUT, _CHECKPOINT = "fit.json", "checkpoint.npz"


@dataclass
class Fit:
    """What is fitted with what, `about`, and the states so far: every cost, and the last parameters."""

    about: dict[str, Any]
    costs: list[float] = field(default_factory=list)
    last: State | None = None


def resumed(folder: Path) -> Fit:
    """The fit in the folder, at its last checkpoint. Raises UserError where there is none."""
    try:
        about = json.loads((folder / _ABOUT).read_text(encoding="utf-8"))
        if about.get("state") == "complete":
            raise UserError(f"{folder} is complete: there is nothing left to resume")
        with np.load(folder / _CHECKPOINT, allow_pickle=False) as file:
            step, b = int(file["step"]), float(file["b"])
            costs = [float(cost) for cost in file["costs"]]
            last = State(step, costs[step], file["w"], b)
        if missing := {"source", "path", "alpha", "steps", "seed", "variables"} - set(about):
            raise ValueError(f"no {', '.join(sorted(missing))} in {_ABOUT}")
    except (OSError, ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        reason = " ".join(str(error).split())[:150]
        raise UserError(f"{folder}: has no fit to go on with ({reason}): start a new one") from None
    return Fit(about, costs[:step], last)


def train(
    fit: Fit, module: Any, data: Dataset, folder: Path, watch: Callable[[State], None]
) -> State:
    """Go through the steps that are left, with a checkpoint every few seconds; the last state."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = FolderLock(folder)
    try:
        saved = -inf
        for state in descend(module, data, fit.about["alpha"], fit.about["steps"], fit.last):
            fit.costs.append(state.J)
            watch(state)
            last = state
            if saved < 0:  # the first step was right: from here on there is something to keep
                _write_about(folder, {**fit.about, "state": "running"})
            if monotonic() - saved >= _SAVE_EVERY_S:
                _save(folder, state, fit.costs)
                saved = monotonic()
        _save(folder, last, fit.costs)
    finally:
        lock.release()
    return last


def finish(folder: Path, about: Mapping[str, Any], last: State) -> None:
    """The fit is complete: its parameters, and no checkpoint any more."""
    np.savez(folder / "parameters.npz", w=last.w, b=last.b)
    _write_about(folder, {**about, "state": "complete"})
    (folder / _CHECKPOINT).unlink(missing_ok=True)


def _write_about(folder: Path, about: Mapping[str, Any]) -> None:
    write_atomically(folder / _ABOUT, json.dumps(about, indent=2) + "\n")


def _save(folder: Path, state: State, costs: list[float]) -> None:
    content = BytesIO()
    np.savez(content, w=state.w, b=state.b, step=state.step, costs=costs)
    write_atomically(folder / _CHECKPOINT, content.getvalue())
