"""What a Python file says of itself, read from its text: nothing of it is imported or run."""

import ast
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple


class Description(NamedTuple):
    """What a Python file says of itself.

    `summary` is the first line of its docstring, `names` what it binds at its top level, `constants`
    those names whose value is a literal, `libraries` what it imports there, outside a try.
    `problem` says why the text is no Python; the rest is then empty.
    """

    summary: str = ""
    names: frozenset[str] = frozenset()
    constants: Mapping[str, Any] = MappingProxyType({})
    libraries: tuple[str, ...] = ()
    problem: str = ""


def described(path: Path) -> Description:
    """The file's description."""
    tree, problem = _parsed(path)
    if problem:
        return Description(problem=problem)
    summary = (ast.get_docstring(tree) or "").partition("\n")[0]
    return Description(summary, frozenset(_bound(tree)), _constants(tree), _libraries(tree))


def _parsed(path: Path) -> tuple[ast.Module, str]:
    """The file's syntax tree; of a text that is no Python an empty one, and what is wrong with it."""
    try:
        return ast.parse(path.read_bytes()), ""
    except SyntaxError as error:
        where = f"line {error.lineno}: " if error.lineno else ""
        return ast.Module([], []), f"no Python: {where}{error.msg}"
    except (ValueError, RecursionError) as error:  # zero bytes, before 3.12; endless nesting
        return ast.Module([], []), f"no Python: {error}"


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


def _libraries(tree: ast.Module) -> tuple[str, ...]:
    """The packages that the module imports at its top level, each once."""
    imported: list[str] = []
    for statement in tree.body:
        if isinstance(statement, ast.Import):
            imported += [alias.name for alias in statement.names]
        elif isinstance(statement, ast.ImportFrom) and statement.module and not statement.level:
            imported.append(statement.module)
    return tuple(dict.fromkeys(name.partition(".")[0] for name in imported))


def defined_names(source: str) -> set[str]:
    """The names that a module binds itself, by def, class or assignment; not those it imports.

    An implementation that says `from math import exp` wants an exponential, and does not offer the
    operation `exp`.
    """
    return _bound(ast.parse(source))


def _bound(tree: ast.Module) -> set[str]:
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
    return names


def modules_imported_from(path: Path) -> list[str]:
    """Every M of a `from M import ...` in the file, at its top level or inside a function."""
    nodes = ast.walk(_parsed(path)[0])
    return [node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module]
