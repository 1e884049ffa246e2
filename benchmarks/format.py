"""Numbers as a person reads them. What is missing, None or NaN, is blank."""

from collections.abc import Mapping, Sequence
from math import floor, isfinite, log10
from typing import Any

_UNITS = (("s", 1e9), ("ms", 1e6), ("µs", 1e3), ("ns", 1.0))


def known(value: float | None) -> bool:
    return value is not None and isfinite(value)


def time(ns: float | None) -> str:
    """Nanoseconds in the unit that fits, to three digits: 1.23 ms."""
    if ns is None or not known(ns):
        return ""
    unit, size = _unit(ns)
    return f"{ns / size:,.{_decimals(ns / size)}f} {unit}"


def time_interval(ns: float | None, low: float, high: float) -> str:
    """A time and its interval in the time's own unit: 1.23 ms [1.20, 1.25]."""
    if ns is None or not (known(ns) and known(low) and known(high)):
        return time(ns)
    _, size = _unit(ns)
    digits = _decimals(ns / size)
    return f"{time(ns)} [{low / size:,.{digits}f}, {high / size:,.{digits}f}]"


def time_tick(ns: float) -> str:
    """A round number of nanoseconds, for an axis: 1 ms, 300 µs."""
    unit, size = _unit(ns)
    return f"{ns / size:,.10g} {unit}"


def _unit(ns: float) -> tuple[str, float]:
    rounded = float(f"{ns:.3g}")
    return next((unit for unit in _UNITS if rounded >= unit[1]), _UNITS[-1])


def _decimals(value: float) -> int:
    """Decimals that make three digits."""
    return max(0, 2 - _magnitude(value)) if value >= 0.001 else 3


def _magnitude(value: float) -> int:
    return floor(log10(float(f"{value:.3g}")))


def ratio(value: float | None) -> str:
    """How many times: 41, 1.9, 1.04, 0.53; more digits where 1 is near, or 0."""
    return "" if value is None or not known(value) else f"{value:,.{_ratio_decimals(value)}f}"


def _ratio_decimals(value: float) -> int:
    if value >= 9.95:
        return 0
    if value >= 1.195:
        return 1
    return 2 if value >= 0.1 or value <= 0 else min(9, 1 - _magnitude(value))


def ratio_interval(value: float, low: float, high: float) -> str:
    """A ratio and its interval: 41× [40, 43]."""
    digits = _ratio_decimals(value)
    return f"{ratio(value)}× [{low:,.{digits}f}, {high:,.{digits}f}]"


def relative_interval(value: float | None, low: float, high: float) -> str:
    """A ratio of times near 1, to a tenth of a percent: 1.052 [1.031, 1.064]; "" for none."""
    return f"{value:.3f} [{low:.3f}, {high:.3f}]" if known(value) else ""


def ratio_tick(value: float) -> str:
    """A round ratio, for an axis: 0.01×, 100×."""
    return f"{value:,.10g}×"


def percent_tick(share: float) -> str:
    """A round share of 1, for an axis: 0.01%, 30%."""
    return f"{100 * share:.10g}%"


def percent(share: float | None) -> str:
    """A share of 1: 0.8%, 3.1%, 12%."""
    if share is None or not known(share):
        return ""
    hundred = 100 * share
    return f"{hundred:,.0f}%" if hundred >= 9.95 else f"{hundred:.2g}%"


def rounded(number: float) -> str:
    """A number that was estimated, to three digits: 4,090, 3.40."""
    return f"{float(f'{number:.3g}'):,.{_decimals(number)}f}"


def significant(number: float | None) -> str:
    """A number to two digits, however small: 0.12, 3e-05."""
    return "" if number is None or not known(number) else f"{number:.2g}"


def count(number: float, noun: str = "", plural: str = "") -> str:
    """12,288, or with a noun 1 cell, 2 cells."""
    nouns = noun if number == 1 else plural or f"{noun}s"
    return f"{number:,.0f} {nouns}" if noun else f"{number:,.0f}"


def memory(size_bytes: float | None) -> str:
    """Bytes in the unit that fits: 512 KiB, 23.4 GiB."""
    if size_bytes is None or not known(size_bytes):
        return ""
    for unit, large in (("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10)):
        if size_bytes >= large:
            value = size_bytes / large
            return (
                f"{value:,.0f} {unit}" if value >= 99.5 or value % 1 == 0 else f"{value:.3g} {unit}"
            )
    return f"{size_bytes:.0f} B"


def rate(per_s: float) -> str:
    """Bytes a second: 37.9 GB/s."""
    return f"{per_s / 1e9:,.3g} GB/s"


def size(n_x: float, m: float) -> str:
    """The shape of X: 12,288 × 209."""
    return f"{count(n_x)} × {count(m)}"


def size_of_data(n_x: float, m: float, data: str) -> str:
    """The size, and the name of data that is not drawn: 12,288 × 209 (cat)."""
    return size(n_x, m) + ("" if data == "synthetic" else f" ({data})")


def cell(values: Mapping[Any, Any]) -> str:
    """A cell in a line, from its columns: dot 12,288 × 209 (cat, float64 C, 2 threads)."""
    data = [] if values["data"] == "synthetic" else [str(values["data"])]
    setting = [*data, f"{values['dtype']} {values['order']}", count(values["threads"], "thread")]
    setting += caches(values["cache"])
    return f"{values['operation']} {size(values['n_x'], values['m'])} ({', '.join(setting)})"


def caches(cache: str) -> list[str]:
    """What is said of the caches: that they are cold, as one word of several, or nothing."""
    return ["cold caches"] if cache == "cold" else []


def listing(words: Sequence[str]) -> str:
    """a, b and c."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def short(name: str, width: int = 28) -> str:
    """The name, its middle left out where it is too long for a picture."""
    name = "".join(letter if letter.isprintable() else "�" for letter in name)
    tail = width // 3
    return name if len(name) <= width else f"{name[: width - tail - 1]}…{name[-tail:]}"
