"""What is exported is what was measured: the other tools themselves read it and say so."""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import numpy as np
import pyperf  # type: ignore[import-untyped]
import pytest

from benchmarks.cli.export import command
from benchmarks.export import formats, write
from benchmarks.registry import ROOT
from benchmarks.results.records import CONTROL, Cell, Outcome, Sample, Status
from benchmarks.results.store import Writer

SMALL = Cell("cost_gradient", "synthetic", 2, 10, "float64", "C", 1)
CELLS = (  # each differs from the first in one part of the key
    SMALL,
    Cell("forward", "synthetic", 2, 10, "float64", "C", 1),
    Cell("cost_gradient", "my-own data", 2, 10, "float64", "C", 1),
    Cell("cost_gradient", "synthetic", 21, 10, "float64", "C", 1),
    Cell("cost_gradient", "synthetic", 2, 101, "float64", "C", 1),
    Cell("cost_gradient", "synthetic", 2, 10, "float32", "C", 1),
    Cell("cost_gradient", "synthetic", 2, 10, "float64", "F", 1),
    Cell("cost_gradient", "synthetic", 2, 10, "float64", "C", 2),
)
NAMES = ("numpy_vectorized", "python_loops")
PROCESSES, ROUNDS = 3, 4
ABOUT: dict[str, Any] = {
    "git_revision": "0123456789ab+",
    "started": "2026-01-02T03:04:05Z",
    "machine": {"name": "here", "processor": "", "architecture": "x86_64", "cores": 2},
}
INSIDE: dict[str, Any] = {"standalone_mode": False}
Times = dict[tuple[str, Cell], list[float]]


def a_run(folder: Path, *cells: Cell, slower: int = 1) -> Times:
    """Leave a run in the folder, with a twin and two cells that failed; seconds a call that it holds."""
    writer, times = Writer(folder), Times()
    rng = np.random.default_rng(0)
    for number, cell in enumerate(cells, 1):
        for name in (*NAMES, NAMES[0] + CONTROL):
            for process in range(PROCESSES):
                loops = 10 * number + process
                for k in range(ROUNDS):
                    elapsed_ns = slower * int(1000 * number * loops * rng.uniform(1, 1.5))
                    writer.add(Sample(name, cell, process, k, loops, elapsed_ns))
                    times.setdefault((name, cell), []).append(elapsed_ns / loops / 1e9)
            writer.add(Outcome(name, cell, Status.OK))
    writer.add(Outcome("never_begun", SMALL, Status.TIMEOUT, "too slow"))
    writer.add(Sample("crashed_later", SMALL, 0, 0, 10, 12_345))
    writer.add(Outcome("crashed_later", SMALL, Status.CRASHED, "segmentation fault"))
    writer.save(ABOUT)
    writer.close()
    return {key: values for key, values in times.items() if not key[0].endswith(CONTROL)}


def name_of(implementation: str, cell: Cell) -> str:
    size = f"{cell.n_x}x{cell.m}"
    setting = f"{cell.dtype}-{cell.order}-threads={cell.threads}"
    return f"{cell.operation}[{implementation}-{size}-{cell.data}-{setting}]"


def tool(*words: object, cwd: Path) -> str:
    """What another tool says; it must succeed. `cwd` takes what it leaves behind."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [str(word) for word in words],
        cwd=cwd,
        env={**os.environ, "PATH": path, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def export(*arguments: object) -> subprocess.CompletedProcess:
    """The command, where neither tool is installed."""
    code = (
        "import sys; sys.modules['pyperf'] = sys.modules['pytest_benchmark'] = None\n"
        "from benchmarks.__main__ import main; sys.exit(main())"
    )
    line = [sys.executable, "-c", code, "export", *map(str, arguments)]
    return subprocess.run(line, cwd=ROOT, capture_output=True, text=True, timeout=60)


def in_pyperf(path: Path) -> dict[str, pyperf.Benchmark]:
    return {bench.get_name(): bench for bench in pyperf.BenchmarkSuite.load(str(path))}


def write_pb(folder: Path) -> Path:
    return write(folder, "pytest-benchmark")


def in_json(path: Path) -> list[dict[str, Any]]:
    return json.loads(path.read_text(encoding="utf-8"))["benchmarks"]


def names_in(path: Path, form: str) -> list[str]:
    """The names in a file, in its order, repetitions too."""
    if form == "pyperf":
        return [bench["metadata"]["name"] for bench in in_json(path)]
    if form == "bencher":
        pairs: list = json.loads(path.read_text(), object_pairs_hook=list)
        return [name for name, _ in pairs]
    if form == "github-action-benchmark":
        return [entry["name"] for entry in json.loads(path.read_text())]
    return [bench["fullname"] for bench in in_json(path)]


@pytest.mark.parametrize("form", formats())
def test_every_measured_cell_has_a_name_of_its_own_and_no_other_is_there(
    form: str, tmp_path: Path
) -> None:
    measured = a_run(tmp_path, *CELLS)
    names = names_in(write(tmp_path, form), form)
    assert names == [name_of(*key) for key in measured]
    assert len(set(names)) == len(CELLS) * len(NAMES)


@pytest.mark.parametrize("form", formats())
def test_a_name_does_not_depend_on_what_else_is_in_the_run(form: str, tmp_path: Path) -> None:
    a_run(tmp_path / "all", *CELLS)
    a_run(tmp_path / "one", CELLS[-1])
    alone = names_in(write(tmp_path / "one", form), form)
    assert len(alone) == 2
    assert alone == names_in(write(tmp_path / "all", form), form)[-2:]


def test_pyperf_has_every_time_in_seconds_with_a_run_for_each_process(tmp_path: Path) -> None:
    measured = a_run(tmp_path, *CELLS[:2])
    benches = in_pyperf(write(tmp_path, "pyperf"))
    for number, cell in enumerate(CELLS[:2], 1):
        for name in NAMES:
            bench = benches[name_of(name, cell)]
            assert bench.get_values() == pytest.approx(measured[name, cell], rel=1e-12)
            runs = bench.get_runs()
            assert [len(run.values) for run in runs] == [ROUNDS] * PROCESSES
            assert [run.get_loops() for run in runs] == [10 * number + p for p in range(PROCESSES)]
            assert bench.get_unit() == "second"


def test_pyperf_stats_gives_the_median_of_the_run(tmp_path: Path) -> None:
    (times,) = (v for key, v in a_run(tmp_path, SMALL).items() if key[0] == "python_loops")
    path = write(tmp_path, "pyperf")
    text = tool(sys.executable, "-m", "pyperf", "stats", path, cwd=tmp_path)
    report = text.partition(name_of("python_loops", SMALL))[2]
    assert f"Median +- MAD:   {np.median(times) * 1e6:.2f} us" in report
    assert f"Number of run with values: {PROCESSES}" in report
    assert f"Total number of values: {PROCESSES * ROUNDS}" in report


def test_pyperf_finds_a_run_that_takes_twice_as_long_two_times_slower(tmp_path: Path) -> None:
    files = {}
    for slower in (1, 2):
        a_run(tmp_path / str(slower), *CELLS, slower=slower)
        files[slower] = write(tmp_path / str(slower), "pyperf")
    compare = (sys.executable, "-m", "pyperf", "compare_to")
    there = tool(*compare, files[1], files[2], cwd=tmp_path)
    back = tool(*compare, files[2], files[1], cwd=tmp_path)
    number = len(CELLS) * len(NAMES)
    # once for each cell, and once for the geometric mean
    assert there.count(": 2.00x slower") == back.count(": 2.00x faster") == number + 1
    assert "ignificant" not in there  # it says so where a difference is not, or cannot be tested


def test_a_file_says_where_and_from_what_it_came(tmp_path: Path) -> None:
    a_run(tmp_path, SMALL)
    theirs = json.loads(write_pb(tmp_path).read_text())
    assert theirs["commit_info"]["id"] == "0123456789ab"
    assert theirs["commit_info"]["dirty"] is True
    assert theirs["machine_info"]["node"] == "here"
    assert theirs["datetime"] == "2026-01-02T03:04:05Z"
    (metadata, _) = (
        bench.get_metadata() for bench in in_pyperf(write(tmp_path, "pyperf")).values()
    )
    assert metadata["hostname"] == "here"
    assert metadata["git_revision"] == "0123456789ab+"
    assert metadata["dtype"] == "float64"
    assert "cpu_model_name" not in metadata  # it is blank, and pyperf takes no empty word


@pytest.mark.parametrize("form", formats())
def test_the_command_needs_no_tool_and_says_how_to_read_what_it_wrote(
    form: str, tmp_path: Path
) -> None:
    folder = tmp_path / "a run"
    a_run(folder, SMALL)
    done = export(folder, "--format", form)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("\n") == 1
    assert (folder / f"{form}.json").is_file()
    reading = shlex.split(done.stdout.partition("read it: ")[2])
    assert reading[-1] == str(folder / f"{form}.json")
    if reading[0] == "python":  # the others are services
        assert "cost_gradient[python_loops" in tool(*reading, cwd=tmp_path)


def test_it_is_written_where_one_says(tmp_path: Path) -> None:
    a_run(tmp_path, SMALL)
    path = tmp_path / "x.json"
    assert command.main([str(tmp_path), "--format=pyperf", f"--out={path}"], **INSIDE) == 0
    assert len(in_pyperf(path)) == 2
    assert not (tmp_path / "pyperf.json").exists()


def test_where_there_is_nothing_to_export_it_says_so_in_a_line(tmp_path: Path) -> None:
    a_run(tmp_path)
    done = export(tmp_path, "--format", "pyperf")
    assert (done.returncode, done.stdout) == (2, "")
    assert "no cell of it was measured" in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "pyperf.json").exists()


def test_without_a_format_the_formats_are_named_in_a_line(tmp_path: Path) -> None:
    with pytest.raises(click.UsageError) as error:
        command.main([str(tmp_path)], **INSIDE)
    message = error.value.format_message()
    assert message == f"Missing option '--format': {' or '.join(formats())}."
