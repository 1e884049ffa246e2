"""The short roads: every make target that a page or the workflow names is there, and says what it does."""

import re
import tomllib
from pathlib import Path

import pytest

from benchmarks.registry import ROOT

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = set(re.findall(r"^([a-z-]+):.*## ", MAKEFILE, re.MULTILINE))
PAGES = (
    *("README.md", "CONTRIBUTING.md", "METHODOLOGY.md", ".ci/run"),
    ".github/workflows/checks.yml",
)


def test_every_target_is_phony_and_in_the_help() -> None:
    phony = re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)
    assert phony
    assert set(phony[1].split()) == TARGETS


def test_what_the_targets_install_is_in_pyproject_and_all_of_it_is_used() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = set(re.findall(r"(?:call ready,|\.ready-)([a-z-]+)", MAKEFILE))
    assert named == {"base", *project["optional-dependencies"]}


@pytest.mark.parametrize("page", PAGES)
def test_a_target_that_is_named_is_there(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    commands = re.findall(r"(?:^|`|: )\s*make ((?:[a-z-]+ ?)+)", text, re.MULTILINE)
    named = {word for command in commands for word in command.split()[:1]}
    assert named <= TARGETS
    if page != "METHODOLOGY.md":
        assert named


def test_no_workflow_lets_a_job_run_for_ever() -> None:
    for path in Path(ROOT / ".github" / "workflows").glob("*.yml"):
        text = path.read_text(encoding="utf-8")
        assert text.count("runs-on:") == text.count("timeout-minutes:"), path
