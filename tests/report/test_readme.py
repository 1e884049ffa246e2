"""What the README shows of a run is what the example run's report says."""

from fabricated import data_of

from benchmarks.cli import readme
from benchmarks.registry import ROOT
from benchmarks.report import headline, labelled_winners

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_end_of_a_run_is_the_examples() -> None:
    example = data_of(ROOT / "reports" / "example")
    sentence = headline.sentences(example)[0]
    assert sentence in " ".join(README.split())
    assert readme.shown(README, sentence, labelled_winners(example)) == README


def test_another_run_is_shown_in_its_place() -> None:
    example = data_of(ROOT / "reports" / "example")
    text = readme.shown(README, "Another.", labelled_winners(example).head(2))
    assert "    Another.\n" in text and "    ...\n" not in text
    before, after = (README.partition("    On this machine")[0], README.partition("Open `rep")[2])
    assert text.startswith(before) and text.endswith(after)


def test_its_pictures_are_there() -> None:
    for part in README.split("](")[1:]:
        target = part.partition(")")[0].partition("#")[0]
        if target and "://" not in target:
            assert (ROOT / target).exists(), target
