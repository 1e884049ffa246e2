"""t = c + a·s^p, fitted to many rows of times at once: thousands take no longer than a few do."""

import numpy as np

MAX_EXPONENT = 4.0
_GRID = np.linspace(-1.0, 1.0, 21)  # around the best exponent so far, in units of the step
_STEP, _PRECISION = 0.1, 1e-9


def fit(log_s: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Of each row the c, a and p with the least Σ(model/t − 1)²: errors are relative to the time.

    log_s, t   (rows, sizes): the logarithms of the sizes, and the times
    returns    (rows, 3): c ≥ 0, a ≥ 0 and p from 0 to 4

    For a given p the model is linear in c and a, and these have a closed form. So p alone is searched
    for: on a grid, then on finer and finer grids around the best.
    """
    step, best = _STEP, np.zeros((len(t), 1))
    grid = np.arange(0, MAX_EXPONENT + step / 2, step)[None]
    while step > _PRECISION:
        exponents = np.clip(best + grid, 0.0, MAX_EXPONENT)
        c, a, loss = _profile(exponents, log_s, t)
        at = loss.argmin(axis=1)[:, None]
        best, grid, step = np.take_along_axis(exponents, at, 1), step * _GRID[None], step / 10
    return np.hstack([*(np.take_along_axis(each, at, 1) for each in (c, a)), best])


def _profile(
    exponents: np.ndarray, log_s: np.ndarray, t: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The best c and a of each row for each of its exponents, and the loss: all (rows, exponents)."""
    u = (1 / t)[:, None, :]
    v = np.exp(exponents[:, :, None] * log_s[:, None, :]) * u
    sum_u, sum_v, square_v = u.sum(-1), v.sum(-1), (v * v).sum(-1)
    share = (u * v).sum(-1) / (u * u).sum(-1)
    rest = v - share[:, :, None] * u  # of v, orthogonal to u
    square = (rest * rest).sum(-1)
    # Where s^p hardly varies it is no more than the overhead is.
    a = np.divide(rest.sum(-1), square, np.zeros_like(share), where=square > 1e-18 * square_v)
    a = np.maximum(a, 0.0)
    c = sum_u / (u * u).sum(-1) - share * a
    a, c = np.where(c < 0, sum_v / square_v, a), np.maximum(c, 0.0)
    loss = ((c[:, :, None] * u + a[:, :, None] * v - 1) ** 2).sum(-1)
    return c, a, loss


def curve(parameters: np.ndarray, log_s: np.ndarray) -> np.ndarray:
    """c + a·s^p at each size."""
    c, a, p = parameters
    return c + a * np.exp(p * log_s)


def slopes(parameters: np.ndarray, log_s: np.ndarray) -> np.ndarray:
    """By how much log t grows with c, with log a and with p: a row for each size."""
    t = curve(parameters, log_s)
    growing = t - parameters[0]
    return np.stack([np.ones_like(t), growing, growing * log_s], axis=-1) / t[:, None]
