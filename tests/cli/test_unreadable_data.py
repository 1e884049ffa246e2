"""Data that the user may not read, through whole commands."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from in_process import save_npz

from benchmarks.registry import ROOT

PROGRAM = """
from pathlib import Path
from in_process import call, refused
for options in (["run", "--budget", "5"], ["fit", "--steps", "2"]):
    for name in ("whole.npz", "stored.npy", "labels.npy", "closed/any.npz"):
        command = [*options, "--quiet", "--out", "out", "--data", name]
        print(refused(call(Path("."), *command)).strip())
"""


def without_roots_privilege() -> list[str]:
    """What makes root obey the permissions of a file, too; nobody else needs it."""
    if os.geteuid() != 0:
        return []
    if not (setpriv := shutil.which("setpriv")):
        pytest.skip("root reads every file, and there is no setpriv")
    return [setpriv, "--bounding-set", "-dac_override,-dac_read_search"]


@pytest.mark.slow
def test_data_that_may_not_be_read_is_refused_in_a_line_by_run_and_fit(tmp_path: Path) -> None:
    save_npz(tmp_path / "whole.npz")
    for name in ("stored", "labels"):
        np.save(tmp_path / f"{name}.npy", np.ones((2, 6)))
        np.save(tmp_path / f"{name}.Y.npy", np.ones((1, 6)))
    for name in ("whole.npz", "stored.npy", "labels.Y.npy"):
        (tmp_path / name).chmod(0)
    (tmp_path / "closed").mkdir(0)
    before = set(tmp_path.iterdir())
    done = subprocess.run(
        [*without_roots_privilege(), sys.executable, "-c", PROGRAM],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "tests")))},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == 8
    for whole, stored, labels, inside in (lines[:4], lines[4:]):
        for line, name in ((whole, "whole.npz"), (stored, "stored.npy"), (labels, "labels.Y.npy")):
            assert f"{name}: may not be read: chmod u+r " in line
        assert "closed may not be entered: chmod u+x " in inside
    assert set(tmp_path.iterdir()) == before
