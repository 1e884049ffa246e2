"""The variants that the experiment compares: an implementation with a known share of time added."""

from pathlib import Path

IMPLEMENTATION = "numpy_vectorized"

# Every variant has this wrapper, the base too: the wrapper's own time is on both sides.
_CODE = '''"""{name}, then a busy-wait of {percent} of each call."""

from time import perf_counter_ns

from implementations import {name} as measured

PARALLEL = getattr(measured, "PARALLEL", False)
SHARE = {share}


def cost_gradient(w, b, X, Y):
    began = perf_counter_ns()
    answer = measured.cost_gradient(w, b, X, Y)
    ended = perf_counter_ns()
    until = ended + SHARE * (ended - began)
    while perf_counter_ns() < until:
        pass
    return answer
'''


def write_variant(folder: Path, share: float) -> Path:
    """A file of the implementation with a busy-wait of this share of each call."""
    path = folder / f"wait{round(100 * share):02}.py"
    text = _CODE.format(name=IMPLEMENTATION, percent=f"{share:.0%}", share=share)
    path.write_text(text, encoding="utf-8")
    return path
