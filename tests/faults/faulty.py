"""Faulty implementations: right everywhere but in one cell, where each does its own wrong thing."""

from pathlib import Path
from typing import NamedTuple

from benchmarks.results.records import Cell, Status

GOOD, FATAL = (Cell("cost_gradient", "synthetic", 5, m) for m in (9, 11))
"""The cells: all is well in the one, and the fault comes in the other. No case of the gate has its size."""

_RIGHT = """
import os, sys, signal, threading, time, subprocess, ctypes
import numpy as np
from implementations import CostGradient


def fault():
    {fault}


def cost_gradient(w, b, X, Y):
    if X.shape == (5, 11):
        if (answer := fault()) is not None:
            return answer
    m = X.shape[1]
    Z = w.T @ X + b
    e = np.exp(-np.abs(Z))
    A = np.where(Z >= 0, 1, e) / (1 + e)
    J = np.sum(np.logaddexp(0, Z) - Y * Z) / m
    return CostGradient(J, X @ (A - Y).T / m, np.sum(A - Y) / m)
"""


class Fault(NamedTuple):
    """What it does, the status that its cell gets, and what the reason says (a regular expression)."""

    code: str
    status: Status
    reason: str


_CRASHED, _MEMORY, _WRONG = Status.CRASHED, Status.OUT_OF_MEMORY, Status.DISAGREES
_LISTS = "\n    ".join(
    [
        "class Sly(CostGradient):",
        "    def __len__(self): raise OSError('no')",
        "return Sly(0, 0, 0)",
    ]
)
_UNREADABLE = "\n    ".join(
    ["class Mute(Exception):", "    def __str__(self): raise OSError('no')", "raise Mute"]
)
_SPAWN = "subprocess.Popen(['sleep', '97.5'], start_new_session={})"

FAULTS = {
    "segmentation": Fault(
        "ctypes.string_at(0)", _CRASHED, "died of SIGSEGV while .*Segmentation|SEGV"
    ),
    "abort": Fault("os.abort()", _CRASHED, "died of SIGABRT"),
    "exit_at_once": Fault("os._exit(3)", _CRASHED, "exited with status 3"),
    "exit_well": Fault("os._exit(0)", _CRASHED, "exited with status 0"),
    "exit": Fault("sys.exit(4)", _CRASHED, "SystemExit: 4"),
    "error": Fault(
        "raise ZeroDivisionError('by me')", _CRASHED, r"ZeroDivisionError: by me \(.*line"
    ),
    "mute_error": Fault(_UNREADABLE, _CRASHED, "Mute: .its message cannot be shown"),
    "endless_recursion": Fault("return fault()", _CRASHED, "RecursionError"),
    "own_interrupt": Fault("raise KeyboardInterrupt", _CRASHED, "KeyboardInterrupt"),
    "own_stop": Fault("raise GeneratorExit", _CRASHED, "GeneratorExit"),
    "memory": Fault("[np.empty(1 << 27) for _ in range(1 << 20)]", _MEMORY, "MemoryError"),
    "closed_descriptors": Fault("os.closerange(0, 99)", _CRASHED, "closed its connection|status"),
    "closed_line": Fault("os.closerange(3, 99)", _CRASHED, "closed its connection|status"),
    "no_answer": Fault("return 'nothing'", _WRONG, "returned a str, should be CostGradient"),
    "words": Fault("return CostGradient('a', 'b', 'c')", _WRONG, "should be real numbers"),
    "a_gigabyte": Fault(
        "return CostGradient(0.0, np.broadcast_to(0.0, (1 << 27, 1)), 0.0)", _WRONG, "of shape"
    ),
    "not_a_number": Fault("return CostGradient(np.nan, np.ones((5, 1)), 0.0)", _WRONG, "finite"),
    "sly_answer": Fault(_LISTS, _CRASHED, "OSError: no"),
    "orphan": Fault(_SPAWN.format(True), _CRASHED, "left a process running outside its group"),
    "own_group": Fault(f"{_SPAWN.format(False)}; os.kill(0, 9)", _MEMORY, "SIGKILL"),
}

HARMLESS = {
    "other_folder": "os.chdir('/')",
    "other_environment": "os.environ.clear()",
    "much_talk": "print('x' * 5_000_000); print('y' * 5_000_000, file=sys.stderr)",
    "child": _SPAWN.format(False),
    "unwritable": "sys.stdout = sys.stderr = None",
    "other_limits": "sys.setrecursionlimit(50)",
    "other_switches": "sys.setswitchinterval(1e-6)",
    "other_handlers": "[signal.signal(n, signal.SIG_IGN) for n in (signal.SIGTERM, signal.SIGINT)]",
    "other_errors": "np.seterr(all='ignore')",
}
"""What an implementation may do to its own process; it is measured all the same."""


def write(folder: Path, name: str, code: str) -> Path:
    """The implementation of this name, whose fault is the code."""
    path = folder / f"{name}.py"
    path.write_text(_RIGHT.format(fault=code))
    return path
