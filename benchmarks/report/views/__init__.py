"""The views: one file a question, and the folder is the registry.

A view's docstring begins with the question that it answers. It is drawn twice: as a picture beside
the Markdown report, and as a chart of the page. It defines

    PLACE                where it comes in the report, the smallest first
    SECTION              the part of the page that it is in
    FOLLOWS              True: it shows the operation and setting that the reader chose, and in a
                         picture the main operation in all its settings; False: the whole run
    select(scene)        what it shows, by the name of a further choice: {"": selection} where it
                         offers none, {} where the scene has nothing; a picture shows the first
    title(selection)     what is seen, in one plain sentence computed from the selection
    rows(selection)      if it likes: a table under the picture, rows of text
    figure(selection)    the matplotlib Figure
    chart(selection)     the Chart, for Plotly in the browser (_marks.Chart)
    PICTURE              if it likes: the name of the picture's files; else the view's own

A name with a leading underscore is a helper. Long names are shortened where they are drawn.
"""

from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from benchmarks import registry


def members() -> list[ModuleType]:
    """Every view, in the order of the report."""
    names = [name for folder in __path__ for name in registry.members(Path(folder))]
    views = [import_module(f"{__name__}.{name}") for name in names]
    return sorted(views, key=lambda view: (view.PLACE, view.__name__))


def name_of(view: ModuleType) -> str:
    return view.__name__.rpartition(".")[2]


def rows_of(view: ModuleType, selection: Any) -> list[dict[str, str]]:
    return view.rows(selection) if hasattr(view, "rows") else []


def question_of(view: ModuleType) -> str:
    return (view.__doc__ or name_of(view)).strip().partition("\n")[0]
