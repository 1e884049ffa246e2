"""A page that walks through the lesson: its text, this project's code, what that prints, a run's figures.

The text is a template. Code is run as the page is written, and what it prints is put below it; functions
are quoted from their files, with their lines; figures come from the run. So none of them can drift apart.
"""

import ast
import os
from collections.abc import Callable
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from benchmarks import format
from benchmarks.registry import FOLDER, ROOT
from benchmarks.report import headline, lesson, ratios
from benchmarks.report.data import MAIN, PICTURES, Cell, Data, gather
from benchmarks.report.views import _style
from benchmarks.report.walkthrough import computation_graph
from benchmarks.results import store
from benchmarks.results.store import CELL
from benchmarks.statistics import summary as statistics

_HERE = Path(__file__).parent
_PICTURE = "computation_graph.svg"
_NOT_MEASURED = "(not measured in this run)"


def write(run: Path, path: Path, folder: Path | None = None) -> None:
    """Write the page of this run's figures at `path`, and its picture into figures/ beside it. Its links
    to the sources are those of a page in `folder`, its own if that is not given.

    Raises store.StoreError where the folder is no run that can be read.
    """
    read, folder = store.read(run), folder or path.parent
    data = gather(read, statistics.summary(read))
    cells = _cells(data)
    names: dict[str, Any] = {}  # what the code of the page has defined so far
    told: dict[str, Callable] = {
        "ran": lambda caller: _ran(caller().strip(), names),
        "source": lambda name, function: _source(name, function, folder),
        "time": lambda operation, name: _time(data, cells.get(operation), name),
        "compared": lambda operation, name, other: _compared(
            data, cells.get(operation), name, other
        ),
        "ratio": lambda operation, name, other: _ratio(data, cells.get(operation), name, other),
        "graph": lambda node: _graph(names, node, path.parent),
        "link": lambda target: _link(ROOT / target, folder),
    }
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    facts = {"machine": headline.machine(data), "date": headline.date(data), "lesson": lesson}
    page = environment.get_template("page.md.j2").render(**facts, format=format, **told)
    store.write_atomically(path, page)


def _ran(code: str, names: dict[str, Any]) -> str:
    """The code, and what it prints when it is run after that before it."""
    printed = StringIO()
    with redirect_stdout(printed):
        exec(compile(code, "the lesson's page", "exec"), names)
    output = f"\n\n```text\n{printed.getvalue().rstrip()}\n```" if printed.getvalue() else ""
    return f"```python\n{code}\n```{output}\n\n"


def _source(name: str, function: str, folder: Path) -> str:
    """A function of an implementation, after a link to its lines."""
    path = FOLDER / f"{name}.py"
    text = path.read_text(encoding="utf-8")
    found = next(
        node
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef) and node.name == function
    )
    first, last = found.lineno, found.end_lineno or found.lineno
    code = "\n".join(text.splitlines()[first - 1 : last])
    place = f"{_link(path, folder)}#L{first}-L{last}"
    return f"[`{name}.py`, lines {first} to {last}]({place}):\n\n```python\n{code}\n```"


def _link(path: Path, folder: Path) -> str:
    return Path(os.path.relpath(path, folder.resolve())).as_posix()


def _cells(data: Data) -> dict[str, Cell]:
    """The cell that shows each operation: the lesson's own; and "cat", a step on its pictures."""
    if data.measured.empty:
        return {}
    shown = {demo.cell[0]: demo.cell for demo in lesson.demonstrations(data)}
    central = data.central()
    sizes = tuple(central[CELL.index(name)] for name in ("n_x", "m"))
    return shown | ({"cat": central} if (central[0], sizes) == (MAIN, PICTURES) else {})


def _time(data: Data, cell: Cell | None, name: str) -> str:
    """The time of a call, with its interval."""
    if cell is None or name not in data.of(cell).index:
        return _NOT_MEASURED
    times = data.of(cell)[["median_ns", "ci_low_ns", "ci_high_ns"]]
    ends = times.loc[[name]].to_numpy(float)[0].tolist()
    return format.time_interval(*ends) or _NOT_MEASURED


def _compared(data: Data, cell: Cell | None, name: str, other: str) -> str:
    """How many times as fast as the other, in the same rounds: `is 617× [550, 837] as fast as`."""
    if cell is None or (ratio := data.speedup(cell, name, other)) is None:
        return "was not compared with"
    return ratios.compared(ratio, data.floor(cell))


def _ratio(data: Data, cell: Cell | None, name: str, other: str) -> str:
    """The same as a number with its interval."""
    if cell is None or (ratio := data.speedup(cell, name, other)) is None:
        return _NOT_MEASURED
    return format.ratio_interval(*ratio)


def _graph(names: dict[str, Any], node: str, folder: Path) -> str:
    """A picture of the graph that ends in the node of this name."""
    labels = {id(value): name for name, value in names.items()}
    with _style.applied():
        picture = computation_graph.figure(names[node], labels)
        (folder / "figures").mkdir(exist_ok=True)
        _style.save(picture, [folder / "figures" / _PICTURE])
    return f"![{computation_graph.in_words(names[node], labels)}](figures/{_PICTURE})"
