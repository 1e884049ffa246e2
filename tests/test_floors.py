"""Imports point down only: what each part of the house may know of, read from its source."""

import ast
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from benchmarks.registry import ROOT

# The first floor up. A package is one unit; `benchmarks/report/page.py` is part of `report`.
FLOORS = (
    "__init__ clock records machine memory data precision wire registry cost_model budget interrupt "
    "conditions",
    "operations limits problem agreement trials store statistics",
    "probes host capacity gate worker bench visit sweep shelf pacing workloads planning run fit report export steering "
    "compare validate",
    "commands terminal __main__ test_speed",
)
FLOOR = {f"benchmarks.{unit}": 2 + k for k, units in enumerate(FLOORS) for unit in units.split()}
FLOOR |= {"implementations._contract": 0}
TALK = {"click", "rich"}
TALKERS = {"benchmarks.__main__", "benchmarks.commands", "benchmarks.terminal"}
REPORT_KNOWS = {"report", "store", "statistics", "records", "operations"}


def module_of(path: Path) -> str:
    """benchmarks/data/cat.py is benchmarks.data.cat; benchmarks/data/__init__.py benchmarks.data."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {
    module_of(path): path
    for folder in ("implementations", "benchmarks")
    for path in sorted((ROOT / folder).rglob("*.py"))
}


def imports(source: str) -> Iterator[str]:
    """Every module that the source names in an import, at its top or inside a function."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "imports are absolute here"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in FILES else str(node.module)


def unit(module: str) -> str:
    """The row of the table that the module belongs to."""
    package, _, rest = module.partition(".")
    if package == "implementations":
        return module
    return f"{package}.{rest.partition('.')[0] or '__init__'}"


def floor(module: str) -> int:
    if module.startswith("implementations"):
        return FLOOR.get(module, 1)
    assert unit(module) in FLOOR, f"{module} is on no floor: give {unit(module)} one in {__file__}"
    return FLOOR[unit(module)]


def ours(source: str) -> set[str]:
    return {
        name for name in imports(source) if name.split(".")[0] in ("implementations", "benchmarks")
    }


def outside(source: str) -> set[str]:
    return {name.split(".")[0] for name in imports(source) if name not in ours(source)}


def complaints(module: str, source: str) -> list[str]:
    """What the module imports that it should not."""
    own = floor(module)
    found = [f"{name} is above it" for name in ours(source) if floor(name) > own]
    if module.startswith("implementations"):
        strangers = {name for name in ours(source) if not known_to_implementations(name)}
        found += [f"{name} is none of its business" for name in strangers]
    if unit(module) == "benchmarks.report":
        known = {f"benchmarks.{name}" for name in REPORT_KNOWS}
        found += [f"{name} is not for a report" for name in ours(source) if unit(name) not in known]
    if unit(module) not in TALKERS:
        found += [f"{name} is for talking to people" for name in outside(source) & TALK]
        found += ["it prints"] * prints(source)
    if module == "benchmarks.clock":
        found += [f"{name} is not standard" for name in outside(source) - sys.stdlib_module_names]
        found += ["it knows of the house"] * bool(ours(source))
    return found


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


def test_every_row_of_the_table_is_there_and_the_folder_is_the_one_that_runs() -> None:
    units = {unit(module) for module in FILES}
    assert {"benchmarks.clock", "benchmarks.report", "benchmarks.__init__"} < units
    missing = set(FLOOR) - units
    assert not missing, f"{missing} is on a floor and not in the folder"


@pytest.mark.parametrize(
    ("module", "source", "says"),
    [
        ("benchmarks.clock", "import numpy as np", "numpy is not standard"),
        ("benchmarks.clock", "from benchmarks import records", "it knows of the house"),
        ("benchmarks.records", "from benchmarks import store", "benchmarks.store is above it"),
        ("benchmarks.data.cat", "from benchmarks.gate import x", "benchmarks.gate is above it"),
        (
            "benchmarks.store",
            "def f():\n    import benchmarks.sweep",
            "benchmarks.sweep is above it",
        ),
        ("benchmarks.gate", "from benchmarks.terminal import x", "benchmarks.terminal is above it"),
        ("benchmarks.gate", "from rich.table import Table", "rich is for talking to people"),
        ("benchmarks.gate", "import click", "click is for talking to people"),
        ("benchmarks.gate", "print()", "it prints"),
        (
            "benchmarks.report.page",
            "from benchmarks import wire",
            "benchmarks.wire is not for a report",
        ),
        (
            "implementations.numpy_vectorized",
            "import benchmarks.clock",
            "benchmarks.clock is above it",
        ),
        (
            "implementations.numpy_vectorized",
            "from implementations.python_loops import dot",
            "implementations.python_loops is none of its business",
        ),
        (
            "implementations._contract",
            "import implementations.new",
            "implementations.new is above it",
        ),
    ],
)
def test_an_import_that_points_up_is_found(module: str, source: str, says: str) -> None:
    assert says in complaints(module, source)


def test_a_file_that_nobody_placed_and_a_circle_are_found() -> None:
    with pytest.raises(AssertionError, match=r"benchmarks\.new is on no floor"):
        complaints("benchmarks.new", "")
    with pytest.raises(CycleError):
        TopologicalSorter({"store": {"records"}, "records": {"store"}}).prepare()
