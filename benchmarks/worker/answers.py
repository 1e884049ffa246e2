"""What an operation returned, as plain arrays that can be sent, or what is wrong with its form."""

from typing import Any

import numpy as np

from benchmarks.operations import operations

_MAX_SENT_BYTES = 1 << 29


def plain(answer: Any, operation: str) -> dict:
    """The answer as plain arrays, or a complaint about its form."""
    returns = len(operations()[operation].RETURNS)
    if returns > 1 and not (isinstance(answer, tuple) and len(answer) == returns):
        size = f" of {len(answer)}" if isinstance(answer, tuple) else ""
        return {"complaint": f"returned a {type(answer).__name__}{size}, should be CostGradient"}
    parts = []
    for part in answer if returns > 1 else (answer,):
        array = np.asarray(part)
        if array.dtype.kind not in "biuf":
            return {"complaint": f"returned a {type(part).__name__}, should be real numbers"}
        if array.nbytes > _MAX_SENT_BYTES:
            return {"complaint": f"returned an array of shape {array.shape}"}
        parts.append(array)
    return {"parts": parts}
