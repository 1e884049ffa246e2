"""For all tests: no deadline for Hypothesis, and an option that runs what was skipped.

`--skipped` runs only the tests that were skipped before, now that what they need is installed.

Their ids are kept in pytest's cache from run to run: a test that is skipped is added, one that runs
is taken out. A module that was skipped as it was imported stands for all of its tests.
"""

import gc
import os
import shutil
import signal
import tempfile

import pytest
from hypothesis import settings

settings.register_profile("any machine", deadline=None)  # a time is never a pass or a fail
settings.load_profile("any machine")

_KEY = "skipped/ids"

# Hundreds of processes are started: each would compile the harness again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# A shell has its background jobs ignore some signals, and the processes that they start as well.
for number, handler in (
    (signal.SIGHUP, signal.SIG_DFL),
    (signal.SIGINT, signal.default_int_handler),
    (signal.SIGQUIT, signal.SIG_DFL),
):
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="Run only the long repetitions.")
    parser.addoption("--skipped", action="store_true", help="Run only the tests skipped so far.")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The long repetitions alone, or all but them. Files with slow tests first: in parallel, the short
    ones then fill what is left of the time."""
    wanted = config.getoption("long")
    left_out = [item for item in items if bool(item.get_closest_marker("long")) is not wanted]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if bool(item.get_closest_marker("long")) is wanted]
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


def pytest_collection_finish() -> None:
    """What is here by now stays: whoever collects garbage need not look through it each time."""
    gc.collect()
    gc.freeze()


def pytest_configure(config: pytest.Config) -> None:
    """Share what is kept between runs within the session, and with no other: pytest-xdist's processes
    inherit the variable."""
    if not hasattr(config, "workerinput"):
        kept = os.environ["BENCHMARKS_KEPT"] = tempfile.mkdtemp(prefix="benchmarks-kept-")
        config.add_cleanup(lambda: shutil.rmtree(kept, ignore_errors=True))
        _keep_limits()
    config.pluginmanager.register(_Skipped(config))


def _keep_limits() -> None:
    """Another machine's limits, so that no run measures this one's: tests/machine does."""
    from benchmarks.machine import kept
    from benchmarks.registry import ROOT

    kept.folder().mkdir(parents=True)
    shutil.copy(ROOT / "reports" / "example" / "limits.csv", kept.folder())


class _Skipped:
    """The ids of the skipped tests and modules. pytest-xdist reports to its first process only."""

    def __init__(self, config: pytest.Config):
        # Without pytest's cache (-p no:cacheprovider) none are known.
        self.cache = getattr(config, "cache", None)
        self.ids: set[str] = set(self.cache.get(_KEY, [])) if self.cache else set()

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        if not config.getoption("skipped"):
            return
        selected = [item for item in items if self.ids & {item.nodeid, _module(item.nodeid)}]
        config.hook.pytest_deselected(items=[item for item in items if item not in selected])
        items[:] = selected

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.skipped:
            self.ids.add(report.nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped and not hasattr(report, "wasxfail"):
            self.ids.add(report.nodeid)
        elif report.when == "call":
            self.ids -= {report.nodeid, _module(report.nodeid)}

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        config = session.config
        if self.cache and not hasattr(config, "workerinput"):
            self.cache.set(_KEY, sorted(self.ids))
        if config.getoption("skipped") and session.exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
            session.exitstatus = pytest.ExitCode.OK


def _module(nodeid: str) -> str:
    return nodeid.partition("::")[0]
