"""What a Python file says of itself, read from its text: nothing of it is imported or run."""

import ast
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple


class Description(NamedTuple):
    """What a Python file says of itself.

    `summary` is the first line of its docstring, `names` what it binds itself at its top level, by
    def, class or assignment, `constants` those names whose value is a literal. `libraries` are the
    packages that it imports there, outside a try, `modules` what it may import anywhere: of
    `from M import a`, M and M.a. `problem` says why the text is no Python; the rest is then empty.

    An implementation that says `from math import exp` wants an exponential, and does not offer the
    operation `exp`.
    """

    summary: str = ""
    names: frozenset[str] = frozenset()
    constants: Mapping[str, Any] = MappingProxyType({})
    libraries: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    problem: str = ""


def described(path: Path) -> Description:
    """The file's description."""
    try:
        tree = ast.parse(path.read_bytes())
    except SyntaxError as error:
        where = f"line {error.lineno}: " if error.lineno else ""
        return Description(problem=f"no Python: {where}{error.msg}")
    except (ValueError, RecursionError, MemoryError) as error:  # zero bytes; endless nesting
        return Description(problem=f"no Python: {error}")
    except OSError as error:
        return Description(problem=f"cannot be read: {error.strerror}")
    summary = (ast.get_docstring(tree) or "").partition("\n")[0]
    return Description(summary, _names(tree), _constants(tree), _libraries(tree), _modules(tree))


def _names(tree: ast.Module) -> frozenset[str]:
    names: set[str] = set()
    statements: list[ast.AST] = list(tree.body)
    while statements:
        statement = statements.pop()
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(statement.name)
        elif isinstance(statement, ast.Assign | ast.AnnAssign):
            bound = [node for node in ast.walk(statement) if isinstance(node, ast.Name)]
            names.update(node.id for node in bound if isinstance(node.ctx, ast.Store))
        elif isinstance(statement, ast.stmt | ast.ExceptHandler):
            statements.extend(ast.iter_child_nodes(statement))
    return frozenset(names)


def _constants(tree: ast.Module) -> dict[str, Any]:
    """The literals that the module binds to names at its top level: A = B = 1, A: int = 1."""
    constants: dict[str, Any] = {}
    for statement in tree.body:
        if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value:
            targets = getattr(statement, "targets", [getattr(statement, "target", None)])
            names = [target.id for target in targets if isinstance(target, ast.Name)]
            with suppress(ValueError, TypeError):
                constants |= dict.fromkeys(names, ast.literal_eval(statement.value))
    return constants


def _modules(tree: ast.Module) -> tuple[str, ...]:
    names: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return tuple(dict.fromkeys(names))


def _libraries(tree: ast.Module) -> tuple[str, ...]:
    """The packages that the module imports at its top level, each once."""
    imported: list[str] = []
    for statement in tree.body:
        if isinstance(statement, ast.Import):
            imported += [alias.name for alias in statement.names]
        elif isinstance(statement, ast.ImportFrom) and statement.module and not statement.level:
            imported.append(statement.module)
    return tuple(dict.fromkeys(name.partition(".")[0] for name in imported))


def content(file: Path) -> bytes:
    """What is in the file; nothing if it may not be read: whoever imports it is told."""
    with suppress(OSError):
        return file.read_bytes()
    return b""
