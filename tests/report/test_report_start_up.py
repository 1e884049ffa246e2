"""Start-up cost and break-even: what is compiled counts, whenever that was."""

from pathlib import Path

import pandas as pd
import pytest
from fabricated import ONE, data_of, fabricate

from benchmarks.report import start_up

pytestmark = pytest.mark.slow


def test_start_up_is_paid_back_after_as_many_calls_as_it_takes(tmp_path: Path):
    fabricate(tmp_path, cells=[ONE], noise=0.0)
    rows = {row["implementation"]: row for row in start_up.rows(data_of(tmp_path))}
    saved = (900 * 1000 + 80 * 100_000) - (900 + 18 * 1000 + 1.1 * 100_000)
    said = rows["numba_loops"]["ahead of python_loops after"]
    assert int(said.removesuffix(" calls")) == pytest.approx(800e6 / saved, rel=0.3)
    assert rows["python_loops"]["ahead of numpy_vectorized after"].startswith("never")
    assert rows["numba_loops"]["what it is"] == "The loops, compiled."


def test_what_was_compiled_before_is_paid_for_as_if_it_were_compiled_now(tmp_path: Path):
    fabricate(tmp_path, cells=[ONE], noise=0.0)
    cells = pd.read_csv(tmp_path / "cells.csv", dtype={"compiled_on": str})
    compiled = cells["implementation"] == "numba_loops"
    cells.loc[compiled, "first_call_ns"] = cells.loc[compiled, "first_call_ns"] - 790_000_000
    for day, said in (("2026-11-20", "compiling on 2026-11-20"), ("2026-11-22", "compiling")):
        cells.loc[compiled, ["compile_ns", "compiled_on"]] = 3_000_000_000, day
        cells.to_csv(tmp_path / "cells.csv", index=False)
        rows = {row["implementation"]: row for row in start_up.rows(data_of(tmp_path))}
        row = rows["numba_loops"]
        assert (row["first call"], row["slowest first call"]) == ("3.00 s", f"3.00 s, {said}")
        saved = (900 * 1000 + 80 * 100_000) - (900 + 18 * 1000 + 1.1 * 100_000)
        calls = int(row["ahead of python_loops after"].removesuffix(" calls"))
        assert calls == pytest.approx(3e9 / saved, rel=0.3)
        assert rows["python_loops"]["slowest first call"].endswith(", at 100 × 1,000")
