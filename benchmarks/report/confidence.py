"""How sure a run is, in words: what identical code differs by in it, and how narrow it came."""

from benchmarks import format
from benchmarks.report.data import Data
from benchmarks.results import records


def noise(data: Data) -> list[str]:
    """What the baseline differs by from its own code in a second worker."""
    if data.floors.empty:
        return []
    median = ""
    if len(data.floors) > 1:
        median = f"{format.percent(data.floors.median())} in the median cell, "
    noisiest = data.label(data.floors.index[int(data.floors.argmax())])
    return [
        f"Identical code ({data.baseline} and its A/A control) differs here by {median}"
        f"{format.percent(data.floors.max())} at most (at {noisiest}); "
        "a difference below a cell's noise floor does not count."
    ]


def precision(data: Data) -> list[str]:
    """How sure the run has become, and what more time would bring; as the run itself foresaw it."""
    reached = data.about.get("precision") or {}
    many, within = reached.get("intervals", 0), reached.get("within", 0)
    if not many:
        return []
    aim = format.percent(reached["aim"])
    kinds = "each with the baseline, and between the two fastest"
    which = f"{format.count(many, 'interval')} ({kinds})"
    if within == many:
        return [f"Of {which} all are within {aim}."]
    so_many = format.count(within, "is", "are") if within else "none is"
    pair, where = format.listing(reached["worst_pair"]), _label(data, reached["worst_cell"])
    more = reached["within_then"] - within
    then = f"about {format.count(more)} more within {aim}, and " if more else ""
    rest = "the others" if within else "they"
    return [
        f"Of {which} {so_many} within {aim}; {rest} are within "
        f"{format.percent(reached['open_median'])} in the median, "
        f"{format.percent(reached['worst'])} at worst ({pair}, at {where}). "
        f"Another {format.count(reached['more_s'], 'second')} would bring {then}"
        f"their median to about {format.percent(reached['open_median_then'])}."
    ]


def _label(data: Data, cell: str) -> str:
    """The label of a cell that run.json names in the run's own words."""
    keys = {str(records.Cell(*key)): key for key in data.rounds.rows}
    return data.label(keys[cell]) if cell in keys else cell
