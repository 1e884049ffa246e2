"""How sure the results are, in words: noise, disturbed samples, few processes, precision."""

from benchmarks import format
from benchmarks.report.data import Data
from benchmarks.results import records
from benchmarks.results.store import CELL
from benchmarks.statistics.estimates import MIN_PROCESSES, coverage


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


def disturbed(data: Data) -> list[str]:
    """During how many samples others had the processor, and whether those count."""
    many, total = int(data.measured["disturbed"].sum()), int(data.measured["samples"].sum())
    if not many:
        return []
    keys = data.measured[["implementation", *CELL]].itertuples(index=False, name=None)
    crowded = [(records.Cell(*cell), name) in data.rounds.crowded for name, *cell in keys]
    left_out = many - int(data.measured.loc[crowded, "disturbed"].sum())
    start = f"Other programs had the processor during {format.count(many)} of "
    start += f"{format.count(total, 'sample')}"
    if not any(crowded):
        return [f"{start}: these are left out."]
    times = format.count(sum(crowded), "time")
    return [
        f"{start}: {format.count(left_out)} of these are left out, the others count, in {times} with "
        'the warning "interference".'
    ]


def few_processes(data: Data) -> list[str]:
    """How many intervals are of too few processes to cover 95%, what they cover, and the remedy."""
    processes = data.measured["processes"]
    counts = processes[processes < MIN_PROCESSES].astype(int).value_counts().sort_index()
    if counts.empty:
        return []
    covered = [
        f"{100 * coverage(number):.4g}% with {format.count(number, 'process', 'processes')}"
        for number in counts.index
    ]
    few = format.count(counts.sum(), "time comes", "times come")
    return [
        f"{few} from fewer than {MIN_PROCESSES} processes, of {format.count(len(processes))}: their "
        f"brackets cover {format.listing(covered)}, not 95%; a larger --budget brings more processes."
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
    # The run names its cells in its own words.
    cells = {str(records.Cell(*key)): data.label(key) for key in data.rounds.rows}
    pair, worst = format.listing(reached["worst_pair"]), reached["worst_cell"]
    more = reached["within_then"] - within
    then = f"about {format.count(more)} more within {aim}, and " if more else ""
    rest = "the others" if within else "they"
    return [
        f"Of {which} {so_many} within {aim}; {rest} are within "
        f"{format.percent(reached['open_median'])} in the median, "
        f"{format.percent(reached['worst'])} at worst ({pair}, at {cells.get(worst, worst)}). "
        f"Another {format.count(reached['more_s'], 'second')} would bring {then}"
        f"their median to about {format.percent(reached['open_median_then'])}."
    ]
