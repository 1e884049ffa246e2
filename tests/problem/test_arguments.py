"""What is timed: the arguments of each call, what varies and what is constant."""

import numpy as np
import pytest
from peak_memory import peak_bytes

from benchmarks.data import synthetic
from benchmarks.operations import operations
from benchmarks.problem.arguments import VARIANTS, digest, problem_of

DATA = synthetic(6, 40, seed=3)


def _problem(operation: str = "cost_gradient", dtype: str = "float64", order: str = "C"):
    return problem_of(operations()[operation], DATA.X, DATA.Y, 0, dtype, order)


def test_w_takes_turns_b_is_new_at_every_call_and_X_and_Y_stay():
    problem = _problem()
    calls = [problem.call(j) for j in range(1000)]
    assert len({id(w) for w, *_ in calls}) == VARIANTS
    assert len({b for _, b, *_ in calls}) == 1000
    assert len({id(X) for *_, X, _ in calls}) == len({id(Y) for *_, Y in calls}) == 1


def test_a_batch_ends_with_the_call_it_is_named_for():
    problem = _problem()
    batch = problem.batch(17, 5, problem.arrays)
    assert len(batch) == 5
    for k, arguments in enumerate(reversed(batch)):
        assert arguments[1] == problem.call(17 + k)[1]
        assert arguments[0] is problem.call(17 + k)[0]


@pytest.mark.parametrize("operation", ["cost_gradient", "matvec", "dot"])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("j", "calls"), [(0, 1), (3, 1), (2, 7), (999_999_937, 3000)])
def test_a_batch_has_the_arguments_of_each_of_its_calls(operation, dtype, j, calls):
    problem = _problem(operation, dtype)
    batch = problem.batch(j, calls, problem.arrays)
    assert len(batch) == calls
    for k, arguments in enumerate(batch):
        expected = problem.call(j + calls - 1 - k)
        assert all(a is b or a == b for a, b in zip(arguments, expected, strict=True))


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_matrices_have_the_dtype_and_the_memory_order_that_was_asked_for(dtype, order):
    X = _problem(dtype=dtype, order=order).arrays["X"]
    assert X.dtype == dtype
    assert X.flags.c_contiguous == (order == "C")
    assert X.flags.f_contiguous == (order == "F")
    assert np.array_equal(X, DATA.X.astype(dtype))


def test_b_is_a_number_of_the_precision_of_the_data():
    for j in (0, 1, 999_999_937):
        b = _problem(dtype="float32").call(j)[1]
        assert isinstance(b, float)
        assert b == float(np.float32(b))


def test_only_operations_with_parameters_vary():
    varying = {name for name in operations() if _problem(name).varies}
    assert varying == {"cost_gradient", "forward", "matvec"}


def test_the_arrays_survive_their_files(tmp_path):
    problem = _problem(order="F")
    problem.save(tmp_path)
    for key, array in problem.arrays.items():
        again = np.load(tmp_path / f"{key}.npy")
        assert np.array_equal(again, array)
        assert again.flags.f_contiguous == array.flags.f_contiguous


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("size", [10, (1 << 18) + 6])
def test_a_digest_sees_one_bit_and_a_permutation(size, dtype, order):
    array = np.random.default_rng(0).standard_normal((2, size // 2))
    array = np.array(array, dtype, order=order)
    before = digest(array)
    assert digest(array.copy(order="K")) == before
    for change in (lambda a: a[:, ::-1], lambda a: a[::-1], lambda a: np.sort(a, axis=1)):
        assert digest(np.array(change(array), order=order)) != before
    last = array.copy(order="K")
    last[-1, -1] = -last[-1, -1]
    assert digest(last) != before
    array[1, 3] = np.nextafter(array[1, 3], array.dtype.type(9))
    assert digest(array) != before


def test_zero_and_minus_zero_differ_to_the_bit():
    assert digest(np.array([0.0])) != digest(np.array([-0.0]))


@pytest.mark.parametrize("order", ["C", "F"])
def test_a_digest_copies_nothing(order):
    array = np.ones((1000, 4000), order=order)
    array.flags.writeable = False
    assert peak_bytes(lambda: digest(array)) < array.nbytes / 20
