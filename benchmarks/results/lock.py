"""One writer at a time in a run's folder: the system lets go of the lock when the process ends."""

import os
from contextlib import suppress
from pathlib import Path

from benchmarks.errors import UserError

try:
    import fcntl
except ImportError:  # Windows: nothing is locked
    fcntl = None  # type: ignore[assignment]

NAME = ".lock"


class LockedError(UserError):
    """Another process writes into the folder."""


class FolderLock:
    """Held from the beginning until `release`; LockedError if another process holds it."""

    def __init__(self, folder: Path):
        self._path = folder / NAME
        self._file = self._path.open("a+", encoding="utf-8")
        try:
            if fcntl is not None:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.seek(0)
            who = self._file.read().strip()
            self._file.close()
            raise LockedError(
                f"{folder}: process {who or 'another'} writes there now; wait until it ends, or end it"
            ) from None
        except OSError:  # a file system without locks
            pass
        self._file.seek(0)
        self._file.truncate()
        self._file.write(str(os.getpid()))
        self._file.flush()

    def release(self) -> None:
        with suppress(OSError):
            self._path.unlink()  # while it is held: who waits for it finds it gone
        self._file.close()
