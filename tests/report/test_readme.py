"""What the README shows of a run is what the example run's report says."""

from functools import cache

from fabricated import data_of

from benchmarks import format
from benchmarks.registry import ROOT
from benchmarks.report import headline
from benchmarks.report.data import Data
from benchmarks.results.store import CELL

README = (ROOT / "README.md").read_text(encoding="utf-8")


@cache
def example() -> Data:
    return data_of(ROOT / "reports" / "example")


def test_its_first_sentence_is_the_examples() -> None:
    assert headline.sentences(example())[0] in " ".join(README.split())


def test_its_table_of_winners_is_the_examples() -> None:
    shown = README.partition("compared with the next\n")[2].partition("    ...")[0].splitlines()
    assert len(shown) >= 5
    winners = {
        example().label(tuple(row[key] for key in CELL)): row
        for row in example().winners.to_dict("records")
    }
    for line in shown:
        words = line.split()
        place = next(
            k for k, word in enumerate(words) if word in {r["winner"] for r in winners.values()}
        )
        row = winners[" ".join(words[:place])]
        rest = " ".join(words[place:])
        lead = f"{format.ratio(row['lead'])}× as fast as {row['second']}"
        lead = f"a tie with {row['second']}" if row["tie"] else lead
        assert rest == f"{row['winner']} {format.time(row['median_ns'])} {lead}"


def test_its_pictures_are_there() -> None:
    for part in README.split("](")[1:]:
        target = part.partition(")")[0].partition("#")[0]
        if target and "://" not in target:
            assert (ROOT / target).exists(), target
