"""The files that --add and --data name, and what they need beside them, go to the machines of --on."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from in_process import STEP, call, refused

from benchmarks.machines import cluster_run


def test_all_files_of_the_user_travel_with_what_is_beside_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.py").write_text(f"import beside\n{STEP}")
    (tmp_path / "beside.py").touch()
    np.save(tmp_path / "x.npy", np.zeros((2, 6)))
    np.save(tmp_path / "x.Y.npy", np.zeros((1, 6)))
    (tmp_path / "shards").mkdir()
    (tmp_path / "shards" / "part.npz").touch()
    sent: dict[str, Path] = {}

    def run_on(address: str, arguments: list[str], files: dict[str, Path], *_: Any) -> list:
        sent.update(files)
        raise cluster_run.ClusterError(" ".join(arguments))

    monkeypatch.setattr(cluster_run, "run_on", run_on)
    options = [
        "--add",
        "mine.py",
        "--data",
        "x.npy,shards,cat",
        "--out",
        "out",
        "--on",
        "tcp://h:1",
    ]
    said = refused(call(tmp_path, "run", *options))
    places = dict.fromkeys(name.partition("/")[0] for name in sent)
    one, two, three = places
    assert f"--add {one}/mine.py --data {two}/x.npy --data {three}/shards --data cat" in said
    names = {f"{one}/mine.py", f"{one}/beside.py", f"{two}/x.npy", f"{three}/shards/part.npz"}
    assert names < set(sent) and len(sent) == 5  # and the labels
    monkeypatch.setattr("benchmarks.cli._machines._MAX_BYTES", 100)
    assert "at most 100 B" in refused(call(tmp_path, "run", *options))
