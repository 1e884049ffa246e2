"""The gradient from a computation graph: go forward once, then walk it backwards by the chain rule.

Each node keeps its value and, for each parent, how a derivative of J with respect to the node turns
into one with respect to that parent: dJ/dparent = dJ/dnode · dnode/dparent. Nobody derives dw or db
by hand here; they fall out of six small rules.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from implementations import CostGradient

PARALLEL = True  # the products are BLAS, and BLAS has threads
COLOUR = "#CC79A7"
MARKER = "v"


@dataclass(eq=False)
class Node:
    """A value in the graph, its parents with their chain rules, and dJ/dvalue once it is known."""

    value: Any
    parents: tuple[tuple["Node", Callable], ...] = field(default=())
    derivative: Any = 0


def product(w, X):
    """wᵀX: (n_x, 1), (n_x, m) -> (1, m)."""
    return Node(w.value.T @ X, ((w, lambda d: X @ d.T),))


def add(Z, b):
    """Z + b: b is broadcast to every example, so its derivative is the sum over them."""
    return Node(Z.value + b.value, ((Z, lambda d: d), (b, np.sum)))


def sigmoid(Z):
    """σ(Z), whose slope is σ(1 - σ); its exponential cannot overflow."""
    e = np.exp(-np.abs(Z.value))
    A = np.where(Z.value >= 0, 1, e) / (1 + e)
    return Node(A, ((Z, lambda d: d * A * (1 - A)),))


def softplus(Z):
    """log(1 + e^Z), which is -log(1 - σ(Z)) without its log 0; its slope is σ(Z)."""
    return Node(np.logaddexp(0, Z.value), ((Z, lambda d: d * sigmoid(Z).value),))


def times(Z, Y):
    return Node(Z.value * Y, ((Z, lambda d: d * Y),))


def subtract(S, T):
    return Node(S.value - T.value, ((S, lambda d: d), (T, lambda d: -d)))


def mean(L):
    m = L.value.size
    return Node(np.sum(L.value) / m, ((L, lambda d: np.full_like(L.value, d / m)),))


def parents_first(node, order):
    """Append to `order` all that `node` came from, and then `node`: each once."""
    # Not a closure: one that calls itself is a reference cycle, and would keep every array of the
    # graph alive until the garbage collector comes.
    if node not in order:
        for parent, _ in node.parents:
            parents_first(parent, order)
        order.append(node)
    return order


def backward(J):
    """Fill in the derivative of J with respect to every node it came from."""
    J.derivative = 1.0
    for node in reversed(parents_first(J, [])):
        for parent, chain in node.parents:
            parent.derivative = parent.derivative + chain(node.derivative)


def forward(w, b, X):
    return sigmoid(add(product(Node(w), X), Node(b))).value


def cost_gradient(w, b, X, Y):
    w, b = Node(w), Node(b)
    Z = add(product(w, X), b)
    # The lesson's loss, -(Y log A + (1 - Y) log(1 - A)), is softplus(Z) - Y Z.
    J = mean(subtract(softplus(Z), times(Z, Y)))
    backward(J)
    return CostGradient(J.value, w.derivative, b.derivative)
