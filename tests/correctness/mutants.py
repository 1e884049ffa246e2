"""Mutants of a right implementation, made by rule: each has one small mistake of the usual kinds."""

import ast
from collections.abc import Iterator
from copy import deepcopy

FUNCTIONS = ("cost_gradient", "sigmoid", "example")
_SWAPPED: dict[type, type] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.MatMult: ast.Mult,
    ast.Gt: ast.Lt,
    ast.GtE: ast.Lt,
    ast.Lt: ast.GtE,
}


def mutants(source: str) -> dict[str, str]:
    """The whole text of each mutant, by the line that differs."""
    tree, made = ast.parse(source), {}
    right = ast.unparse(tree).splitlines()
    for place, function in enumerate(tree.body):
        if not (isinstance(function, ast.FunctionDef) and function.name in FUNCTIONS):
            continue
        for number, node in enumerate(ast.walk(function)):
            for changed in _changes(node):
                copied = deepcopy(tree)
                found = list(ast.walk(copied.body[place]))[number]
                text = ast.unparse(_Replace(found, changed).visit(copied))
                lines = [line for line in text.splitlines() if line not in right]
                made["; ".join(line.strip() for line in lines) or f"{place}, {number}"] = text
    return made


def _changes(node: ast.AST) -> Iterator[ast.expr]:
    """What could be written there by mistake."""
    if isinstance(node, ast.BinOp):
        yield ast.BinOp(node.left, _SWAPPED.get(type(node.op), type(node.op))(), node.right)
        yield node.left  # the rest was forgotten
        if isinstance(node.op, ast.Sub | ast.Div):
            yield ast.BinOp(node.right, node.op, node.left)
    elif isinstance(node, ast.AugAssign):
        return
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield node.operand
    elif isinstance(node, ast.Compare):
        yield ast.Compare(node.left, [_SWAPPED[type(node.ops[0])]()], node.comparators)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        yield ast.Constant(node.value + 1)
        yield ast.Constant(-node.value) if node.value else ast.Constant(0.5)
    elif isinstance(node, ast.Attribute) and node.attr == "T":
        yield node.value  # not transposed
    elif isinstance(node, ast.Call) and node.args:
        yield node.args[0]  # the function was forgotten
        if isinstance(node.func, ast.Name) and node.func.id == "range":
            yield ast.Call(node.func, [ast.BinOp(node.args[0], ast.Sub(), ast.Constant(1))], [])
        if len(node.args) == 3:
            yield ast.Call(node.func, [node.args[0], node.args[2], node.args[1]], [])


class _Replace(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.expr):
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        return self.new if node is self.old else self.generic_visit(node)
