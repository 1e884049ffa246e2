"""Imports point down only, in the order that benchmarks/__init__.py gives; read from the sources."""

import ast
import re
import sys
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import benchmarks
from benchmarks.registry import ROOT

PARTS = re.findall(r"^    (\w+) {2,}", str(benchmarks.__doc__), re.MULTILINE)
LEVEL = {f"benchmarks.{part}": len(PARTS) - k for k, part in enumerate(PARTS)}
LEVEL |= {"benchmarks.__init__": 0, "implementations": 0}
REPORT_KNOWS = {"report", "statistics", "operations", "results", "format", "markdown", "registry"}
REPORT_KNOWS |= {"description"}
TALKERS = {"click", "rich"}  # libraries that parse and print: the command line's alone


def module_of(path: Path) -> str:
    """benchmarks/data/files.py is benchmarks.data.files; benchmarks/data/__init__.py benchmarks.data."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {
    module_of(path): path
    for folder in ("implementations", "benchmarks")
    for path in sorted((ROOT / folder).rglob("*.py"))
}


@cache
def imports(source: str) -> frozenset[str]:
    """Every module that the source names in an import, at its top or inside a function."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "imports are absolute here"
            inner = [f"{node.module}.{alias.name}" for alias in node.names]
            names.update(name if name in FILES else str(node.module) for name in inner)
    return frozenset(names)


def part(module: str) -> str:
    """The line of the table that the module belongs to."""
    package, _, rest = module.partition(".")
    if package == "implementations":
        return package
    return f"{package}.{rest.partition('.')[0] or '__init__'}"


def level(module: str) -> int:
    assert part(module) in LEVEL, f"{module} has no place: give it one in benchmarks/__init__.py"
    return LEVEL[part(module)]


def ours(source: str) -> set[str]:
    return {
        name for name in imports(source) if name.split(".")[0] in ("implementations", "benchmarks")
    }


def outside(source: str) -> set[str]:
    return {name.split(".")[0] for name in imports(source) - ours(source)}


def complaints(module: str, source: str) -> list[str]:
    """What the module imports that it should not."""
    above = [name for name in ours(source) if level(name) > level(module)]
    messages = [f"{name} is above it" for name in above]
    if module.startswith("implementations"):
        strangers = {name for name in ours(source) if not known_to_implementations(name)}
        messages += [f"{name} is none of its business" for name in strangers]
    if part(module) == "benchmarks.report":
        allowed = {f"benchmarks.{name}" for name in REPORT_KNOWS}
        messages += [f"{n} is not for a report" for n in ours(source) if part(n) not in allowed]
    if part(module) != "benchmarks.cli":
        messages += [f"{name} is for the command line" for name in outside(source) & TALKERS]
        messages += ["it prints"] * prints(source)
    if module == "benchmarks.worker.clock":
        strangers = outside(source) - sys.stdlib_module_names
        messages += [f"{name} is not standard" for name in strangers]
        messages += ["it knows of the house"] * bool(ours(source))
    return messages


def known_to_implementations(name: str) -> bool:
    package, _, inner = name.partition(".")
    return package == "implementations" and (not inner or inner.startswith("_"))


def prints(source: str) -> bool:
    names = {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}
    return "print" in names


@pytest.mark.parametrize("module", FILES)
def test_imports_point_down_only(module: str) -> None:
    assert complaints(module, FILES[module].read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("package", ["implementations", "benchmarks"])
def test_no_file_imports_itself_by_way_of_others(package: str) -> None:
    sources = {name: path.read_text(encoding="utf-8") for name, path in FILES.items()}
    graph = {name: ours(source) for name, source in sources.items() if name.startswith(package)}
    TopologicalSorter(graph).prepare()
    assert sum(map(len, graph.values())) > 3


def test_the_table_names_every_part_and_no_other() -> None:
    parts = {part(module) for module in FILES}
    assert parts == set(LEVEL)
    assert len(PARTS) == len(set(PARTS)) <= 26


@pytest.mark.parametrize(
    ("module", "source", "says"),
    [
        ("benchmarks.worker.clock", "import numpy as np", "numpy is not standard"),
        ("benchmarks.worker.clock", "from benchmarks import results", "it knows of the house"),
        (
            "benchmarks.results.records",
            "from benchmarks import worker",
            "benchmarks.worker is above it",
        ),
        (
            "benchmarks.data.files",
            "def f():\n    import benchmarks.schedule.run",
            "benchmarks.schedule.run is above it",
        ),
        (
            "benchmarks.correctness.gate",
            "from benchmarks.cli import x",
            "benchmarks.cli is above it",
        ),
        (
            "benchmarks.correctness.gate",
            "from rich.table import Table",
            "rich is for the command line",
        ),
        ("benchmarks.correctness.gate", "import click", "click is for the command line"),
        ("benchmarks.correctness.gate", "print()", "it prints"),
        (
            "benchmarks.report.data",
            "from benchmarks import worker",
            "benchmarks.worker is not for a report",
        ),
        (
            "implementations.numpy_vectorized",
            "import benchmarks.format",
            "benchmarks.format is above it",
        ),
        (
            "implementations.numpy_vectorized",
            "from implementations.python_loops import dot",
            "implementations.python_loops is none of its business",
        ),
        (
            "implementations._contract",
            "import implementations.new",
            "implementations.new is none of its business",
        ),
    ],
)
def test_an_import_that_points_up_is_found(module: str, source: str, says: str) -> None:
    assert says in complaints(module, source)


def test_a_file_that_nobody_placed_and_a_circle_are_found() -> None:
    with pytest.raises(AssertionError, match=r"benchmarks\.new has no place"):
        level("benchmarks.new")
    with pytest.raises(CycleError):
        TopologicalSorter({"store": {"records"}, "records": {"store"}}).prepare()
