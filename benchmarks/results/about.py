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
    machine: dict[str, str | float | bool | list[str] | None] | None = None
    versions: dict[str, str | None] | None = None
    budget: dict[str, float | None] | None = None
    precision: dict[str, str | float | list[str] | None] | None = None
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
