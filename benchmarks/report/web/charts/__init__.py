"""The charts of the page: one file each, and the folder is the registry.

A chart's module begins with the question it answers, the first line of its docstring, and defines

    PLACE           where it comes on the page, the smallest first
    SECTION         the part of the page that it is in
    FOLLOWS         does it show what the reader chose to look at (True), or the whole run (False)?
    draw(scene)     what it shows of a scene: a Chart for each further choice it offers, by the
                    choice's name; one under "" if it offers none; nothing where there is nothing

It says what is drawn and where; how that looks in a light or a dark room is for page.js to know.
"""

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

from benchmarks.report.data import Data
from benchmarks.report.style import look
from benchmarks.report.web.charts import _marks
from benchmarks.report.web.scene import Scene, scenes

OTHERS = list(_marks.LINES)


def members() -> list[ModuleType]:
    """Every chart's module, in the order of the page."""
    names = [module.name for module in iter_modules(__path__) if not module.name.startswith("_")]
    modules = [import_module(f"{__name__}.{name}") for name in names]
    return sorted(modules, key=lambda module: (module.PLACE, module.__name__))


def described() -> list[dict[str, Any]]:
    """What the page's template has to know of each."""
    return [
        {
            "name": _name(module),
            "section": module.SECTION,
            "question": (module.__doc__ or "").strip().partition("\n")[0],
        }
        for module in members()
    ]


def of(data: Data) -> dict[str, Any]:
    """All that is drawn of one run: by chart, by view (of the whole run: ""), by further choice."""
    whole = Scene(data, (), data.results, data.winners)
    every = [] if data.measured.empty else list(scenes(data))
    return {
        _name(module): {
            "follows": module.FOLLOWS,
            "views": {
                scene.key: drawn
                for scene in (every if module.FOLLOWS else [whole])
                if (drawn := _drawn(module.draw(scene)))
            },
        }
        for module in members()
    }


def _drawn(found: Mapping[str, _marks.Chart]) -> dict[str, Any]:
    return {choice: chart._asdict() for choice, chart in found.items()}


def look_of(name: str) -> dict[str, str]:
    """An implementation's, or a line's, colour in a light and in a dark room, its marker and its line."""
    own = _marks.LINES.get(name) or look(name)
    return {
        "light": own.colour,
        "dark": _marks.on_dark(own.colour),
        "symbol": _marks.SYMBOLS[own.marker],
        "dash": _marks.dash(own.line),
    }


def _name(module: ModuleType) -> str:
    return module.__name__.rpartition(".")[2]
