"""Which revisions are asked for, and which of them have the same code."""

from pathlib import Path

import pytest
from test_git import repository, use
from test_revisions import git

import benchmarks.git
from benchmarks.compare.history.commits import commits
from benchmarks.compare.history.lines import lines
from benchmarks.compare.revisions import CompareError, checked_out


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    implementations = repository(tmp_path / "project", "def dot(w, x): ...\n")
    use(implementations, monkeypatch)
    return implementations


def commit(folder: Path, text: str | None, subject: str) -> str:
    if text is None:
        (folder.parent / "other.txt").write_text(subject)
    else:
        (folder / "one.py").write_text(text)
    git(folder.parent, "add", ".")
    git(folder.parent, "commit", "--quiet", "-m", subject)
    return benchmarks.git.line("rev-parse", "HEAD")


def test_a_range_has_its_first_commit_and_those_that_change_the_measured_code(
    project: Path,
) -> None:
    first = benchmarks.git.line("rev-parse", "HEAD")
    a = commit(project, "def dot(w, x): return 1\n", "A")
    commit(project, None, "nothing measured")
    b = commit(project, "def dot(w, x): return 2\n", "B")
    found = commits([f"{first}..HEAD"])
    assert [each.named for each in found] == [f"git:{c}" for c in (first, a, b)]
    assert [each.subject for each in found] == ["one", "A", "B"]
    assert commits([f"git:{first}.."]) == found


def test_what_a_branch_did_is_one_step_where_it_was_merged(project: Path) -> None:
    first = benchmarks.git.line("rev-parse", "HEAD")
    git(project.parent, "checkout", "--quiet", "-b", "side")
    commit(project, "x = 1\n", "on the side")
    commit(project, "x = 2\n", "again")
    git(project.parent, "checkout", "--quiet", "main")
    git(project.parent, "merge", "--quiet", "--no-ff", "-m", "merged", "side")
    assert [each.subject for each in commits([f"{first}..main"])] == ["one", "merged"]


def test_revisions_by_name_are_taken_in_their_order_and_once(project: Path) -> None:
    commit(project, "x = 1\n", "second")
    found = commits(["HEAD", "git:HEAD~1", "HEAD", "."])
    assert [each.short == "." or each.subject for each in found] == ["second", "one", True]


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (["HEAD"], "needs two revisions or more"),
        (["HEAD..HEAD"], "needs two revisions or more"),
        (["nowhere", "HEAD"], "nowhere: there is no such revision"),
        (["HEAD...main"], "is no range"),
        (["..HEAD"], "is no range"),
        (["--all", "HEAD"], "no such revision"),
        (["a b", "HEAD"], "no such revision"),
    ],
)
def test_what_names_no_history_is_refused_in_a_line(
    project: Path,
    asked: list[str],
    says: str,
) -> None:
    with pytest.raises(CompareError, match=says) as error:
        commits(asked)
    assert str(error.value).count("\n") == 0


def test_code_that_comes_again_is_one_version_and_a_missing_file_none(project: Path) -> None:
    commit(project, "x = 1\n", "A")
    commit(project, "x = 2\n", "B")
    commit(project, "x = 1\n", "A again")
    (project / "one.py").unlink()
    commit(project, None, "gone")
    found = commits([f"HEAD~{k}" for k in (4, 3, 2, 1, 0)])
    [line] = lines(found, checked_out(*(each.named for each in found)), ["one"])
    assert line.versions[3] == line.versions[1] != line.versions[2]
    assert line.versions[4] == ""
    assert len(line.paths) == 3
    assert line.steps == [line.versions[k] for k in range(4)]


def test_without_names_only_what_ever_changed_is_raced(project: Path) -> None:
    (project / "two.py").write_text("x = 1\n")
    commit(project, "x = 3\n", "A")
    commit(project, "x = 4\n", "B")
    found = commits(["HEAD~1", "HEAD"])
    sides = checked_out(*(each.named for each in found))
    assert [line.implementation for line in lines(found, sides, [])] == ["one"]
    assert [line.implementation for line in lines(found, sides, ["two"])] == ["two"]
    with pytest.raises(CompareError, match="no revision has an implementation three"):
        lines(found, sides, ["three"])
    with pytest.raises(CompareError, match="no implementation's code differs"):
        lines(found[:1] * 2, sides[:1] * 2, [])
