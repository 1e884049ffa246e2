"""Another process that keeps one core busy, on and off, as neighbours do."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_BUSY = """
import random, sys, time
rng = random.Random(int(sys.argv[1]))
while True:
    until = time.monotonic() + rng.uniform(0.2, 2.0)
    while time.monotonic() < until:
        pass
    time.sleep(rng.uniform(0.2, 2.0))
"""


@contextmanager
def busy_core(seed: int) -> Iterator[None]:
    """For as long as it lasts a process is busy for 0.2 to 2 s, then idle for as long, and so on."""
    process = subprocess.Popen([sys.executable, "-c", _BUSY, str(seed)])
    try:
        yield
    finally:
        process.kill()
        process.wait()
