"""dask_blocks in blocks of 1,000 examples: raced beside it, it shows what a block costs."""

from implementations import dask_blocks
from implementations._blocks import Blocks

PARALLEL = True
OUT_OF_CORE = True
COLOUR = "#807DBA"
MARKER = "D"

cost_gradient = dask_blocks.cost_gradient


def prepare(array):
    return Blocks(array, examples=1000)
