"""run.json, read back: what is in it has the types that the rest relies on, or it is refused.

All but `schema` may be missing. What a later version adds is left alone.
"""

import json
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.results.tables import StoreError

SCHEMA = 1
_MAX_SHOWN = 200  # characters of what a parser says


class _Implementation(msgspec.Struct):
    """What is known of an implementation that took part."""

    path: str | None = None
    digest: str | None = None
    doc: str | None = None
    parallel: bool | None = None
    libraries: dict[str, str | None] | None = None
    sources: dict[str, str] | None = None
    threadpools: list[dict[str, str | int | None]] | None = None
    import_ns: list[float] | None = None


class _Machine(msgspec.Struct):
    """The numbers among what is known of the machine; the rest is only shown."""

    cores: int | None = None
    physical_cores: int | None = None
    frequency_mhz: float | None = None
    memory_bytes: int | None = None
    l1_cache_bytes: int | None = None
    l2_cache_bytes: int | None = None
    l3_cache_bytes: int | None = None


class _Precision(msgspec.Struct):
    """What the run says of the precision that it reached: nothing, or all that its reader needs."""

    intervals: int = 0
    within: int = 0
    aim: float | None = None
    open_median: float | None = None
    worst: float | None = None
    worst_pair: list[str] | None = None
    worst_cell: str | None = None
    more_s: float | None = None
    within_then: int | None = None
    open_median_then: float | None = None

    def __post_init__(self) -> None:
        some_are_open = self.within < self.intervals
        blank = [name for name in self.__struct_fields__ if getattr(self, name) is None]
        if self.intervals and ("aim" in blank or (some_are_open and blank)):
            raise ValueError("precision lacks a part")


class _About(msgspec.Struct):
    """The parts of run.json that are read again. `plan` is checked where it is carried out again."""

    schema: int
    command: str | None = None
    started: str | None = None
    finished: str | None = None
    state: str | None = None
    seed: int | None = None
    baseline: str | None = None
    budget_s: float | None = None
    git_revision: str | None = None
    machine: _Machine | None = None
    versions: dict[str, str | None] | None = None
    budget: dict[str, float | None] | None = None
    precision: _Precision | None = None
    warnings: list[str] | None = None
    implementations: dict[str, _Implementation] | None = None


def read(path: Path) -> dict[str, Any]:
    """What is in the file. StoreError where it cannot be read, or is of another schema."""
    try:
        about = json.loads(path.read_text(encoding="utf-8"))
        if about["schema"] != SCHEMA:
            schema = str(about["schema"])[:_MAX_SHOWN]
            raise StoreError(f"{path}: schema {schema}, this version reads {SCHEMA}")
        msgspec.convert(about, _About)
    # RecursionError: it is nested too deeply. ValueError: an integer of too many digits, say.
    except (RecursionError, KeyError, TypeError, msgspec.ValidationError) as error:
        raise _unreadable(path, error) from None
    except StoreError:
        raise
    except ValueError as error:
        raise _unreadable(path, error) from None
    return about


def _unreadable(path: Path, error: Exception) -> StoreError:
    return StoreError(f"{path} cannot be read: {str(error)[:_MAX_SHOWN]}")
