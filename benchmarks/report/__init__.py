"""A run's report: its summary, figures and page, made from its CSV files alone."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from benchmarks import statistics, store
from benchmarks.report import figures, page, words
from benchmarks.report.data import gather


@dataclass(frozen=True, eq=False)
class Report:
    """What a person is shown when a run ends. `path` is the page; `winners` has times in ns."""

    sentences: list[str]
    winners: pd.DataFrame
    path: Path


def build(folder: Path) -> Report:
    """Write summary.csv, growth.csv, crossovers.csv, figures/ and README.md into the run's folder.

    Raises store.StoreError where the folder is no run that can be read.
    """
    run = store.read(folder)
    summary = statistics.summary(run)
    summary.to_csv(folder / "summary.csv", index=False)
    data = gather(run, summary)
    data.growth.to_csv(folder / "growth.csv", index=False)
    data.crossovers.to_csv(folder / "crossovers.csv", index=False)
    sentences = words.sentences(data)
    pictures = figures.draw(data, folder / "figures")
    path = folder / "README.md"
    path.write_text(page.write(data, sentences, pictures), encoding="utf-8")
    return Report(sentences, data.winners, path)
