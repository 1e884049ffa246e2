"""X in blocks along m, on Dask: threads, processes or a cluster's machines; only w, b and sums travel."""

import os
from functools import cache

import numpy as np

from implementations import CostGradient
from implementations._blocks import Blocks, Threads
from implementations._processes import Processes

PEER = True
PARALLEL = True  # a worker for each thread that is granted
OUT_OF_CORE = True  # X and Y may lie on disk, and are read block by block
COLOUR = "#8C2D04"
MARKER = "d"

# Where the blocks are: threads of this process; local, processes of this machine; or a cluster's
# scheduler, tcp://host:port or tls://host:port, with Dask's own settings for its security.
SCHEDULER = "DASK_BLOCKS_SCHEDULER"


@cache
def scheduler():
    """The scheduler that is asked for; its workers start when it is first needed."""
    asked = os.environ.get(SCHEDULER) or "threads"
    workers = int(os.environ.get("OMP_NUM_THREADS") or os.cpu_count() or 1)
    return Threads(workers) if asked == "threads" else Processes(asked, workers)


def prepare(array):
    return Blocks(array)


def cost_gradient(w, b, X, Y):
    """Each block's means, weighted with its count and added in the order of the blocks."""
    means, counts = X.step_with(Y, scheduler(), np.asarray(w), float(b))
    J, db, *dw = (means * counts[:, None]).sum(axis=0) / counts.sum()
    return CostGradient(J, np.array(dw)[:, None], db)
