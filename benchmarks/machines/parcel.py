"""What travels, as archives: the project's files there, a run's folder back."""

import io
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.registry import ROOT

_PACKAGES = ("benchmarks", "implementations")
_MAX_BYTES, _MAX_FILES = 1 << 28, 10_000  # of a folder that comes back


def bundle(files: Mapping[str, Path]) -> bytes:
    """The project's own files, and the user's, as an archive."""
    content = io.BytesIO()
    # Files of before 1980 are common: some package managers set all times to 0.
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as archive:
        for package in _PACKAGES:
            for path in sorted((ROOT / package).rglob("*")):
                if path.is_file() and "__pycache__" not in path.parts:
                    archive.write(path, str(path.relative_to(ROOT)))
        for name, path in files.items():
            archive.write(path, name)
    return content.getvalue()


def unpack(content: Any, folder: Path) -> bool:
    """Write the files of an archive into the folder, and nothing outside; False if it is none, or too large.

    Raises OSError where they cannot be written; what was there stays whole.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            infos = archive.infolist()
            if len(infos) > _MAX_FILES or sum(info.file_size for info in infos) > _MAX_BYTES:
                return False
            paths = [PurePosixPath(info.filename) for info in infos]
            if any(path.is_absolute() or ".." in path.parts or "\\" in str(path) for path in paths):
                return False
            folder.mkdir(parents=True, exist_ok=True)
            with TemporaryDirectory(prefix=".", dir=folder) as beside:
                archive.extractall(beside)
                _move(Path(beside), folder)
            return True
    except (zipfile.BadZipFile, zlib.error, EOFError, TypeError, ValueError, RuntimeError):
        return False  # RuntimeError: it is encrypted, or compressed as nobody here can
    except (NotADirectoryError, IsADirectoryError, FileExistsError):
        return False  # one name is a file's and a folder's


def _move(source: Path, target: Path) -> None:
    """Each file to where the other folder has it, whole."""
    for path in sorted(source.rglob("*")):
        place = target / path.relative_to(source)
        if path.is_dir():
            place.mkdir(exist_ok=True)
        else:
            path.replace(place)
