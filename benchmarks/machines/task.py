"""What one machine does: unpack the files, run the benchmark there, send back its folder.

It is sent as it stands to machines that need not have this project: it imports nothing of it.
"""

import io
import os
import socket
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

_LOOK_EVERY_S, _SEND_EVERY_S = 0.5, 10.0
_MAX_SHARE = 0.01  # of the time that packing may take from what is measured meanwhile
_MAX_WORDS = 2000
# A nanny sets these for its worker. The last one made NumPy's step at 100 × 15,000 take 1.5 times as long.
_OF_A_WORKER = "_NUM_THREADS", "MALLOC_TRIM_THRESHOLD_"
# The run ends with the worker, however that ends (Linux).
_START = """
import ctypes, runpy, sys
if sys.platform.startswith("linux"):
    ctypes.CDLL(None).prctl(1, 15)
runpy.run_module("benchmarks", run_name="__main__", alter_sys=True)
"""


def machine_id() -> str:
    """The same for two workers that share a machine."""
    with suppress(OSError):
        return (
            f"{socket.gethostname()} {Path('/proc/sys/kernel/random/boot_id').read_text().strip()}"
        )
    return socket.gethostname()


def packed(folder: Path) -> bytes:
    """The folder's files as an archive; what is written to meanwhile is as far as it was."""
    content = io.BytesIO()
    # A computer without a clock of its own begins in 1970.
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.name.startswith("."):
                with suppress(OSError):
                    archive.write(path, str(path.relative_to(folder)))
    return content.getvalue()


def measure(
    files: bytes, arguments: Sequence[str], variables: Mapping[str, str], topic: str
) -> tuple[str, int, str, bytes]:
    """Run `python -m benchmarks run` with the arguments; which machine this is, the exit status, the last
    words, and the folder.

    What there is of the folder is sent as an event of the `topic` every few seconds, so that it is not
    lost with the machine. A task that nobody waits for any more ends its run.
    """
    with tempfile.TemporaryDirectory(prefix="benchmarks-machine-") as place:
        home = Path(place)
        with zipfile.ZipFile(io.BytesIO(files)) as archive:
            archive.extractall(home)
        run, words = home / "run", home / "words.txt"
        command = [sys.executable, "-c", _START, "run", *arguments, "--out", str(run), "--quiet"]
        environment = {k: v for k, v in os.environ.items() if not k.endswith(_OF_A_WORKER)}
        with words.open("wb") as output:
            process = subprocess.Popen(
                command,
                cwd=home,
                env={**environment, **variables, "PYTHONPATH": str(home)},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
            try:
                _follow(process, run, topic)
            finally:
                process.kill()
                process.wait()
        text = words.read_bytes()[-_MAX_WORDS:].decode(errors="replace")
        return machine_id(), process.returncode, text, packed(run)


def _follow(process: subprocess.Popen, run: Path, topic: str) -> None:
    from distributed import get_worker

    worker, due = get_worker(), time.monotonic() + _SEND_EVERY_S
    key = worker.get_current_task()
    while process.poll() is None and _is_wanted(worker, key):
        time.sleep(_LOOK_EVERY_S)
        began = time.monotonic()
        if began >= due and (run / "run.json").exists():
            worker.log_event(topic, packed(run))
            ended = time.monotonic()
            due = ended + max(_SEND_EVERY_S, (ended - began) / _MAX_SHARE)


def _is_wanted(worker: Any, key: Any) -> bool:
    """Is the task still to be done? Not after it was cancelled, or whoever asked for it is gone: Dask
    stops no thread."""
    task = worker.state.tasks.get(key)
    return task is not None and task.state != "cancelled"


def forget(topics: Sequence[str], dask_scheduler: Any = None) -> None:
    """On the scheduler: drop the events of the topics. Dask has no public call for it."""
    for topic in topics:
        dask_scheduler._broker.truncate(topic)
