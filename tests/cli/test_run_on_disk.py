"""Data on disk in a run: who reads it in blocks is measured, the others are skipped with the bytes."""

from pathlib import Path
from typing import Any

import pytest
from in_process import call

from benchmarks.data import Synthetic, large, writing
from benchmarks.results import store


@pytest.mark.slow
def test_who_reads_it_in_blocks_is_measured_and_the_others_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("distributed", reason="distributed is not installed: make scale")
    wanted = writing.Wanted(Synthetic(5, 4000, 1), "float32", 1000)
    writing.write(tmp_path / "x.npy", wanted, 2, lambda share: None)
    monkeypatch.setattr(large, "_HELD_SHARE", 0.0)
    names = "numpy_vectorized,dask_blocks"
    asked = ["run", "--data", tmp_path / "x.npy", "-i", names, "--budget", "8", "--quiet"]
    ended = call(tmp_path, *asked, "--out", tmp_path / "run")
    assert ended.returncode == 0, ended.stderr
    table = store.read(tmp_path / "run").cells
    cells: Any = {row["implementation"]: row for row in table.to_dict("records")}
    assert cells["dask_blocks"]["status"] == "ok"
    assert cells["dask_blocks"]["dtype"] == "float32" and cells["dask_blocks"]["order"] == "F"
    assert 0 < cells["dask_blocks"]["bound"] < 1e-3
    assert cells["numpy_vectorized"]["status"] == "skipped"
    reason = cells["numpy_vectorized"]["reason"]
    assert "160000 bytes" in reason and "dask_blocks reads it in blocks" in reason
