"""The command line in this process, which has loaded the libraries already; and bad files as text."""

import contextlib
import io
import signal
import sys
from pathlib import Path
from typing import NamedTuple
from unittest import mock

import numpy as np

from benchmarks.cli import main

# Files as people have them, each of which was once read wrong or ended in a traceback.
CSV = {
    "first_row_missing": "5.1,,1.4,0\n4.9,3.0,1.4,0\n7.0,3.2,4.7,1\n",
    "first_row_uci": "63,1,?,0\n67,1,4,1\n37,0,3,0\n",
    "pandas_default": ",0,1,2\n0,-0.028,0.446,0\n1,1.861,-1.844,1\n",
    "pandas_noindex_1feature": "0,1\n-0.028,0\n1.861,1\n",
}
STEP = '''"""Vectorized, à la main."""

import numpy as np

from implementations import CostGradient


def cost_gradient(w, b, X, Y):
    m = X.shape[1]
    Z = w.T @ X + b
    dZ = (1 + np.tanh(Z / 2)) / 2 - Y
    J = np.sum(np.logaddexp(0, Z) - Y * Z) / m
    return CostGradient(J, X @ dZ.T / m, np.sum(dZ) / m)
'''
COURSE = '''"""The notebook's propagate, as a student has it."""

import numpy as np


def propagate(w, b, X, Y):
    m = X.shape[1]
    A = 1 / (1 + np.exp(-(np.dot(w.T, X) + b)))
    cost = -1 / m * np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A))
    return {"dw": 1 / m * np.dot(X, (A - Y).T), "db": 1 / m * np.sum(A - Y)}, np.squeeze(cost)
'''
UNFINISHED = '"""Not finished."""\n\ndef cost_gradient(w, b, X, Y:\n    pass\n'
PYTHON = {
    "bom": STEP.encode("utf-8-sig"),
    "latin1": b"# -*- coding: latin-1 -*-\n" + STEP.encode("latin-1"),
}


class Ended(NamedTuple):
    """How a command ended and what it printed."""

    returncode: int
    stdout: str
    stderr: str


def call(folder: Path, *arguments: object) -> Ended:
    """The command line called in this folder."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    out, errors = io.StringIO(), io.StringIO()
    command = ["benchmarks", *map(str, arguments)]
    try:
        with contextlib.ExitStack() as stack:
            stack.enter_context(contextlib.chdir(folder))
            stack.enter_context(contextlib.redirect_stdout(out))
            stack.enter_context(contextlib.redirect_stderr(errors))
            stack.enter_context(mock.patch.object(sys, "argv", command))
            status = main()
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    return Ended(status, out.getvalue(), errors.getvalue())


def refused(ended: Ended, status: int = 2) -> str:
    """The one or two lines that a command which refused must have printed."""
    assert ended.returncode == status, ended
    lines = ended.stderr.strip().splitlines()
    assert 1 <= len(lines) <= 2, ended.stderr
    assert lines[0].startswith("error: ")
    assert "Traceback" not in ended.stderr
    return ended.stderr


def save_npz(path: Path) -> Path:
    """Data of two features and six examples."""
    X = np.array([[0.5, -1.0, 2.0, 0.1, -0.3, 1.5], [1.0, 0.2, -0.7, 0.9, 0.0, -1.1]])
    np.savez(path, X=X, Y=np.array([[0.0, 1.0, 1.0, 0.0, 1.0, 0.0]]))
    return path
