"""A fuzz target for everything that is read from a file: read it, or refuse it in a line or two.

    make fuzz                                         60 seconds; make fuzz SECONDS=600 for longer
    .venv/bin/python tests/fuzz_readers.py SECONDS

atheris searches by the code that an input reaches. An input that breaks the promise is printed with its
traceback and saved in .fuzz/; the same inputs begin the next search.
"""

import io
import json
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOUND = ROOT / ".fuzz"
MAX_MESSAGE = 700  # characters, a path among them
NO_ATHERIS = (
    "error: make fuzz needs atheris, which is not installed here: it has wheels for Linux on x86-64 and "
    "for some versions of Python.\nUse one of those (make clean, then make fuzz PYTHON=python3.11); "
    "make test searches the same readers with Hypothesis."
)
RUN = {
    "run.json": b'{"schema": 1, "baseline": "a", "machine": {"cores": 2}, "warnings": ["w"]}\n',
    "cells.csv": (
        b"implementation,operation,data,n_x,m,dtype,order,threads,cache,status,reason,error,bound,"
        b"prepare_ns,first_call_ns,peak_rss_bytes,extra_bytes,warnings,compile_ns,compiled_on,"
        b"moved_bytes\n"
        b"a,dot,synthetic,3,1,float64,C,1,warm,ok,,1e-17,1e-16,5,6,7,8,hot,9,2026-11-26,7\n"
        b'b,dot,synthetic,3,1,float64,C,1,cold,crashed,"why, then",,,,,,,,,,\n'
    ),
    "samples.csv": (
        b"implementation,operation,data,n_x,m,dtype,order,threads,cache,process,round,loops,elapsed_ns,"
        b"waited_ns,disturbed\n"
        b"a,dot,synthetic,3,1,float64,C,1,warm,0,0,10,123456,,0\n"
    ),
    "limits.csv": (
        b"what,dtype,threads,working_set_bytes,per_s,probe\n"
        b"read,,1,32768,5e10,dot\nflops,float64,1,,1e9,dot\n"
    ),
}
Reader = Callable[[bytes, Path], object]


def _from_file(name: str) -> Reader:
    def reader(content: bytes, folder: Path) -> object:
        from benchmarks.data import load

        (folder / name).write_bytes(content)
        return load(str(folder / name))

    return reader


def _of_run(name: str) -> Reader:
    def reader(content: bytes, folder: Path) -> object:
        from benchmarks.results import store, tables

        for other, text in RUN.items():
            (folder / other).write_bytes(content if other == name else text)
        run = store.read(folder)
        outcomes = list(tables.outcomes(folder / "cells.csv"))
        return run, list(store.records(run.samples)), outcomes

    return reader


def _array_in_npz(content: bytes, folder: Path) -> object:
    """The content as the file of X in an archive that is sound: beyond its checksums."""
    import numpy as np

    with zipfile.ZipFile(folder / "array.npz", "w") as archive:
        labels = io.BytesIO()
        np.save(labels, np.array([[0.0, 1.0]]))
        archive.writestr("X.npy", content)
        archive.writestr("Y.npy", labels.getvalue())
    return _from_file("array.npz")((folder / "array.npz").read_bytes(), folder)


def _python_text(content: bytes, folder: Path) -> object:
    from benchmarks.description import described

    (folder / "mine.py").write_bytes(content)
    return described(folder / "mine.py")


READERS: dict[str, Reader] = {
    "mine.csv": _from_file("mine.csv"),
    "mine.npz": _from_file("mine.npz"),
    "mine.h5": _from_file("mine.h5"),
    "array": _array_in_npz,
    "mine.py": _python_text,
    **{name: _of_run(name) for name in RUN},
}


def seeds() -> dict[str, bytes]:
    """Sound content for each reader, to begin with."""
    import h5py
    import numpy as np

    X, Y = np.array([[0.5, -1.0], [2.0, 3.0]]), np.array([[0.0, 1.0]])
    archive, array, tree = io.BytesIO(), io.BytesIO(), io.BytesIO()
    np.savez(archive, X=X, Y=Y)
    np.save(array, X)
    with h5py.File(tree, "w") as file:
        file["train_set_x"], file["train_set_y"] = X, Y[0]
    return {
        "mine.csv": b"a,b,label\n0.5,2.0,0\n-1.0,3.0,1\n",
        "mine.npz": archive.getvalue(),
        "mine.h5": tree.getvalue(),
        "array": array.getvalue(),
        "mine.py": b'"""One."""\nimport numpy as np\nPEER = True\n\n\ndef dot(w, x):\n    return w\n',
        **RUN,
    }


def is_read(name: str, content: bytes, folder: Path) -> bool:
    """Read the content: True, or False where it is refused as it should be. All else is raised."""
    from benchmarks.errors import UserError

    try:
        READERS[name](content, folder)
    except UserError as error:
        message = str(error)
        assert message.count("\n") <= 1, message
        assert len(message) <= MAX_MESSAGE + len(str(folder)), message
        return False
    return True


def fuzz(seconds: int) -> int:
    """Search for an input that breaks the promise; 0 if none was found. It ends the process."""
    try:
        import atheris
    except ImportError:
        print(NO_ATHERIS, file=sys.stderr)
        return 2
    with atheris.instrument_imports(include=["benchmarks"]):
        import benchmarks.data
        import benchmarks.description
        import benchmarks.results.store  # noqa: F401
    names = list(READERS)
    FOUND.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    corpus = folder / "corpus"
    corpus.mkdir()
    for name, content in seeds().items():
        (corpus / name).write_bytes(bytes([names.index(name)]) + content)
    for earlier in FOUND.iterdir():
        shutil.copy(earlier, corpus)

    def one(content: bytes) -> None:
        if content:
            is_read(names[content[0] % len(names)], content[1:], folder)

    limits = [f"-max_total_time={seconds}", "-max_len=20000", "-rss_limit_mb=4096", "-timeout=20"]
    limits += ["-verbosity=0", "-print_final_stats=1"]
    arguments = [sys.argv[0], *limits, f"-artifact_prefix={FOUND}/", str(corpus)]
    print(json.dumps({"readers": names, "seconds": seconds, "found": str(FOUND)}))
    atheris.Setup(arguments, one)
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(fuzz(int(sys.argv[1]) if len(sys.argv) > 1 else 60))
