"""The figures: one file each, and the folder is the registry.

A figure's module begins with the question it answers, the first line of its docstring, and defines

    PLACE                   where it comes on the page, the smallest first
    select(data)            what it shows, of any type; None where the run has nothing of the kind
    title(selection)        what is seen, in one plain sentence computed from the selection
    draw(selection)         the matplotlib Figure
    table(selection)        if it likes: rows (dicts of text) that the page sets under the picture
"""

from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType
from typing import Any, NamedTuple

from benchmarks.report.data import Data
from benchmarks.report.figures import _style

ENDINGS = ("svg", "png")


class Picture(NamedTuple):
    """A figure that was drawn, as the page shows it."""

    name: str
    question: str
    title: str
    rows: Sequence[Mapping[str, str]]


def members() -> list[ModuleType]:
    """Every figure's module, in the order of the page."""
    names = [module.name for module in iter_modules(__path__) if not module.name.startswith("_")]
    modules = [import_module(f"{__name__}.{name}") for name in names]
    return sorted(modules, key=lambda module: (module.PLACE, module.__name__))


def draw_one(module: ModuleType, selection: Any, folder: Path) -> None:
    """Draw one figure's selection, as SVG and PNG."""
    with _style.applied():
        _style.save(module.draw(selection), _paths(module, folder))


def _paths(module: ModuleType, folder: Path) -> list[Path]:
    return [folder / f"{_name(module)}.{ending}" for ending in ENDINGS]


def _name(module: ModuleType) -> str:
    return module.__name__.rpartition(".")[2]


def draw(data: Data, folder: Path) -> list[Picture]:
    """Draw every figure that the run has something for into the folder, and remove the others."""
    folder.mkdir(exist_ok=True)
    drawn = []
    for module in members():
        selection = None if data.measured.empty else module.select(data)
        if selection is None:
            for path in _paths(module, folder):
                path.unlink(missing_ok=True)
            continue
        draw_one(module, selection, folder)
        name = _name(module)
        question = (module.__doc__ or name).strip().partition("\n")[0]
        rows = module.table(selection) if hasattr(module, "table") else []
        drawn.append(Picture(name, question, module.title(selection), rows))
    return drawn
