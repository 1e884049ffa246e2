"""A verdict that is kept spares a worker, as long as nothing that it depends on has changed."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from variants import MEMORY, SOURCE

from benchmarks.cli import check
from benchmarks.correctness import examination, gate
from benchmarks.correctness.examination import Examination, first_calls, read_kept
from benchmarks.correctness.gate import examine, examine_all
from benchmarks.machine import describe, kept
from benchmarks.registry import ROOT
from benchmarks.results.records import Status

pytestmark = pytest.mark.slow

HELPER = "def unused(): ...\n"
Examine = Callable[..., Examination]


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An implementation of the user's with a module beside it; nothing is kept of it yet."""
    monkeypatch.setenv(kept.VARIABLE, str(tmp_path / "kept"))
    (tmp_path / "beside.py").write_text(HELPER)
    path = tmp_path / "mine.py"
    path.write_text(SOURCE + "\nimport beside\n")
    return path


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the workers that were started."""
    names: list[str] = []

    class Counted(gate.WorkerProcess):
        def __init__(self, name: str, *args, **options):
            names.append(name)
            super().__init__(name, *args, **options)

    monkeypatch.setattr(gate, "WorkerProcess", Counted)
    return names


def examined(path: Path, *wanted: str, name: str = "mine") -> Examination:
    return examine(name, path, set(wanted), path.parent, MEMORY, kept=True)


def passed(examination: Examination) -> set[str]:
    return {f.operation for f in examination.findings if f.status is Status.OK}


def test_a_second_examination_starts_no_worker_and_finds_the_same(path, started) -> None:
    first = examined(path, "exp", "dot")
    second = examined(path, "exp", "dot")
    assert started == ["mine"]
    assert passed(first) == {"exp", "dot"}
    assert sorted(map(repr, first.findings)) == sorted(map(repr, second.findings))
    assert first.handshake == second.handshake
    assert first.compile_ns == second.compile_ns
    assert first.compiled_on == second.compiled_on != ""


def test_only_operations_without_a_verdict_are_examined(path, started) -> None:
    examined(path, "exp")
    both = examined(path, "exp", "relu")
    assert passed(both) == {"exp", "relu"}
    assert passed(examined(path, "relu")) == {"relu"}
    assert started == ["mine", "mine"]


def test_a_verdict_is_of_the_code_whatever_its_name(path, started) -> None:
    examined(path, "exp")
    (finding,) = examined(path, "exp", name="mine@base").findings
    assert finding.implementation == "mine@base"
    assert started == ["mine"]


CHANGES: dict[str, Callable[[Path, pytest.MonkeyPatch], object]] = {
    "source": lambda path, patch: path.write_text(path.read_text() + "# changed\n"),
    "helper": lambda path, patch: (path.parent / "beside.py").write_text(HELPER * 2),
    "version": lambda path, patch: patch.setattr(describe, "version", lambda name: "0.0"),
    "gate": lambda path, patch: patch.setattr(examination, "gate_digest", lambda: "another"),
    "processor": lambda path, patch: patch.setattr(describe, "processor", lambda: "another"),
    "cores": lambda path, patch: patch.setattr(examination, "cores", lambda: 1000),
    "damage": lambda path, patch: damage(path, "{"),
    "other JSON": lambda path, patch: damage(path, '{"passed": {"exp": 3}, "handshake": {}}'),
    "no handshake": lambda path, patch: damage(
        path, '{"passed": {}, "handshake": [], "compile_ns": {}}'
    ),
}


def damage(path: Path, text: str) -> None:
    file = examination.verdict_file(path)
    assert file.is_file()
    file.write_text(text)


@pytest.mark.parametrize("change", CHANGES)
def test_after_a_change_of_what_it_depends_on_it_is_examined_anew(
    path, started, monkeypatch, change: str
) -> None:
    examined(path, "exp")
    CHANGES[change](path, monkeypatch)
    assert passed(examined(path, "exp")) == {"exp"}
    assert started == ["mine", "mine"]


def test_the_gate_is_all_code_that_judges(monkeypatch, tmp_path) -> None:
    before = examination.gate_digest()
    shutil.copytree(examination.ROOT / "benchmarks", tmp_path / "benchmarks")
    monkeypatch.setattr(examination, "ROOT", tmp_path)
    assert examination.gate_digest() == before
    for name in ("correctness/check.py", "operations/exp.py", "worker/target.py"):
        file = tmp_path / "benchmarks" / name
        file.write_text(file.read_text() + "\n")
        assert before != (before := examination.gate_digest())


def test_a_failure_is_looked_at_each_time(path, started) -> None:
    path.write_text(SOURCE.replace("    return np.exp(v)", "    return np.exp(v) + 1"))
    for _ in range(2):
        found = {f.operation: f.status for f in examined(path, "exp", "dot").findings}
        assert found == {"exp": Status.DISAGREES, "dot": Status.OK}
    path.write_text("import no_such_library\ndef dot(w, x): ...\n")
    for _ in range(2):
        (finding,) = examined(path, "dot").findings
        assert finding.status is Status.UNAVAILABLE
    assert len(started) == 4


def test_nothing_is_kept_of_a_file_that_was_edited_meanwhile(path, monkeypatch) -> None:
    real = gate._examine

    def edited(*arguments):
        path.write_text(path.read_text() + "# edited\n")
        return real(*arguments)

    before = examination.verdict_file(path)
    monkeypatch.setattr(gate, "_examine", edited)
    examined(path, "exp")
    assert not before.exists() and not examination.verdict_file(path).exists()


def test_unless_asked_nothing_is_kept_or_believed(path, started, tmp_path) -> None:
    examined(path, "exp")
    before = {file: file.stat().st_mtime_ns for file in (tmp_path / "kept").rglob("*")}
    (examination,) = examine_all({"mine": path}, {"exp"}, tmp_path, MEMORY)
    assert passed(examination) == {"exp"}
    assert not examination.compile_ns
    assert started == ["mine", "mine"]
    assert {file: file.stat().st_mtime_ns for file in (tmp_path / "kept").rglob("*")} == before


def test_check_looks_anew(path, started) -> None:
    examined(path, "exp")
    result = CliRunner().invoke(check.command, ["-i", "mine", "--add", str(path), "-o", "exp"])
    assert "ok" in result.output
    assert started == ["mine", "mine"]


def test_check_says_once_that_a_file_cannot_be_imported(tmp_path) -> None:
    path = tmp_path / "broken.py"
    path.write_text("def dot(w, x:\n")
    result = CliRunner().invoke(check.command, ["-i", "broken", "--add", str(path)])
    assert result.output.count("SyntaxError") == 1
    assert "broken failed: SyntaxError" in result.output


KEEP_OFTEN = """
import sys
from pathlib import Path
from benchmarks.correctness.examination import Examination, Finding, keep
from benchmarks.results.records import Status

handshake = {"operations": [], "parallel": False, "import_ns": 1, "threadpools": []}
for calls in range(100):
    finding = Finding("mine", sys.argv[2], Status.OK, "", 0.5, calls)
    keep(Path(sys.argv[1]), Examination("mine", [finding], handshake))
"""


def test_two_processes_may_write_a_verdict_at_the_same_time(tmp_path: Path) -> None:
    file = tmp_path / "verdicts" / "0.json"
    command = [sys.executable, "-c", KEEP_OFTEN, str(file)]
    writers = [subprocess.Popen([*command, name], cwd=ROOT) for name in ("exp", "dot")]
    while any(writer.poll() is None for writer in writers):
        assert not file.exists() or read_kept(file, "mine") is not None
    assert [writer.returncode for writer in writers] == [0, 0]
    assert list(file.parent.iterdir()) == [file]


def test_the_longest_first_call_is_kept_with_its_day(tmp_path: Path) -> None:
    assert first_calls(tmp_path, {"exp float64 C": 900}, "2026-01-01") == (
        {"exp float64 C": 900},
        "2026-01-01",
    )
    later = first_calls(tmp_path, {"exp float64 C": 3, "dot float64 C": 5}, "2026-02-02")
    assert later == ({"exp float64 C": 900, "dot float64 C": 5}, "2026-01-01")
    (tmp_path / "first_calls.json").write_text(json.dumps({"exp float64 C": 3}))
    damaged = first_calls(tmp_path, {"exp float64 C": 4}, "2026-03-03")
    assert damaged == ({"exp float64 C": 4}, "2026-03-03")
