"""A run's folder that is damaged, edited by hand or of another version: read, or refused in a line."""

import json
import shutil
from pathlib import Path
from typing import Any

import fuzz_readers
import pytest
from fabricated import ONE, fabricate
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.results import store
from benchmarks.results.store import StoreError, Writer, read

VALUES = [
    *("", "nan", "inf", "-inf", "1e999", "-1", "0", "9" * 30, "1.5", "True", "x", "=1+1", "ok"),
    *('"', "\0", "é", "9223372036854775808", "1e300", "[1]", "{}", "null", "x" * 9000),
]
JSON = st.recursive(
    st.sampled_from([None, True, 0, -1, 1.5, 10**30, float("nan"), "", "x", "\n"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.just("cores"), inner),
    max_leaves=4,
)
ABOUT = {"schema", "baseline", "machine", "versions", "budget", "precision", "implementations"}
ABOUT |= {"warnings", "command", "state", "started", "budget_s", "seed", "plan"}
TABLES = [name for name in fuzz_readers.RUN if name.endswith(".csv")]


def spoiled(draw: Any, content: bytes) -> bytes:
    """The content with some bytes changed, cut short, or in another encoding."""
    how = draw(st.sampled_from(["flip", "cut", "encode", "append"]))
    if how == "cut":
        return content[: draw(st.integers(0, len(content)))]
    if how == "encode":
        return content.decode().encode(draw(st.sampled_from(["utf-16", "utf-32", "utf-8-sig"])))
    if how == "append":
        return content + draw(st.binary(min_size=1, max_size=20)) + b"\n"
    changed = bytearray(content)
    for _ in range(draw(st.integers(1, 3))):
        changed[draw(st.integers(0, len(content) - 1))] = draw(st.integers(0, 255))
    return bytes(changed)


def with_another_field(draw: Any, content: bytes) -> bytes:
    """The table with another value in its first row, or another name in its header."""
    lines = content.decode().split("\n")
    k = draw(st.sampled_from([0, 1, 1, 1]))
    fields = lines[k].split(",")
    fields[draw(st.integers(0, len(fields) - 1))] = draw(st.sampled_from(VALUES))
    lines[k] = ",".join(fields)
    return "\n".join(lines).encode()


@st.composite
def damaged(draw: Any) -> tuple[str, bytes]:
    """The name of one of a run's files, and what is in it."""
    name = draw(st.sampled_from([*fuzz_readers.RUN]))
    content = fuzz_readers.RUN[name]
    if draw(st.booleans()):
        return name, spoiled(draw, content)
    if name in TABLES:
        return name, with_another_field(draw, content)
    about = json.loads(content) | draw(
        st.dictionaries(st.sampled_from(sorted(ABOUT)), JSON, max_size=2)
    )
    return name, json.dumps(about).encode()


@settings(max_examples=70)
@given(damaged())
def test_a_damaged_run_is_read_or_refused_in_a_line(
    tmp_path_factory: pytest.TempPathFactory, damaged: tuple[str, bytes]
) -> None:
    name, content = damaged
    fuzz_readers.is_read(name, content, tmp_path_factory.getbasetemp())


def test_the_sound_content_that_is_damaged_is_read(tmp_path: Path) -> None:
    for name, content in fuzz_readers.seeds().items():
        assert fuzz_readers.is_read(name, content, tmp_path), name


def row(name: str, **fields: str) -> bytes:
    """The file of that name with other values in its first row."""
    head, first, *rest = fuzz_readers.RUN[name].decode().splitlines()
    values = dict(zip(head.split(","), first.split(","), strict=True)) | fields
    return "\n".join([head, ",".join(values.values()), *rest, ""]).encode()


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("run.json", b"[" * 100_000, "run.json cannot be read"),
        ("run.json", b'{"schema": ' + b"9" * 5000 + b"}", "run.json cannot be read"),
        ("run.json", b'{"schema": "' + b"x" * 9000 + b'"}', "run.json: schema xxx"),
        ("run.json", b'{"schema": 1, "machine": {"cores": "two"}}', "$.machine.cores"),
        ("run.json", b'{"schema": 1, "warnings": "hot"}', "$.warnings"),
        ("run.json", b'{"schema": 1, "precision": {"intervals": 3}}', "precision lacks a part"),
        ("samples.csv", row("samples.csv", loops="0"), "loops is '0', should be a whole number"),
        ("samples.csv", row("samples.csv", elapsed_ns="-5"), "elapsed_ns is '-5'"),
        ("samples.csv", row("samples.csv", waited_ns="1e300"), "waited_ns is '1e+300'"),
        ("samples.csv", row("samples.csv", threads="9" * 30), "row 1 after the header: threads"),
        ("samples.csv", row("samples.csv", m="inf"), "m is 'inf', should be a whole number"),
        ("samples.csv", row("samples.csv", dtype="float16"), "should be float64 or float32"),
        ("samples.csv", b",".join([b"x"] * 100_000) + b"\n", "it has 100000 columns"),
        ("cells.csv", row("cells.csv", status="fine"), "status is 'fine', should be ok or"),
        (
            "cells.csv",
            row("cells.csv", implementation=""),
            "implementation is '', should be a value",
        ),
        ("cells.csv", row("cells.csv", prepare_ns="soon"), "prepare_ns is 'soon'"),
        ("cells.csv", row("cells.csv", error="little"), "error is 'little', should be a number"),
        ("limits.csv", row("limits.csv", per_s="fast"), "per_s is 'fast', should be a number"),
    ],
)
def test_what_is_wrong_in_a_run_is_named(
    tmp_path: Path, name: str, content: bytes, says: str
) -> None:
    with pytest.raises(StoreError) as refused:
        fuzz_readers.READERS[name](content, tmp_path)
    assert says in str(refused.value)
    assert len(str(refused.value)) < fuzz_readers.MAX_MESSAGE


def test_lines_with_more_fields_than_the_header_are_not_read_askew(tmp_path: Path) -> None:
    content = b"".join(
        b"x," * (k > 0) + line
        for k, line in enumerate(fuzz_readers.RUN["samples.csv"].splitlines(keepends=True))
    )
    with pytest.raises(StoreError, match="more fields than its first"):
        fuzz_readers.READERS["samples.csv"](content, tmp_path)


def later_version(folder: Path, name: str) -> bytes:
    """Give a file of the run a column that this version does not know; what is in it then."""
    path = folder / name
    lines = path.read_text(encoding="utf-8").splitlines()
    added = [lines[0] + ",later", *(line + ",1" for line in lines[1:])]
    path.write_text("\n".join(added) + "\n", encoding="utf-8")
    return path.read_bytes()


@pytest.mark.parametrize("name", ["samples.csv", "cells.csv"])
def test_columns_of_a_later_version_are_read_past_and_never_lost(tmp_path: Path, name: str) -> None:
    folder = fabricate(tmp_path / "run", cells=[ONE])
    before = len(list(store.records(read(folder).samples)))
    content = later_version(folder, name)
    assert len(list(store.records(read(folder).samples))) == before > 0
    with pytest.raises(StoreError, match="later"):
        Writer(folder)
    assert (folder / name).read_bytes() == content
    shutil.rmtree(folder)
    Writer(fabricate(folder, cells=[ONE])).close()  # the refusal let go of the folder's lock


def test_a_column_that_two_have_is_no_reason_to_write_a_file_anew(tmp_path: Path) -> None:
    folder = fabricate(tmp_path / "run", cells=[ONE])
    before = (folder / "samples.csv").read_bytes()
    Writer(folder).close()
    assert (folder / "samples.csv").read_bytes() == before
