"""t = c + a·s^p, fitted to many rows of times at once: thousands take no longer than a few do."""

import numpy as np

STEEPEST = 4.0  # an exponent
_LOW, _HIGH = np.array([0.0, -np.inf, 0.0]), np.array([np.inf, np.inf, STEEPEST])
_OVERHEADS = (0.01, 0.5, 0.95)  # to start from, as shares of the least time
_STEPS = 300
_LEAST, _STILL = 1e-12, 1e9  # of damping; so much damped, no step is left that makes it better


def curve(parameters: np.ndarray, log_s: np.ndarray) -> np.ndarray:
    """c + a·s^p, with c, log a and p last in `parameters`; either may have a row for each curve."""
    overhead, log_a, p = (parameters[..., k, None] for k in range(3))
    return overhead + np.exp(log_a + p * log_s)


def slopes(parameters: np.ndarray, log_s: np.ndarray) -> np.ndarray:
    """By how much log t grows with the overhead, with log a and with the exponent."""
    t = curve(parameters, log_s)
    growing = t - parameters[..., :1]
    return np.stack([np.ones_like(t), growing, growing * log_s], axis=-1) / t[..., None]


def fit(log_s: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Of each row c, log a and p with the least squares of log t; c and p are at least 0.

    It is the best that is found from three starts, in which the overhead is next to none, half or
    nearly all of the least time.
    """
    least = t.min(axis=1)
    log_shares = np.log(t / least[:, None])
    starts = [_start(log_s, log_shares, overhead) for overhead in _OVERHEADS]
    thrice = (np.tile(table, (len(starts), 1)) for table in (log_s, log_shares))
    ends, costs = _descend(np.concatenate(starts), *thrice)
    best = costs.reshape(len(starts), -1).argmin(axis=0) * len(t) + np.arange(len(t))
    overhead, log_a, p = ends[best].T
    return np.column_stack([overhead * least, log_a + np.log(least), p])


def _start(log_s: np.ndarray, log_shares: np.ndarray, overhead: float) -> np.ndarray:
    """What the first and the last time say, if so much of the least time is overhead."""
    rest = np.log(np.maximum(np.exp(log_shares) - overhead, 0.05))
    p = (rest[:, -1] - rest[:, 0]) / (log_s[:, -1] - log_s[:, 0])
    p = np.clip(p, 0.1, STEEPEST - 0.1)
    return np.column_stack([np.full(len(p), overhead), rest[:, -1] - p * log_s[:, -1], p])


def _costs(parameters: np.ndarray, log_s: np.ndarray, log_t: np.ndarray) -> np.ndarray:
    return np.sum((np.log(curve(parameters, log_s)) - log_t) ** 2, axis=1)


@np.errstate(all="ignore")  # of a step that is too long, and is not taken
def _descend(
    found: np.ndarray, log_s: np.ndarray, log_t: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Downhill as Levenberg and Marquardt go, each row to its bottom: where that is, and its cost."""
    costs, damping = _costs(found, log_s, log_t), np.full(len(found), 1e-3)
    for _ in range(_STEPS):
        live = np.flatnonzero(damping < _STILL)
        if not len(live):
            break
        steps = _steps(found[live], log_s[live], log_t[live], damping[live])
        tried = np.clip(found[live] + steps, _LOW, _HIGH)
        reached = _costs(tried, log_s[live], log_t[live])
        better = reached < costs[live]
        found[live[better]], costs[live[better]] = tried[better], reached[better]
        damping[live] = np.maximum(damping[live] * np.where(better, 0.1, 10), _LEAST)
    return found, costs


def _steps(
    found: np.ndarray, log_s: np.ndarray, log_t: np.ndarray, damping: np.ndarray
) -> np.ndarray:
    """The step of each row; what is at its bound, and would go beyond it, stays where it is."""
    J = slopes(found, log_s)
    downhill = np.einsum("kni,kn->ki", J, log_t - np.log(curve(found, log_s)))
    stays = ((found <= _LOW) & (downhill < 0)) | ((found >= _HIGH) & (downhill > 0))
    J = np.where(stays[:, None], 0.0, J)
    square = np.einsum("kni,knj->kij", J, J)
    scale = np.einsum("kii->ki", square)
    square += (scale * damping[:, None] + (stays | (scale == 0)))[:, :, None] * np.eye(3)
    return np.linalg.solve(square, np.where(stays, 0.0, downhill)[..., None])[..., 0]
