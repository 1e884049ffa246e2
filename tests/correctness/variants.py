"""Variants of one right implementation: wrong, right however it is written, and hostile."""

from benchmarks.registry import implementations
from benchmarks.results.records import Status

MEMORY = 4 << 30
SOURCE = implementations()["numpy_vectorized"].read_text(encoding="utf-8")
BEGIN, FIRST = "def cost_gradient(w, b, X, Y):", "    m = X.shape[1]"
SIGMOID = "    return np.where(Z >= 0, 1, e) / (1 + e)"
RETURN = "    return CostGradient(J, X @ dZ.T / m, np.sum(dZ) / m)"
PARTS = "    dw, db = X @ dZ.T / m, np.sum(dZ) / m"


def then(statement: str) -> tuple[str, str]:
    """Everything worked out as it should be, then this."""
    return RETURN, f"{PARTS}\n    {statement}\n    return CostGradient(J, dw, db)"


def remembering(key: str, held: str = "()") -> tuple[str, str]:
    """Answers kept by a key that does not tell all questions apart, and objects `held` alive."""
    return BEGIN, (
        f"kept = {{}}\ndef cost_gradient(w, b, X, Y):\n    key = {key}\n"
        f"    if key not in kept: kept[key] = afresh(w, b, X, Y), {held}\n    return kept[key][0]\n"
        "def afresh(w, b, X, Y):"
    )


# Name: what is replaced by what, and words that the finding's reason must have.
WRONG: dict[str, tuple[tuple[str, str], str]] = {
    "a feature left out": (then("dw[-1] *= 1.01"), "dw[1, 0] is 0.0909"),
    "an example left out": (then("dw -= X[:, -1:] * dZ[0, -1] / m"), "dw[0, 0] is -0.0653"),
    "odd m": (then("dw *= 1 + 1e-6 * (m % 2)"), "m=3,"),
    "m a multiple of 4": (then("dw *= 1 + 1e-6 * (m % 4 == 0)"), "m=8,"),
    "m above 50,000": (then("dw[0] += 1e-3 * (m > 50_000)"), "m=100003"),
    "n_x above 10,000": (then("dw[-1] *= len(w) < 10_000"), "n_x=100003"),
    "F order": (then("dw *= 1 + 1e-4 * (not X.flags.c_contiguous)"), ", F, float64"),
    "C order": (then("dw *= 1 + 1e-4 * (not X.flags.f_contiguous)"), ", C, float64"),
    "float32": (then("dw *= 1.001 if X.dtype == 'f4' else 1"), "float32"),
    "float32, m above 50,000, the last example": (
        then("if X.dtype == 'f4' and m > 50_000: dw -= X[:, -1:] * dZ[0, -1] / m"),
        "m=100003, F, float32, long, last column heavy",
    ),
    "margins cut at 30": (
        ("sigmoid(Z) -", "sigmoid(np.clip(Z, -30, 30)) -"),
        "margins of 20 to 40",
    ),
    "J cut at 700": (("(0, Z) - Y * Z", "(0, np.clip(Z, -700, 700)) - Y * Z"), "margins of 700 to"),
    "the lesson's log(1 - a)": (
        (
            "np.logaddexp(0, Z) - Y * Z",
            "-Y * np.log(sigmoid(Z)) - (1 - Y) * np.log(1 - sigmoid(Z))",
        ),
        "J is ",
    ),
    "J off by 1e-11": (then("J *= 1 + 1e-11"), "J is 0.55147737127"),
    "dw off by 1e-11": (then("dw *= 1 + 1e-11"), "dw[0, 0] is 0.074674074634"),
    "db off by 1e-11": (then("db *= 1 - 1e-11"), "db is 0.420244208594"),
    "another 1e-9 at each call": (then("dw *= 1 + 1e-9 * np.random.rand()"), "dw[0, 0]"),
    "each hundredth call": (
        (
            BEGIN,
            f"calls = iter(range(1, 10**9))\n{BEGIN}\n    X = X * (1 + (next(calls) % 100 == 0))",
        ),
        "m=255, F",
    ),
    # X is held in these two: whose place in memory a new X takes differs from machine to machine, and
    # where it is that of a problem with the same J, dw is the first number that is wrong.
    "w ignored when b is known": (remembering("b, id(X)", "X"), "J is "),
    "Y ignored": (remembering("b, w.tobytes(), X.tobytes()"), "labels all 1"),
    "identities for values": (remembering("b, id(w), id(X), id(Y)", "(X, Y)"), "J is "),
    "identities for values, all kept": (
        remembering("b, id(w), id(X), id(Y)", "(w, X, Y)"),
        "after its arguments changed in place",
    ),
    "fifty times the same": (
        (
            BEGIN,
            f"row = [0.0, 0]\n{BEGIN}\n    row[:] = b, 1 + row[1] * (row[0] == b)\n"
            "    X = X * (1 + (row[1] > 50))",
        ),
        "a hundredth time",
    ),
    "X changed": (then("X *= 1.0000001"), "X was changed in place"),
    "Y changed": (then("Y[:] = Y[:, ::-1].copy()"), "Y was changed in place"),
    "w changed": (then("w -= 0.001 * dw"), "w@0 was changed in place"),
    "rank 1": (then("dw = dw[:, 0]"), "dw has shape (2,), should be (2, 1)"),
    "transposed": (then("dw = dw.T"), "dw has shape (1, 2), should be (2, 1)"),
    "J a matrix": (then("J = J.reshape(1, 1)"), "J has shape (1, 1), should be a number"),
    "sums for means": (then("J, dw, db = J * m, dw * m, db * m"), "J is 1.65"),
    "no db": (then("db = 0.0"), "db is 0, should be 0.4202"),
    "the other sign": (then("dw, db = -dw, -db"), "dw[0, 0] is -0.0746740746, should be 0.07"),
    "half precision": (then("dw = dw.astype(np.float16)"), "dw[0, 0] is 0.0746459961"),
    "single precision": (then("dw = dw.astype(np.float32)"), "dw[0, 0] is 0.074674077332"),
    "not a number": (then("J = np.nan"), "J is nan, should be finite"),
    "infinite": (then("dw[0] = -np.inf"), "dw[0, 0] is -inf, should be finite"),
    "complex": (then("J = J + 0j"), "should be real numbers"),
    "nothing": ((RETURN, "    return None"), "returned a NoneType, should be CostGradient"),
    "words": ((RETURN, "    return 'J', 'dw', 'db'"), "returned a str, should be real numbers"),
    "no db at all": ((RETURN, "    return J, X @ dZ.T / m"), "returned a tuple of 2, should be"),
}
RIGHT = {
    "as it is": ("", ""),
    "tanh": (SIGMOID, "    return 0.5 * (1 + np.tanh(Z / 2))"),
    "scipy expit": (SIGMOID, "    from scipy.special import expit\n    return expit(Z)"),
    "feature by feature": (
        "    Z = w.T @ X + b",
        "    Z = np.einsum('jk,ji->ki', w, X) + b if len(w) > 600 else b + sum(\n"
        "        w[j, 0] * X[[j]] for j in range(len(w)))",
    ),
    "blocks from the far end": (
        BEGIN,
        f"""{BEGIN}
    J, dw, db, m = 0.0, np.zeros_like(w), 0.0, X.shape[1]
    for i in reversed(range(0, m, 37)):
        part = of_block(w, b, X[:, i : i + 37], Y[:, i : i + 37])
        share = min(37, m - i) / m
        J, dw, db = J + share * part.J, dw + share * part.dw, db + share * part.db
    return CostGradient(J, dw, db)


def of_block(w, b, X, Y):""",
    ),
    "compiled with fastmath": (
        BEGIN,
        f"""{BEGIN}
    return CostGradient(*compiled(w, b, X, Y))


import numba
@numba.njit(fastmath=True)
def compiled(w, b, X, Y):
    J, dw, db, m = 0.0, np.zeros_like(w), 0.0, X.shape[1]
    for i in range(m):
        z = b
        for j in range(len(w)): z += w[j, 0] * X[j, i]
        e = np.exp(-abs(z))
        dz = (1.0 if z >= 0 else e) / (1 + e) - Y[0, i]
        J += max(z, 0.0) + np.log1p(e) - Y[0, i] * z
        for j in range(len(w)): dw[j, 0] += X[j, i] * dz
        db += dz
    return J / m, dw / m, db / m


def unused(w, b, X, Y):""",
    ),
    "math.fsum": (
        RETURN,
        """    from math import fsum
    D = X.astype(float) * dZ
    dw = np.array([[fsum(row) / m] for row in D.tolist()] if m < 9e3 else D.sum(1, keepdims=True) / m)
    return CostGradient(fsum((np.logaddexp(0, Z) - Y * Z)[0]) / m, dw, fsum(dZ[0]) / m)""",
    ),
}


def first(statement: str) -> tuple[str, str]:
    """This at the beginning of every call."""
    return FIRST, f"    import os, signal, sys\n    {statement}\n{FIRST}"


def at_import(statement: str) -> tuple[str, str]:
    return "import numpy as np", f"{statement}\nimport numpy as np"


# At the first few calls, since a process that is forked may fork again; and it does not take long.
ONCE = "1 / (X.shape[1] != 33)\n    if len(sys.argv) < 9: sys.argv.append('')"
OK, CRASHED, KILLED = {Status.OK}, {Status.CRASHED}, {Status.OUT_OF_MEMORY}
HOSTILE: dict[str, tuple[tuple[str, str], set[Status], str]] = {
    "leaves": (first("os._exit(3)"), CRASHED, "exited with status 3"),
    "leaves politely": (first("sys.exit(0)"), CRASHED, "SystemExit"),
    "raises": (
        first("raise ValueError('no m')"),
        CRASHED,
        "ValueError: no m (leaves politely"[:17],
    ),
    "raises for one m": (first("if X.shape[1] == 33: 1 / 0"), CRASHED, "m=33"),
    "asks for a key": (first("input()"), CRASHED, "EOFError"),
    "interrupts": (first("raise KeyboardInterrupt"), CRASHED, "KeyboardInterrupt"),
    "segmentation fault": (first("import ctypes; ctypes.string_at(0)"), CRASHED, "SIGSEGV"),
    "kills itself": (first("os.kill(os.getpid(), signal.SIGKILL)"), KILLED, "SIGKILL"),
    "kills its group": (first("os.kill(0, signal.SIGKILL)"), KILLED, "SIGKILL"),
    "wants 8 PB": (first("np.ones(10**15)"), KILLED, "MemoryError"),
    "never comes to an end": (first("return cost_gradient(w, b, X, Y)"), CRASHED, "RecursionError"),
    "closes everything": (first("os.closerange(0, 100)"), CRASHED, "while computing"),
    "writes into everything": (
        first(
            "for f in range(1, 31):\n"
            "        try: os.write(f, b'rubbish' * 99)\n"
            "        except OSError: pass"
        ),
        CRASHED,
        "no answer",
    ),
    "prints a lot": (first("print('x' * 10**5)"), OK, ""),
    "is no Python": (at_import("def cost_gradient(:"), CRASHED, "SyntaxError"),
    "leaves at import": (at_import("import os; os._exit(0)"), CRASHED, "while being imported"),
    "raises at import": (at_import("1 / 0"), CRASHED, "ZeroDivisionError"),
    "lacks a library": (
        at_import("import no_such_library"),
        {Status.UNAVAILABLE},
        "-m pip install no_such_library",
    ),
    "lacks a part of ours": (
        at_import("import benchmarks.nowhere"),
        CRASHED,
        "ModuleNotFoundError",
    ),
    "forks": (first(f"{ONCE}; os.fork()"), CRASHED, "m=33"),
    "leaves children behind": (
        first(f"{ONCE}; __import__('subprocess').Popen(['sleep', '600'], start_new_session=True)"),
        CRASHED,
        "m=33",
    ),
}
SHORT_LIMIT_S = 3.0  # no answer will come at any time
HANGING = {
    "loops": (first("while True: pass"), "while computing"),
    "stops itself": (first("os.kill(os.getpid(), signal.SIGSTOP)"), "while computing"),
    "loops at import": (at_import("while True: pass"), "while being imported"),
}
ALL = {
    **{name: change for name, (change, _) in WRONG.items()},
    **RIGHT,
    **{name: change for name, (change, *_) in HOSTILE.items()},
    **{name: change for name, (change, _) in HANGING.items()},
}
