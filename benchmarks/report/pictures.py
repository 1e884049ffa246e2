"""The pictures of a run: each view's figure, as SVG and as PNG."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from benchmarks.report import scene, views
from benchmarks.report.data import Data

ENDINGS = ("svg", "png")


class Picture(NamedTuple):
    """A picture that was drawn, as the Markdown report shows it."""

    name: str
    question: str
    title: str
    rows: Sequence[Mapping[str, str]]


def draw(data: Data, folder: Path) -> list[Picture]:
    """Draw every view that the run has something for into the folder, and remove the others."""
    folder.mkdir(exist_ok=True)
    pictures = []
    for view in views.members():
        selection = selection_of(view, data)
        if selection is None:
            for path in _paths(view, folder):
                path.unlink(missing_ok=True)
            continue
        draw_one(view, selection, folder)
        rows = view.rows(selection) if hasattr(view, "rows") else []
        question, title = views.question_of(view), view.title(selection)
        pictures.append(Picture(_name(view), question, title, rows))
    return pictures


def selection_of(view: ModuleType, data: Data) -> Any:
    """What the view's picture shows: of the main operation, or the first other that has it; or None."""
    if data.measured.empty:
        return None
    scenes = scene.by_operation(data) if view.FOLLOWS else [scene.whole(data)]
    selections = (selection for one in scenes for selection in view.select(one).values())
    return next(selections, None)


def draw_one(view: ModuleType, selection: Any, folder: Path) -> None:
    """Draw the figure of one selection, as SVG and PNG."""
    from benchmarks.report.views import _style

    with _style.applied():
        _style.save(view.figure(selection), _paths(view, folder))


def _paths(view: ModuleType, folder: Path) -> list[Path]:
    return [folder / f"{_name(view)}.{ending}" for ending in ENDINGS]


def _name(view: ModuleType) -> str:
    return getattr(view, "PICTURE", views.name_of(view))
