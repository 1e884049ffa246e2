"""PyTorch with torch.compile: the gradient by hand, fused into loops of C++ at the first call."""

import os
from pathlib import Path

import torch
from torch.nn.functional import binary_cross_entropy_with_logits

from implementations import CostGradient

PARALLEL = PEER = True
COLOUR = "#EE6677"
MARKER = "v"
# Where Numba keeps what it compiles: it takes half a minute.
if place := os.environ.get("NUMBA_CACHE_DIR"):
    os.environ.setdefault("TORCHINDUCTOR_CACHE_DIR", str(Path(place) / "torch"))


def prepare(array):
    """A tensor on the same memory."""
    return torch.from_numpy(array)


@torch.compile(dynamic=True)  # one compilation for all sizes
def step(w, b, X, Y):
    m = X.shape[1]
    Z = w.T @ X + b
    J = binary_cross_entropy_with_logits(Z, Y)
    dZ = torch.sigmoid(Z) - Y
    return J, X @ dZ.T / m, dZ.sum() / m


def cost_gradient(w, b, X, Y):
    return CostGradient(*step(w, torch.tensor(b, dtype=w.dtype), X, Y))
