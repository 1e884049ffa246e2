"""Which implementations there are, where they lie, and what they offer. The folder is the registry."""

import ast
import sys
from collections.abc import Callable, Iterable
from hashlib import blake2b
from importlib import import_module
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from benchmarks.errors import UserError

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "implementations"


# The distribution that installs a library, where its name is not the import's.
DISTRIBUTIONS = {
    "sklearn": "scikit-learn",
    "skimage": "scikit-image",
    "array_api_compat": "array-api-compat",
}


class RegistryError(UserError):
    """An implementation was asked for that is not there, or cannot be told from another."""


def implementations(added: Iterable[Path] = ()) -> dict[str, Path]:
    """Every implementation by its name, which is its file's name; peers among them, the user's last."""
    found = {path.stem: path for path in sorted(FOLDER.glob("[!_]*.py"))}
    for path in map(Path, added):
        if not path.is_file() or path.suffix != ".py":
            raise RegistryError(f"--add {path}: there is no such Python file (name.py)")
        if not path.stem.isprintable():
            raise RegistryError(
                f"--add {str(path)!r}: the name has characters that cannot be shown"
            )
        if "@" in path.stem:
            raise RegistryError(f"--add {path}: an @ is for twins and revisions; rename the file")
        if path.stem in found:
            raise RegistryError(
                f"--add {path}: there is already an implementation named {path.stem} "
                f"({found[path.stem]}); give the file another name"
            )
        found[path.stem] = path.resolve()
    return found


class Description(NamedTuple):
    """What a Python file says of itself, read from its text: nothing of it is run.

    `summary` is the first line of its docstring, `names` what it binds at its top level,
    `libraries` what it imports there, outside a try.
    """

    summary: str = ""
    names: frozenset[str] = frozenset()
    libraries: tuple[str, ...] = ()


def described(path: Path) -> Description:
    """The file's description; SyntaxError or ValueError for a text that is no Python."""
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    imported: dict[str, None] = {}
    for statement in tree.body:
        if isinstance(statement, ast.Import):
            imported |= dict.fromkeys(alias.name.partition(".")[0] for alias in statement.names)
        elif isinstance(statement, ast.ImportFrom) and statement.module:
            imported[statement.module.partition(".")[0]] = None
    summary = (ast.get_docstring(tree) or "").partition("\n")[0]
    return Description(summary, frozenset(defined_names(source)), tuple(imported))


def is_peer(path: Path) -> bool:
    """Does it say PEER = True? Read from its text, since its library may not be there."""
    try:
        return "PEER" in described(path).names
    except (SyntaxError, ValueError):  # its import will say what is wrong with it
        return False


def unavailable(path: Path) -> str:
    """Which library is missing for it, with the command that installs it; empty if none is."""
    for file in sources(path):
        for library in described(file).libraries:
            if library not in (FOLDER.name, path.stem) and find_spec(library) is None:
                return how_to_install(library)
    return ""


def shown(path: Path) -> str:
    """The path as it is written down: from the project's root, if it lies there."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def defined_names(source: str) -> set[str]:
    """The names that a module binds itself, by def, class or assignment; not those it imports.

    An implementation that says `from math import exp` wants an exponential, and does not offer the
    operation `exp`.
    """
    names: set[str] = set()
    statements: list[ast.AST] = list(ast.parse(source).body)
    while statements:
        statement = statements.pop()
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(statement.name)
        elif isinstance(statement, ast.Assign | ast.AnnAssign):
            bound = [node for node in ast.walk(statement) if isinstance(node, ast.Name)]
            names.update(node.id for node in bound if isinstance(node.ctx, ast.Store))
        elif isinstance(statement, ast.stmt | ast.ExceptHandler):
            statements.extend(ast.iter_child_nodes(statement))
    return names


def _is_member(path: Path) -> bool:
    """Does it lie in our package, or in that of another revision? A user's folder of that name has
    no contract in it."""
    folder = path.parent
    return folder == FOLDER or (folder.name == FOLDER.name and (folder / "_contract.py").is_file())


def sources(path: Path) -> list[Path]:
    """The files that are measured with it: its own and, of a member, the helpers that it imports."""
    found = [path]
    for file in found if _is_member(path) else ():  # which grows as it is gone through
        text = file.read_text(encoding="utf-8")
        helpers = [path.parent / f"{name}.py" for name in _helpers(text)]
        found += [helper for helper in helpers if helper.is_file() and helper not in found]
    return found


def _helpers(source: str) -> list[str]:
    """The modules of our package that the source imports, by name; the contract always."""
    package = f"{FOLDER.name}."
    imported = [
        node.module for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom)
    ]
    names = [name.removeprefix(package) for name in imported if name and name.startswith(package)]
    return ["_contract", *names]


def digest(path: Path) -> str:
    """What tells one version of the measured code from another."""
    whole = blake2b(digest_size=8)
    for file in sources(path):
        whole.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return whole.hexdigest()


def load(path: Path) -> ModuleType:
    """Import the implementation at `path`; one of the user's may import its neighbours too."""
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
    defined = defined_names(path.read_text(encoding="utf-8"))
    return [
        name for name in operations if name in defined and callable(getattr(module, name, None))
    ]


def preparer(module: ModuleType) -> Callable[[Any], Any]:
    """The module's own `prepare`, or the one that keeps the array."""
    return getattr(module, "prepare", lambda array: array)


def missing_library(error: BaseException) -> str | None:
    """Why the implementation is unavailable, if what failed is the import of somebody's library."""
    if not isinstance(error, ModuleNotFoundError) or not error.name:
        return None
    library = error.name.partition(".")[0]
    if library in (FOLDER.name, Path(__file__).parent.name):
        return None
    return how_to_install(library)


def how_to_install(library: str) -> str:
    """What is said of a library that is missing: the command that installs it."""
    distribution = DISTRIBUTIONS.get(library, library)
    return f"{library} is not installed: {Path(sys.executable)} -m pip install {distribution}"
