"""Other libraries' implementations: raced where they are asked for, and one text for many libraries."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks import registry
from benchmarks.cli._options import chosen_implementations
from benchmarks.correctness.check import check, reference
from benchmarks.operations import operations
from benchmarks.registry import ROOT

PEERS = {name for name, path in registry.implementations().items() if registry.is_peer(path)}


def test_peers_say_so_without_being_imported() -> None:
    assert {"sklearn_loss", "scipy_blas", "numexpr", "array_api"} < PEERS
    assert {"torch_manual", "torch_autograd", "jax_autodiff"} < PEERS
    assert PEERS.isdisjoint({"python_loops", "numpy_vectorized", "numba_fused"})


def test_peers_are_chosen_by_name_or_all_together(tmp_path: Path) -> None:
    mine = tmp_path / "mine.py"
    mine.write_text("def dot(w, x): ...\n")
    ours = set(registry.implementations()) - PEERS
    assert set(chosen_implementations((), ())) == ours
    assert set(chosen_implementations((), (mine,))) == ours | {"mine"}
    assert set(chosen_implementations((), (), peers=True)) == ours | PEERS
    assert set(chosen_implementations(("numexpr",), ())) == {"numexpr"}
    broken = tmp_path / "broken.py"
    broken.write_text("def dot(w, x:\n")
    assert "broken" in chosen_implementations((), (broken,))


@pytest.fixture(scope="module")
def reasons() -> dict[str, str]:
    """Why each peer is unavailable in a Python without the libraries, by name.

    All libraries that a peer imports are hidden, but for NumPy and our own code.
    """
    code = """
import sys
from benchmarks import description, registry
peers = {name: path for name, path in registry.implementations().items() if registry.is_peer(path)}
files = {file for path in peers.values() for file in registry.sources(path)}
hidden = {library for file in files for library in description.described(file).libraries}
hidden -= {"numpy", "numba", "psutil", "threadpoolctl", "implementations", *sys.stdlib_module_names}
class Hide:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in hidden:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Hide())
for name, path in peers.items():
    try:
        registry.load(path)
    except ModuleNotFoundError as error:
        print(name, registry.missing_library(error), sep="\t")
"""
    command = [sys.executable, "-c", code]
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return dict(line.split("\t") for line in printed.splitlines())


@pytest.mark.parametrize("name", sorted(PEERS))
def test_without_its_library_a_peer_is_unavailable_with_the_command_that_installs_it(
    name: str, reasons: dict[str, str]
) -> None:
    if name == "cpp_openmp":  # it needs a compiler, and no library
        pytest.skip("it imports no library: tests/implementations/test_cpp_openmp.py")
    assert "is not installed" in reasons[name] and "-m pip install" in reasons[name]
    assert name != "sklearn_loss" or "pip install scikit-learn" in reasons[name]


@pytest.mark.parametrize("library", ["numpy", "torch", "jax.numpy"])
def test_one_text_runs_on_every_library_of_the_standard(library: str) -> None:
    pytest.importorskip("array_api_compat", reason="array-api-compat is not installed: PEERS=1")
    xp = pytest.importorskip(library, reason=f"{library} is not installed: PEERS=1")
    module = registry.load(registry.implementations()["array_api"])
    rng = np.random.default_rng(0)
    w, X = rng.standard_normal((7, 1)), rng.standard_normal((7, 23))
    Y = (rng.random((1, 23)) < 0.5).astype(float)
    for dtype in ("float32", "float64") if library != "jax.numpy" else ("float32",):
        values = [array.astype(dtype) for array in (w, X, Y)]
        w_, X_, Y_ = (xp.asarray(array) for array in values)
        answer = module.cost_gradient(w_, 0.25, X_, Y_)
        assert type(answer.dw) is type(w_)
        exact = reference(operations()["cost_gradient"], (values[0], 0.25, *values[1:]))
        assert check(exact, [np.asarray(part) for part in answer]).complaint == ""
