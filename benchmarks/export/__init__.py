"""A run in the formats of other tools: one file each, and the folder is the registry.

A format is named after its module, with hyphens for underscores. The module defines

    READ                    the command that reads the file, without the file's name
    document(about, rows)   the content of the JSON, from run.json and the timings (`_timings`)

These tools judge a run differently from its report: they pool the samples of all processes and
compare means, or treat every sample as independent. The report takes medians, and the process is the
replicate. None of the tools has to be installed.
"""

import json
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType

from benchmarks.export._timings import timings
from benchmarks.results import store
from benchmarks.results.store import StoreError


def formats() -> dict[str, ModuleType]:
    """Every format's module, by the name of the format."""
    names = [module.name for module in iter_modules(__path__) if not module.name.startswith("_")]
    return {name.replace("_", "-"): import_module(f"{__name__}.{name}") for name in names}


def write(folder: Path, form: str, out: Path | None = None) -> Path:
    """Write the run in `folder` to `out`, or to a file in the folder, and return where."""
    run = store.read(folder)
    rows = timings(run)
    if not rows:
        raise StoreError(f"{folder} has nothing to export: no cell of it was measured")
    document = formats()[form].document(run.about, rows)
    path = out or folder / f"{form}.json"
    path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path
