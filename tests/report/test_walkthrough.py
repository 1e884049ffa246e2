"""The walk through the lesson: its code runs, its derivatives agree, its figures are the example's."""

import re
from pathlib import Path
from typing import Any

import pytest
from fabricated import ONE, fabricate

from benchmarks.registry import ROOT
from benchmarks.report import walkthrough

PAGE = ROOT / "docs" / "lesson.md"
EXAMPLE = ROOT / "reports" / "example"
_BLOCK = re.compile(r"```python\n(.*?)```(?:\n\n```text\n(.*?)```)?", re.DOTALL)


def test_the_page_is_what_its_template_and_the_example_make(tmp_path: Path) -> None:
    """`make lesson` writes it anew."""
    walkthrough.write(EXAMPLE, tmp_path / "lesson.md", PAGE.parent)
    assert (tmp_path / "lesson.md").read_text(encoding="utf-8") == PAGE.read_text(encoding="utf-8")


def test_every_line_of_code_runs_and_prints_what_the_page_says(
    capsys: pytest.CaptureFixture,
) -> None:
    names: dict[str, Any] = {}
    blocks = _BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    assert len(blocks) > 15
    for code, printed in blocks:
        quoted = code.startswith("def ") and not printed  # a function of an implementation
        if not quoted:
            exec(code, names)
            assert capsys.readouterr().out.strip() == printed.strip()
    assert set(names["derivatives"]) == {"3a", "a²", "a³", "log a"}
    for by_hand, graph, differences in names["derivatives"].values():
        assert graph == pytest.approx(by_hand, rel=1e-15)
        assert differences == pytest.approx(by_hand, rel=1e-9)


def test_every_link_leads_to_lines_that_are_there() -> None:
    text = PAGE.read_text(encoding="utf-8")
    links = re.findall(r"\]\((\.\./[^)#]+)(?:#L(\d+)-L(\d+))?\)", text)
    assert len(links) > 5
    for target, first, last in links:
        path = (PAGE.parent / target).resolve()
        assert path.is_file(), target
        if first:
            lines = path.read_text(encoding="utf-8").splitlines()[int(first) - 1 : int(last)]
            assert lines[0].startswith("def ")
            assert "\n".join(lines) in text
    picture = (PAGE.parent / "figures" / "computation_graph.svg").read_text(encoding="utf-8")
    for words in ("(0.5, -1)", "(-1.12, -0.843)", "-0.562"):  # w, dw and db
        assert words in picture and words in text


def test_a_run_without_the_lessons_cells_says_so(tmp_path: Path) -> None:
    walkthrough.write(fabricate(tmp_path / "run", cells=(ONE,)), tmp_path / "page.md")
    text = (tmp_path / "page.md").read_text(encoding="utf-8")
    assert text.count("(not measured in this run)") > 10
    assert (tmp_path / "figures" / "computation_graph.svg").is_file()
