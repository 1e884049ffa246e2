"""The step in C++: compiled once, or unavailable for a reason that a person can act on."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.registry import FOLDER, missing_library

LOAD = "from implementations import cpp_openmp"
needs_compiler = pytest.mark.skipif(
    not any(map(shutil.which, ("c++", "g++", "clang++"))), reason="no C++ compiler is installed"
)


def loaded(kept: Path, **variables: str) -> subprocess.CompletedProcess:
    """The import of it in a process of its own, with this folder for what is compiled."""
    return subprocess.run(
        [sys.executable, "-c", LOAD],
        cwd=FOLDER.parent,
        env={**os.environ, "NUMBA_CACHE_DIR": str(kept), **variables},
        capture_output=True,
        text=True,
    )


@needs_compiler
def test_it_is_compiled_once(tmp_path: Path) -> None:
    first = loaded(tmp_path)
    if "cannot compile with OpenMP" in first.stderr:
        pytest.skip("the compiler has no OpenMP")
    assert first.returncode == 0, first.stderr
    [library] = tmp_path.iterdir()
    before = library.stat()
    assert loaded(tmp_path, PATH=str(tmp_path)).returncode != 0  # no compiler there: another key
    assert loaded(tmp_path).returncode == 0
    assert library.stat().st_mtime_ns == before.st_mtime_ns


def test_without_a_compiler_it_is_unavailable_and_says_so(tmp_path: Path) -> None:
    ended = loaded(tmp_path, PATH=str(tmp_path))
    last = ended.stderr.strip().splitlines()[-1]
    assert last == "ImportError: no C++ compiler is installed (c++, g++ or clang++)"
    assert missing_library(ImportError(last)) == last
    assert list(tmp_path.iterdir()) == []


@needs_compiler
def test_a_compiler_that_cannot_is_named_with_its_own_words(tmp_path: Path) -> None:
    broken = tmp_path / "bin" / "c++"
    broken.parent.mkdir()
    broken.write_text("#!/bin/sh\necho 'error: unsupported option -fopenmp' >&2\nexit 1\n")
    broken.chmod(0o755)
    ended = loaded(tmp_path / "kept", PATH=f"{broken.parent}{os.pathsep}{os.environ['PATH']}")
    assert "cannot compile with OpenMP: error: unsupported option -fopenmp" in ended.stderr
