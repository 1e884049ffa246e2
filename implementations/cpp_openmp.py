"""Plain C++ with OpenMP, compiled by the system's compiler when it is first imported: and in C?"""

import ctypes
import os
import shutil
import subprocess
import tempfile
from hashlib import blake2b
from pathlib import Path

import numpy as np

from implementations import CostGradient

PARALLEL = PEER = True
COLOUR = "#6B6B00"
MARKER = "<"

SOURCE = r"""
#include <algorithm>
#include <cmath>
#include <vector>
#include <omp.h>
// Z (m) becomes dZ = sigmoid(Z) - Y; the sum of the losses is returned, that of dZ is in db.
template <class T> static double activate(T* Z, const T* Y, long m, double& db) {
    double J = 0, sum = 0;
    #pragma omp parallel for simd reduction(+ : J, sum)
    for (long i = 0; i < m; i++) {
        T z = Z[i], y = Y[i], e = std::exp(-std::abs(z));
        J += std::max(z, T(0)) - y * z + std::log1p(e);
        T dz = (z >= 0 ? T(1) : e) / (1 + e) - y;
        sum += dz;
        Z[i] = dz;
    }
    db = sum / m;
    return J / m;
}
// X (n_x, m), a feature is contiguous.
template <class T>
static double by_features(const T* w, T b, const T* X, const T* Y, long n_x, long m, T* dw, double& db) {
    std::vector<T> Z(m);
    #pragma omp parallel
    {
        long threads = omp_get_num_threads(), k = omp_get_thread_num();
        long first = m * k / threads, last = m * (k + 1) / threads;
        std::fill(Z.begin() + first, Z.begin() + last, b);
        for (long j = 0; j < n_x; j++)
            for (long i = first; i < last; i++) Z[i] += w[j] * X[j * m + i];
    }
    double J = activate(Z.data(), Y, m, db);
    #pragma omp parallel for
    for (long j = 0; j < n_x; j++) {
        T sum = 0;
        for (long i = 0; i < m; i++) sum += X[j * m + i] * Z[i];
        dw[j] = sum / m;
    }
    return J;
}
// X (m, n_x), an example is contiguous.
template <class T>
static double by_examples(const T* w, T b, const T* X, const T* Y, long n_x, long m, T* dw, double& db) {
    std::vector<T> Z(m);
    #pragma omp parallel for
    for (long i = 0; i < m; i++) {
        T z = 0;
        for (long j = 0; j < n_x; j++) z += w[j] * X[i * n_x + j];
        Z[i] = z + b;
    }
    double J = activate(Z.data(), Y, m, db);
    std::fill(dw, dw + n_x, T(0));
    #pragma omp parallel for reduction(+ : dw[:n_x])
    for (long i = 0; i < m; i++)
        for (long j = 0; j < n_x; j++) dw[j] += Z[i] / m * X[i * n_x + j];
    return J;
}

#define STEP(name, T) extern "C" double name(const T* w, double b, const T* X, const T* Y, long n_x, \
                                             long m, int features, T* dw, double* db) { \
    return (features ? by_features<T> : by_examples<T>)(w, T(b), X, Y, n_x, m, dw, *db); }
STEP(step_double, double)
STEP(step_float, float)
"""
FLAGS = ["-O3", "-march=native", "-ffast-math", "-fopenmp", "-fPIC"]


def compiled() -> ctypes.CDLL:
    """The library, compiled once: where Numba keeps what it compiles."""
    compiler = next(filter(None, map(shutil.which, ("c++", "g++", "clang++"))), None)
    if compiler is None:
        raise ImportError("no C++ compiler is installed (c++, g++ or clang++)")
    folder = Path(os.environ.get("NUMBA_CACHE_DIR") or Path(__file__).parent / "__pycache__")
    key = blake2b(f"{compiler} {FLAGS} {SOURCE}".encode(), digest_size=8).hexdigest()
    library = folder / f"cpp_openmp-{key}.so"
    if not library.exists():
        with tempfile.TemporaryDirectory() as scratch:
            source, code, whole = (Path(scratch) / f"step.{end}" for end in ("cpp", "o", "so"))
            source.write_text(SOURCE)
            # Linked apart from -ffast-math, which would have the whole process flush subnormals to 0.
            commands: tuple[list[str | Path], ...] = (
                [compiler, *FLAGS, "-c", source, "-o", code],
                [compiler, "-shared", "-fopenmp", code, "-o", whole],
            )
            for command in commands:
                done = subprocess.run(command, capture_output=True, text=True)
                if done.returncode:
                    reason = (done.stderr.strip().splitlines() or ["it said nothing"])[0]
                    raise ImportError(f"{compiler} cannot compile with OpenMP: {reason}")
            folder.mkdir(parents=True, exist_ok=True)
            moved = library.with_suffix(f".{os.getpid()}")
            shutil.copy(whole, moved)
            moved.replace(library)
    return ctypes.CDLL(str(library))


LIBRARY = compiled()
STEPS = {"d": LIBRARY.step_double, "f": LIBRARY.step_float}
for function in STEPS.values():
    pointer, size = ctypes.c_void_p, ctypes.c_long
    function.restype = ctypes.c_double
    function.argtypes = [pointer, ctypes.c_double, pointer, pointer, size, size, ctypes.c_int]
    function.argtypes += [pointer, ctypes.POINTER(ctypes.c_double)]


def cost_gradient(w, b, X, Y):
    n_x, m = X.shape
    dw, db = np.empty((n_x, 1), X.dtype), ctypes.c_double()
    arrays = w.ctypes.data, b, X.ctypes.data, Y.ctypes.data
    J = STEPS[X.dtype.char](*arrays, n_x, m, X.flags.c_contiguous, dw.ctypes.data, db)
    return CostGradient(J, dw, db.value)
