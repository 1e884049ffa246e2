"""The gate, through real workers: wrong is found, right passes, and the hostile harm nobody else.

Every implementation here is implementations/numpy_vectorized.py with a line of it replaced.
"""

import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
from variants import ALL, HANGING, HOSTILE, MEMORY, RIGHT, SHORT_LIMIT_S, SOURCE, WRONG

from benchmarks.correctness.gate import GATE_LIMIT_S, Finding, examine
from benchmarks.results.records import Status

pytestmark = pytest.mark.slow


def finding_on(folder: Path, name: str) -> Finding:
    old, new = ALL[name]
    assert SOURCE.count(old) == 1 or not old, f"{old!r} is not a line of numpy_vectorized any more"
    path = folder / f"{name}.py"
    path.write_text(SOURCE.replace(old, new) if old else SOURCE, encoding="utf-8")
    limit_s = SHORT_LIMIT_S if name in HANGING else GATE_LIMIT_S
    (finding,) = examine(name, path, {"cost_gradient"}, folder, MEMORY, limit_s).findings
    assert (finding.implementation, finding.operation) == (name, "cost_gradient")
    return finding


@pytest.fixture(scope="module")
def findings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Future[Finding]]]:
    """The findings on all of them, two at a time, as they come in."""
    folder = tmp_path_factory.mktemp("gate")
    pool = ThreadPoolExecutor(2)
    yield {name: pool.submit(finding_on, folder, name) for name in ALL}
    pool.shutdown(cancel_futures=True)


def workers() -> list[psutil.Process]:
    """The processes that a worker of this one, or a child of such a worker, still is."""
    mine = f"{os.getpid()}:"
    everyone = psutil.process_iter(["environ"])
    return [
        p
        for p in everyone
        if (p.info["environ"] or {}).get("BENCHMARKS_WORKER", "").startswith(mine)
    ]


@pytest.mark.parametrize("name", WRONG)
def test_wrong_is_found_and_the_reason_says_where(name: str, findings: dict) -> None:
    finding = findings[name].result()
    assert finding.status is Status.DISAGREES
    assert WRONG[name][1] in finding.reason
    assert "while computing cost_gradient" in finding.reason


@pytest.mark.parametrize("name", RIGHT)
def test_right_passes_however_it_is_written(name: str, findings: dict) -> None:
    finding = findings[name].result()
    assert (finding.status, finding.reason) == (Status.OK, "")
    assert 0.01 < finding.ratio <= 1
    assert finding.calls == findings["as it is"].result().calls > 100


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_ends_its_own_worker_and_nothing_else(name: str, findings: dict) -> None:
    finding = findings[name].result()
    _, statuses, reason = HOSTILE[name]
    assert finding.status in statuses
    assert reason in finding.reason
    assert (finding.status is Status.OK) == (finding.reason == "")


@pytest.mark.parametrize("name", HANGING)
def test_what_never_answers_is_given_up(name: str, findings: dict) -> None:
    finding = findings[name].result()
    assert finding.status is Status.TIMEOUT
    assert finding.reason.startswith(f"no answer in {SHORT_LIMIT_S:.0f} s while ")
    assert HANGING[name][1] in finding.reason


def test_nothing_that_was_started_is_left_running(findings: dict) -> None:
    for future in findings.values():
        future.result()
    gone, alive = psutil.wait_procs(workers(), timeout=20)
    assert alive == [], f"{len(gone)} more were only slow to end"


def test_a_worker_that_ended_fails_the_rest_of_its_operations_too(tmp_path: Path) -> None:
    path = tmp_path / "exp_leaves.py"
    path.write_text(SOURCE.replace("    return np.exp(v)", "    import os; os._exit(4)"))
    wanted = {"dot", "exp", "relu"}
    examination = examine("exp_leaves", path, wanted, tmp_path, MEMORY)
    ends = {finding.operation: finding for finding in examination.findings}
    assert {name: finding.status for name, finding in ends.items()} == {
        "dot": Status.OK,
        "exp": Status.CRASHED,
        "relu": Status.CRASHED,
    }
    assert "exited with status 4" in ends["relu"].reason


def test_one_that_cannot_be_imported_fails_in_every_operation_of_its_text(tmp_path: Path) -> None:
    path = tmp_path / "unready.py"
    path.write_text("import no_such_library\ndef dot(w, x): ...\ndef relu(v): ...\n")
    examination = examine("unready", path, {"dot", "relu", "exp"}, tmp_path, MEMORY)
    assert [finding.operation for finding in examination.findings] == ["dot", "relu"]
    assert {finding.status for finding in examination.findings} == {Status.UNAVAILABLE}
    assert examination.handshake == {}
