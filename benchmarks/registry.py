"""The implementations: their files, what they offer, how they are loaded. The folder is the registry."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from hashlib import blake2b
from importlib import import_module
from importlib.machinery import PathFinder
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from benchmarks.description import content, described
from benchmarks.errors import UserError

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "implementations"
OURS = ("implementations", "benchmarks")  # the packages of this project

FORMULA = ("=", "+", "-", "@", "\t")  # what a spreadsheet takes for the beginning of one
_MAX_NAME = 100  # characters of an implementation's or a data set's name
_MAX_NAME_BYTES = 200  # files are named after it, and a file's name has 255 bytes at most

# The distribution that installs a library, where its name is not the import's.
DISTRIBUTIONS = {
    "sklearn": "scikit-learn",
    "skimage": "scikit-image",
    "array_api_compat": "array-api-compat",
    "dask": "distributed",
    "cloudpickle": "distributed",
    "daal4py": "scikit-learn-intelex",
    "tabmat": "glum",
}


class RegistryError(UserError):
    """An implementation that does not exist, or whose name another one has."""


def members(folder: Path) -> dict[str, Path]:
    """The Python files of a folder by name, in order of name: the folder is the registry.

    A file is a member if its name is an identifier and does not begin with an underscore.
    """
    paths = sorted(folder.glob("[!_]*.py"))
    return {path.stem: path for path in paths if path.stem.isidentifier() and path.is_file()}


def implementations(added: Iterable[Path] = ()) -> dict[str, Path]:
    """Every implementation by its file's name, peers among them; those added come last.

    Raises RegistryError for an added file that does not exist, or whose name cannot be used.
    """
    paths = members(FOLDER)
    for path in map(Path, added):
        if not path.is_file() or path.suffix != ".py":
            raise RegistryError(f"--add {path}: there is no such Python file (name.py)")
        if not path.stem.isprintable():
            raise RegistryError(
                f"--add {str(path)!r}: the name has characters that cannot be shown"
            )
        if "," in path.stem:
            raise RegistryError(f"--add {path}: a comma separates names; rename the file")
        if "@" in path.stem:
            raise RegistryError(
                f"--add {path}: an @ is for controls and revisions; rename the file"
            )
        if reason := unfit(path.stem):
            raise RegistryError(f"--add {path}: the name {reason}; rename the file")
        if path.stem in paths:
            raise RegistryError(
                f"--add {path}: there is already an implementation named {path.stem} "
                f"({paths[path.stem]}); give the file another name"
            )
        paths[path.stem] = path.resolve()
    return paths


def unfit(name: str) -> str:
    """Why this cannot be the name of an implementation or of data, or ""."""
    if len(name) > _MAX_NAME or len(os.fsencode(name)) > _MAX_NAME_BYTES:
        return f"is too long (above {_MAX_NAME} characters, or {_MAX_NAME_BYTES} bytes)"
    if name[:1] in FORMULA:
        return "begins like a formula, which a spreadsheet would compute"
    return ""


def is_peer(path: Path) -> bool:
    """Does its text state PEER = True? It is not imported, since its library may be missing."""
    return described(path).constants.get("PEER") is True


def is_out_of_core(path: Path) -> bool:
    """Does its text state OUT_OF_CORE = True: it takes data that stays on disk?"""
    return described(path).constants.get("OUT_OF_CORE") is True


def unavailable(path: Path) -> str:
    """The first library that it needs and that is missing, with the command that installs it, or ""."""
    beside = [] if _is_member(path) else [str(path.parent)]  # a user's file may import from there
    for file in sources(path):
        for library in described(file).libraries:
            if library in OURS or PathFinder.find_spec(library, beside) is not None:
                continue
            if find_spec(library) is None:
                return how_to_install(library)
    return ""


def shown(path: Path) -> str:
    """The path as text: relative to the project's root, if it lies there."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def _is_member(path: Path) -> bool:
    """Is it in our package, or in that of another revision? A user's folder has no contract."""
    folder = path.parent
    return folder == FOLDER or (folder.name == FOLDER.name and (folder / "_contract.py").is_file())


def sources(path: Path) -> list[Path]:
    """The files of the measured code: its own and, of a member, those of ours that it imports."""
    return everything(path) if _is_member(path) else [path]


def everything(path: Path) -> list[Path]:
    """The same and, of a user's file, those of ours and those beside it that it imports."""
    files = [path]
    for file in files:  # the list grows during this loop
        for places in _imported(file, path):
            files += [place for place in places if place.is_file() and place not in files]
    return files


def _imported(file: Path, path: Path) -> Iterator[list[Path]]:
    """Where each module may be that the file imports, as a part of the implementation at `path`."""
    member, names = _is_member(path), described(file).modules
    ours = path.parent if member else FOLDER
    if member or FOLDER.name in names:
        yield [ours / "_contract.py"]
    for name in names:
        first, _, rest = name.partition(".")
        if first == FOLDER.name:
            yield [ours / f"{rest}.py"]
        elif first not in OURS and not member:
            yield [path.parent / f"{first}.py", *sorted((path.parent / first).rglob("*.py"))]


def digest(path: Path) -> str:
    """A digest of everything that is measured: 16 hexadecimal digits, equal if all the files are."""
    whole = blake2b(digest_size=8)
    for file in everything(path):
        whole.update(os.fsencode(file.name) + b"\0" + content(file) + b"\0")
    return whole.hexdigest()


def load(path: Path) -> ModuleType:
    """Import the implementation at `path`; a user's file may import its neighbours."""
    if _is_member(path):
        sys.path.insert(0, str(path.parent.parent))
        return import_module(f"{FOLDER.name}.{path.stem}")
    sys.path.append(str(path.parent))
    name = f"added_{path.stem}"
    spec = spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    sys.modules[name] = module_from_spec(spec)
    spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


def offers(path: Path, module: ModuleType, operations: Iterable[str]) -> list[str]:
    """Those of the operations that the module defines."""
    names = described(path).names
    return [name for name in operations if name in names and callable(getattr(module, name, None))]


def preparer(module: ModuleType) -> Callable[[Any], Any]:
    """The module's own `prepare`, or the one that keeps the array."""
    return getattr(module, "prepare", lambda array: array)


def missing_library(error: BaseException) -> str | None:
    """Why the implementation is unavailable, if what failed is the import of somebody's library; or if it
    says itself what is missing, in an ImportError of its own."""
    if type(error) is ImportError and error.name is None:
        return " ".join(str(error).split())
    if not isinstance(error, ModuleNotFoundError) or not error.name:
        return None
    library = error.name.partition(".")[0]
    return None if library in OURS else how_to_install(library)


def how_to_install(library: str) -> str:
    """The library is missing, and this command installs it."""
    distribution = DISTRIBUTIONS.get(library, library)
    return f"{library} is not installed: {Path(sys.executable)} -m pip install {distribution}"
