"""Other libraries' implementations: raced where they are asked for, and one text for many libraries."""

import subprocess
import sys

import numpy as np
import pytest

from benchmarks import registry
from benchmarks.cli._options import chosen_implementations
from benchmarks.correctness.check import check, reference
from benchmarks.operations import operations
from benchmarks.registry import ROOT

PEERS = {
    *("sklearn_loss", "scipy_blas", "numexpr", "array_api"),
    *("torch_manual", "torch_autograd", "jax_autodiff"),
}


def test_peers_say_so_without_being_imported() -> None:
    found = registry.implementations()
    assert {name for name, path in found.items() if registry.is_peer(path)} == PEERS


def test_peers_are_chosen_by_name_or_all_together(tmp_path) -> None:
    mine = tmp_path / "mine.py"
    mine.write_text("x = 1\n")
    ours = set(registry.implementations()) - PEERS
    assert set(chosen_implementations((), ())) == ours
    assert set(chosen_implementations((), (mine,))) == ours | {"mine"}
    assert set(chosen_implementations((), (), peers=True)) == ours | PEERS
    assert set(chosen_implementations(("numexpr",), ())) == {"numexpr"}
    broken = tmp_path / "broken.py"
    broken.write_text("def dot(w, x:\n")
    assert "broken" in chosen_implementations((), (broken,))


@pytest.mark.parametrize("name", sorted(PEERS))
def test_without_its_library_a_peer_is_unavailable_with_the_command_that_installs_it(name) -> None:
    """Every library but NumPy and our own code is hidden from a Python that imports it."""
    code = f"""
import sys
class Hide:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {{"torch", "jax", "numexpr", "array_api_compat", "sklearn", "scipy"}}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Hide())
from benchmarks import registry
try:
    registry.load(registry.implementations()[{name!r}])
except ModuleNotFoundError as error:
    print(registry.missing_library(error))
"""
    said = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert "is not installed" in said and "-m pip install" in said
    assert name != "sklearn_loss" or "pip install scikit-learn" in said


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
        found = module.cost_gradient(w_, 0.25, X_, Y_)
        assert type(found.dw) is type(w_)
        exact = reference(operations()["cost_gradient"], (values[0], 0.25, *values[1:]))
        assert check(exact, [np.asarray(part) for part in found]).complaint == ""
