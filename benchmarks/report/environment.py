"""Where and how a run was measured, from run.json: rows of plain text."""

from collections.abc import Mapping
from typing import Any

from benchmarks import format
from benchmarks.report.tables import Rows
from benchmarks.results.records import is_control

_SETTINGS = ("versions", "seed", "baseline", "processes", "git_revision")
_TIMES = ("state", "started", "finished")


def settings(about: Mapping[str, Any]) -> Rows:
    """The machine, the libraries and the settings, as run.json has them."""
    facts = dict(about.get("machine") or {})
    facts |= {name: about.get(name) for name in (*_SETTINGS, *_TIMES)}
    facts["thread_pools"] = _pools(about.get("implementations") or {})
    texts = {
        name.removesuffix("_bytes").replace("_", " "): _text(name, fact)
        for name, fact in facts.items()
    }
    return [{"what": name, "value": text} for name, text in texts.items() if text]


def _pools(implementations: Mapping[str, Any]) -> list[str]:
    """The thread pools that were loaded, each once, and by whom."""
    users: dict[str, list[str]] = {}
    for name, about in implementations.items():
        if is_control(name):
            continue
        for pool in about.get("threadpools") or []:
            parts = [pool.get(key) for key in ("internal_api", "version", "architecture")]
            threads = format.count(pool.get("num_threads") or 0, "thread")
            text = f"{' '.join(str(part) for part in parts if part)}, {threads}"
            users.setdefault(text, []).append(name)
    return [f"{text}: {format.listing(names)}" for text, names in users.items()]


def _text(key: str, value: object) -> str:
    if value is None:
        return ""
    if key.endswith("_bytes") and isinstance(value, int | float):
        return format.memory(value)
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_text(str(name), part)}" for name, part in value.items())
    if isinstance(value, list):
        return "; ".join(_text(key, part) for part in value)
    return f"{value:,.6g}" if isinstance(value, float) else str(value)


def ledger(about: Mapping[str, Any]) -> Rows:
    """Where the run's seconds went, the most first."""
    spent = dict(about.get("budget") or {})
    wall = spent.pop("wall_s", None)
    seconds = {name: value for name, value in spent.items() if name.endswith("_s")}
    ranked = sorted(seconds.items(), key=lambda item: -item[1])
    if wall:
        ranked.append(("all of the run", wall))
    return [
        {
            "what": name.removesuffix("_s").replace("_", " "),
            "seconds": f"{value:,.1f}",
            "share of the run": f"{value / wall:.0%}" if wall else "",
        }
        for name, value in ranked
    ]


def warnings(about: Mapping[str, Any]) -> list[str]:
    """The warnings on the run as a whole."""
    return [str(warning) for warning in about.get("warnings") or []]


def spending(about: Mapping[str, Any]) -> str:
    """The budget, and how much of the wall time was samples."""
    budget, spent = about.get("budget_s"), about.get("budget") or {}
    parts = [] if budget is None else [f"The budget was {budget:,g} s."]
    if spent.get("wall_s") and "samples_s" in spent:
        share = spent["samples_s"] / spent["wall_s"]
        parts.append(f"Of the time of the run, {share:.0%} went into samples.")
    return " ".join(parts)
