"""The folder is the registry: what is in it, what is added to it, and what each file offers."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import registry
from benchmarks.description import described
from benchmarks.operations import operations
from benchmarks.registry import RegistryError, load, missing_library, offers


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A registry of one implementation, `loops.py`; what is imported from there is forgotten again."""
    here = tmp_path / "implementations"
    here.mkdir()
    (here / "loops.py").write_text("def dot(w, x): ...\n")
    monkeypatch.setattr(registry, "FOLDER", here)
    monkeypatch.setattr(sys, "path", [*sys.path])
    yield here
    for name, module in list(sys.modules.items()):
        if str(tmp_path) in str(getattr(module, "__file__", "")):
            del sys.modules[name]


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_the_names_are_those_of_the_files() -> None:
    files = {path.stem for path in registry.FOLDER.glob("*.py")}
    assert set(registry.implementations()) == {name for name in files if name[0] != "_"}
    assert {"_contract", "__init__"} < files
    assert {"python_loops", "numpy_vectorized", "numba_loops"} < set(registry.implementations())


def test_growth_is_one_new_file(folder: Path) -> None:
    assert list(registry.implementations()) == ["loops"]
    write(folder / "blocks.py", "")
    for name in ("_helper.py", ".blocks.py", "two-words.py", "2d.py", "notes.txt", "inner/a.py"):
        write(folder / name, "")
    (folder / "directory.py").mkdir()
    assert list(registry.implementations()) == ["blocks", "loops"]


def test_an_added_file_comes_last_from_wherever_it_lies(folder: Path, tmp_path: Path) -> None:
    mine = write(tmp_path / "mine" / "a_first.py", "")
    assert registry.implementations([mine]) == {
        "loops": folder / "loops.py",
        "a_first": mine.resolve(),
    }


@pytest.mark.parametrize(
    ("names", "says"),
    [
        (["mine/loops.py"], "already an implementation named loops"),
        (["mine/same.py", "other/same.py"], "already an implementation named same"),
        (["mine/same.py", "mine/same.py"], "already an implementation named same"),
        (["mine/nowhere.py"], "there is no such Python file"),
        (["mine"], "there is no such Python file"),
        (["mine/same.txt"], "there is no such Python file"),
        (["mine/sa\tme.py"], "characters that cannot be shown"),
        (["mine/loops@twin.py"], "an @ is for controls and revisions"),
        (["mine/same@v1.py"], "an @ is for controls and revisions"),
    ],
)
def test_a_file_that_cannot_be_added_is_named(
    folder: Path, tmp_path: Path, names: list[str], says: str
) -> None:
    present = {"mine/loops.py", "other/same.py", "mine/same.py", "mine/same.txt", *names}
    for name in present - {"mine/nowhere.py", "mine"}:
        write(tmp_path / name, "")
    with pytest.raises(RegistryError, match=says) as refused:
        registry.implementations([tmp_path / name for name in names])
    assert str(refused.value).startswith("--add ")
    assert Path(names[-1]).stem in str(refused.value).replace(r"\t", "\t")


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("from math import exp, log1p", set()),
        ("import numpy as dot", set()),
        ("from math import exp as _exp\ndef exp(v): return _exp(v)", {"exp"}),
        ("import numpy as np\nexp = np.exp", {"exp"}),
        ("import numpy as np\nexp, log = np.exp, np.log", {"exp", "log"}),
        ("import numpy as np\nrelu: object = np.abs", {"relu"}),
        ("try:\n    from a import dot\nexcept ImportError:\n    def dot(w, x): ...", {"dot"}),
        ("if True:\n    def dot(w, x): ...", {"dot"}),
        ("@njit\ndef dot(w, x): ...", {"dot"}),
        ("class forward: ...", {"forward"}),
        ("def cost_gradient(w, b, X, Y):\n    def dot(w, x): ...\n    log = 1", {"cost_gradient"}),
    ],
)
def test_what_a_file_binds_itself_it_offers_and_what_it_imports_it_does_not(
    tmp_path: Path, source: str, names: set[str]
) -> None:
    assert described(write(tmp_path / "mine.py", source)).names == names


@pytest.mark.parametrize(
    ("source", "peer"),
    [
        ("PEER = True", True),
        ("PARALLEL = PEER = True", True),
        ("PEER: bool = True", True),
        ("PEER = False", False),
        ("PEER: bool", False),
        ("PARALLEL = True", False),
        ("PEER = len(NAMES) > 0", False),
        ("def dot(w, x:\nPEER = True", False),
    ],
)
def test_a_peer_is_what_says_PEER_is_True(tmp_path: Path, source: str, peer: bool) -> None:
    assert registry.is_peer(write(tmp_path / "mine.py", source)) is peer


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("import numpy, no_such_library.part", "no_such_library"),
        ("from no_such_library import dot", "no_such_library"),
        ("import neighbour_of_mine", ""),
        ("try:\n    import no_such_library\nexcept ImportError:\n    pass", ""),
        ("def dot(w, x:\nimport no_such_library", ""),
    ],
)
def test_what_is_missing_is_read_from_the_text(tmp_path: Path, text: str, missing: str) -> None:
    write(tmp_path / "neighbour_of_mine.py", "")
    assert registry.unavailable(write(tmp_path / "mine.py", text)).partition(" ")[0] == missing


def test_a_broken_member_is_described_as_such_and_measured_alone(folder: Path) -> None:
    for name, source in (("broken", b"x = 1\ndef dot(w, x:\n"), ("binary", b"\0")):
        (folder / f"{name}.py").write_bytes(source)
        assert described(folder / f"{name}.py").problem.startswith("no Python: ")
        assert registry.sources(folder / f"{name}.py") == [folder / f"{name}.py"]
    assert described(folder / "broken.py").problem.startswith("no Python: line 2: ")


def test_an_operation_is_offered_where_it_is_defined_and_can_be_called(folder: Path) -> None:
    path = write(folder.parent / "mine.py", "from math import exp\nlog = 3\ndef dot(w, x): ...\n")
    module = load(path)
    assert callable(module.exp)
    assert offers(path, module, operations()) == ["dot"]


def test_an_added_file_may_import_its_neighbours(folder: Path, tmp_path: Path) -> None:
    write(tmp_path / "mine" / "neighbour_of_mine.py", "two = 2.0\n")
    text = "from neighbour_of_mine import two\ndef dot(w, x): return two\n"
    assert load(write(tmp_path / "mine" / "added.py", text)).dot(0, 0) == 2.0


def test_a_users_folder_may_have_the_name_of_ours(folder: Path, tmp_path: Path) -> None:
    path = write(tmp_path / "theirs" / "implementations" / "mine.py", "def dot(w, x): return 3.0\n")
    write(path.with_name("_notes.py"), "raise RuntimeError\n")
    assert load(path).dot(0, 0) == 3.0
    assert registry.sources(path) == [path]


@pytest.mark.parametrize("library", ["no_such_library", "no_such_library.part"])
def test_a_missing_library_makes_it_unavailable_with_the_command(
    folder: Path, tmp_path: Path, library: str
) -> None:
    path = write(tmp_path / "needs_more.py", f"import {library}\n")
    with pytest.raises(ModuleNotFoundError) as failed:
        load(path)
    reason = missing_library(failed.value)
    assert reason is not None
    assert reason.startswith("no_such_library is not installed: ")
    assert reason.endswith(f"{sys.executable} -m pip install no_such_library")


def test_what_is_missing_besides_libraries_an_implementation_says_itself(
    folder: Path, tmp_path: Path
) -> None:
    text = 'raise ImportError("no C++ compiler\\nis installed")\n'
    with pytest.raises(ImportError) as failed:
        load(write(tmp_path / "needs_a_compiler.py", text))
    assert missing_library(failed.value) == "no C++ compiler is installed"


@pytest.mark.parametrize(
    "text",
    [
        "import implementations.nowhere\n",
        "import benchmarks.nowhere\n",
        "from implementations import CostGradients\n",
        "from math import exponential\n",
        "def dot(w, x:\n",
    ],
)
def test_a_broken_import_of_our_own_is_raised(folder: Path, tmp_path: Path, text: str) -> None:
    with pytest.raises((ImportError, SyntaxError)) as failed:
        load(write(tmp_path / "broken.py", text))
    assert missing_library(failed.value) is None
