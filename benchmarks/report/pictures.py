"""The pictures of a run: each view's figure, as SVG and as PNG."""

from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from benchmarks.report import scene, views
from benchmarks.report.data import Data
from benchmarks.report.views import _style

Picture = tuple[ModuleType, Any]
"""A view, and the selection that its picture shows."""


def of(data: Data) -> list[Picture]:
    """A picture of every view that the run has something for."""
    every = [(view, selection_of(view, data)) for view in views.members()]
    return [picture for picture in every if picture[1] is not None]


def selection_of(view: ModuleType, data: Data) -> Any:
    """What the view's picture shows: of the main operation, or the first other that has it; or None."""
    if data.measured.empty:
        return None
    scenes = scene.by_operation(data) if view.FOLLOWS else [scene.whole(data)]
    selections = (selection for shown in scenes for selection in view.select(shown).values())
    return next(selections, None)


def draw(pictures: Sequence[Picture], folder: Path) -> None:
    """Draw the pictures into the folder, and remove those of all other views."""
    folder.mkdir(exist_ok=True)
    for view in views.members():
        for path in _paths(view, folder):
            path.unlink(missing_ok=True)
    for view, selection in pictures:
        draw_one(view, selection, folder)


def draw_one(view: ModuleType, selection: Any, folder: Path) -> None:
    """Draw the figure of one selection, as SVG and PNG."""
    with _style.applied():
        _style.save(view.figure(selection), _paths(view, folder))


def _paths(view: ModuleType, folder: Path) -> list[Path]:
    return [folder / f"{file_of(view)}.{ending}" for ending in ("svg", "png")]


def file_of(view: ModuleType) -> str:
    """The name of the picture's files, without their ending."""
    return getattr(view, "PICTURE", views.name_of(view))
