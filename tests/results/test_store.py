"""A run's folder: the columns that are promised, and nothing lost, half kept or read wrong."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from benchmarks.results.records import Cell, Outcome, Sample, Status
from benchmarks.results.store import Run, StoreError, Writer, ok, point_latest, read
from benchmarks.results.store import records as records_of
from benchmarks.results.tables import LATER

KEY = "implementation,operation,data,n_x,m,dtype,order,threads,cache"
SAMPLES = f"{KEY},process,round,loops,elapsed_ns,waited_ns,disturbed"
CELLS = (
    f"{KEY},status,reason,error,bound,prepare_ns,first_call_ns,peak_rss_bytes,extra_bytes,warnings,"
    "compile_ns,compiled_on,moved_bytes"
)
CELL = Cell("cost_gradient", "synthetic", 64, 209, "float32", "F", 2)
SAMPLE = Sample("numpy_vectorized", CELL, 1, 7, 12, 123_456_789_012, 3_000, True)
OUTCOME = Outcome(
    "numpy_vectorized",
    CELL,
    Status.OK,
    "",
    1.25e-17,
    3e-16,
    10,
    20,
    2**40,
    2**21,
    "hot",
    30,
    "2026-11-26",
    4096,
)
FAILED = Outcome("mine", CELL, Status.DISAGREES, "dw[17, 0] is 0.41, should be 0.42")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return written(tmp_path / "run", SAMPLE, OUTCOME, FAILED)


def written(folder: Path, *records: Sample | Outcome, about: dict[str, Any] | None = None) -> Path:
    writer = Writer(folder)
    for record in records:
        writer.add(record)
    writer.save({"seed": 0} if about is None else about)
    writer.close()
    return folder


def outcomes(run: Run) -> list[Outcome]:
    """cells.csv as the records that it was written from."""
    found = []
    for row in run.cells.astype(object).where(run.cells.notna(), None).to_dict("records"):
        cell = Cell(*(row.pop(name) for name in KEY.split(",")[1:]))
        own = row | {"status": Status(row["status"])}
        own |= {name: row[name] or "" for name in ("reason", "warnings", "compiled_on")}
        found.append(Outcome(**{str(name): value for name, value in own.items()}, cell=cell))
    return found


def samples(run: Run) -> list[Sample]:
    return list(records_of(run.samples))


def test_the_columns_are_the_promised_ones_in_their_order(folder: Path) -> None:
    assert (folder / "samples.csv").read_text().splitlines()[0] == SAMPLES
    assert (folder / "cells.csv").read_text().splitlines()[0] == CELLS


def test_a_row_is_the_key_and_then_its_own_and_what_is_missing_is_blank(tmp_path: Path) -> None:
    key = "cost_gradient,synthetic,64,209,float32,F,2,warm"
    good, bad = written(tmp_path / "good", SAMPLE, OUTCOME), written(tmp_path / "bad", FAILED)
    assert (good / "samples.csv").read_text().splitlines()[1:] == [
        f"numpy_vectorized,{key},1,7,12,123456789012,3000,1"
    ]
    assert (good / "cells.csv").read_text().splitlines()[1:] == [
        f"numpy_vectorized,{key},ok,,1.25e-17,3e-16,10,20,1099511627776,2097152,hot,30,2026-11-26,4096"
    ]
    assert (bad / "cells.csv").read_text().splitlines()[1:] == [
        f'mine,{key},disagrees,"dw[17, 0] is 0.41, should be 0.42",,,,,,,,,,'
    ]


def test_what_was_written_is_read_back(folder: Path) -> None:
    run = read(folder)
    assert run.about["seed"] == 0
    assert samples(run) == [SAMPLE]
    assert outcomes(run) == [OUTCOME, FAILED]
    assert outcomes(Run(folder, {}, ok(run.cells), run.samples)) == [OUTCOME]


texts = st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), min_size=1, max_size=20)


@settings(max_examples=25, deadline=None)
@given(name=texts, data=texts, reason=texts)
@example('a,"b"\nc', "d,'e'\n\n", '"')
@example("NA", "nan", "None")
@example("1", "1e3", "True")
@example(" x ", "#x", "\\N")
def test_any_name_and_any_reason_survive(
    tmp_path_factory: pytest.TempPathFactory, name: str, data: str, reason: str
) -> None:
    cell = Cell("dot", data, 3, 1)
    outcome = Outcome(name, cell, Status.CRASHED, reason, warnings=reason)
    records = outcome, Sample(name, cell, 0, 0, 1, 5)
    run = read(written(tmp_path_factory.mktemp("run"), *records))
    assert (outcomes(run), samples(run)) == ([records[0]], [records[1]])


def test_an_outcome_replaces_the_one_before_it(tmp_path: Path) -> None:
    skipped = Outcome("numpy_vectorized", CELL, Status.SKIPPED, "too costly")
    assert outcomes(read(written(tmp_path, skipped, FAILED, OUTCOME))) == [OUTCOME, FAILED]


def test_a_run_of_which_nothing_was_measured_can_be_read(tmp_path: Path) -> None:
    run = read(written(tmp_path))
    assert (outcomes(run), samples(run)) == ([], [])


def test_a_run_of_an_earlier_version_is_read_and_gone_on_with(folder: Path) -> None:
    """Its files lack the columns that came later."""
    paths = folder / "cells.csv", folder / "samples.csv"
    for path in paths:
        table = pd.read_csv(path)
        table.drop(columns=[*LATER], errors="ignore").to_csv(path, index=False)
    blank: Any = {"extra_bytes": None, "warnings": "", "compile_ns": None, "compiled_on": ""}
    blank["moved_bytes"] = None
    earlier = [replace(outcome, **blank) for outcome in (OUTCOME, FAILED)]
    undisturbed = replace(SAMPLE, waited_ns=None, disturbed=False)
    assert (outcomes(read(folder)), samples(read(folder))) == (earlier, [undisturbed])
    run = read(written(folder, SAMPLE))
    assert (outcomes(run), samples(run)) == (earlier, [undisturbed, SAMPLE])
    assert [path.read_text().splitlines()[0] for path in paths] == [CELLS, SAMPLES]


def test_every_sample_is_in_the_file_as_soon_as_it_is_added(tmp_path: Path) -> None:
    writer = Writer(tmp_path)
    writer.save({})
    writer.add(SAMPLE)
    assert samples(read(tmp_path)) == [SAMPLE]
    writer.close()


def test_a_run_that_is_opened_again_goes_on_where_it_was(folder: Path) -> None:
    later = Sample("numpy_vectorized", CELL, 2, 0, 12, 1)
    assert samples(read(written(folder, later, OUTCOME))) == [SAMPLE, later]
    assert (folder / "samples.csv").read_text().count("implementation") == 1


@pytest.mark.parametrize("cut", [1, 3, 20, 60])
def test_a_line_that_was_never_finished_is_dropped_when_it_is_opened_again(
    folder: Path, cut: int
) -> None:
    later = Sample("numpy_vectorized", CELL, 2, 0, 12, 1)
    path = folder / "samples.csv"
    whole = path.read_bytes()
    path.write_bytes(whole + whole.splitlines(keepends=True)[-1][:-cut])
    assert samples(read(written(folder, later, OUTCOME))) == [SAMPLE, later]


def spoil(folder: Path, name: str, text: str | bytes | None) -> None:
    path = folder / name
    if text is None:
        path.unlink()
    else:
        path.write_bytes(text if isinstance(text, bytes) else text.encode())


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("run.json", None, "is not a run: it has no run.json"),
        ("run.json", "", "run.json cannot be read"),
        ("run.json", '{"schema": 1', "run.json cannot be read"),
        ("run.json", "[1]", "run.json cannot be read"),
        ("run.json", "{}", "run.json cannot be read"),
        ("run.json", b"\xff\xfe", "run.json cannot be read"),
        ("run.json", '{"schema": 999}', "schema 999, this version reads 1"),
        ("cells.csv", None, "cells.csv is missing"),
        ("samples.csv", None, "samples.csv is missing"),
        ("cells.csv", "", "cells.csv cannot be read"),
        ("samples.csv", b"\xff\xfe\x00", "samples.csv cannot be read"),
        ("samples.csv", f"{KEY}\n", "samples.csv has no column process, round, loops, elapsed_ns"),
        ("cells.csv", CELLS.replace("m,", "") + "\n", "cells.csv has no column m"),
        (
            "cells.csv",
            f"{CELLS}\na,dot,synthetic,many,1,float64,C,1,warm,ok,,,,,,,,,\n",
            "whole number",
        ),
        (
            "samples.csv",
            f"{SAMPLES}\na,dot,s,3,1,float64,C,1,warm,0,first,1,9,,0\n",
            "whole number",
        ),
    ],
)
def test_a_run_that_cannot_be_read_says_which_file_and_why(
    folder: Path, name: str, text: str | bytes | None, says: str
) -> None:
    assert samples(read(folder)) == [SAMPLE]
    spoil(folder, name, text)
    with pytest.raises(StoreError) as refused:
        read(folder)
    assert says in str(refused.value)


def test_a_folder_that_is_not_there_is_no_run(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is not a run"):
        read(tmp_path / "nowhere")


def test_latest_is_a_link_to_the_newest_and_a_real_folder_of_that_name_is_left_alone(
    tmp_path: Path,
) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        point_latest(tmp_path / name)  # nothing was measured yet
        assert (tmp_path / "latest").resolve().name != name
        for reason in ("x", '"said a,ok,b"'):
            rows = f"implementation,status,reason\nmine,crashed,{reason}\n"
            (tmp_path / name / "cells.csv").write_text(rows)
            point_latest(tmp_path / name)  # nor was anything now
            assert (tmp_path / "latest").resolve().name != name
        (tmp_path / name / "cells.csv").write_text("implementation,status,reason\nmine,ok,\n")
        point_latest(tmp_path / name)
        assert (tmp_path / "latest").resolve().name == name
    (tmp_path / "other" / "latest").mkdir(parents=True)
    point_latest(tmp_path / "other" / "run")
    assert not (tmp_path / "other" / "latest").is_symlink()


def test_half_a_number_is_not_read_as_a_number(tmp_path: Path) -> None:
    writer = Writer(tmp_path)
    cell = Cell("dot", "synthetic", 3, 1)
    for number in range(2):
        writer.add(Sample("mine", cell, 0, number, 10, 123456))
    writer.save({})
    writer.close()
    path = tmp_path / "samples.csv"
    path.write_bytes(path.read_bytes()[:-4])
    assert list(read(tmp_path).samples["elapsed_ns"]) == [123456]
