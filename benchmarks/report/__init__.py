"""A run's report: its summary, figures and pages, made from its CSV files alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from benchmarks.report import headline, markdown_page, pictures, web
from benchmarks.report.data import Data, gather
from benchmarks.results import store
from benchmarks.results.store import CELL, write_atomically
from benchmarks.statistics import summary as statistics


@dataclass(frozen=True, eq=False)
class Report:
    """What a person is shown when a run ends.

    `winners` is that of labelled_winners, with times in ns. `path` is the report in Markdown,
    `index` the page for a browser.
    """

    sentences: list[str]
    winners: pd.DataFrame
    path: Path
    index: Path


def analyse(folder: Path) -> Data:
    """The run's statistics; also written into summary.csv, growth.csv and crossovers.csv.

    Raises store.StoreError where the folder is no run that can be read.
    """
    run = store.read(folder)
    summary = statistics.summary(run)
    data = gather(run, summary)
    tables = {"summary": summary, "growth": data.growth, "crossovers": data.crossovers}
    for name, table in tables.items():  # pandas would take a folder named ~ for the user's home
        write_atomically(folder / f"{name}.csv", table.to_csv(index=False))
    return data


def build(folder: Path) -> Report:
    """Write the statistics, figures/, README.md and index.html into the folder.

    Raises store.StoreError where the folder is no run that can be read.
    """
    data = analyse(folder)
    sentences = headline.sentences(data)
    drawn = pictures.of(data)
    pictures.draw(drawn, folder / "figures")
    path, index = folder / "README.md", folder / "index.html"
    write_atomically(path, markdown_page.write(data, sentences, drawn))
    write_atomically(index, web.write({"": data}))
    return Report(sentences, labelled_winners(data), path, index)


def labelled_winners(data: Data) -> pd.DataFrame:
    """The winners, with each cell's label in `cell`, and its winner and whoever is alike in `team`."""
    winners = data.winners
    cells = [data.label(tuple(cell)) for cell in winners[CELL].values]
    return winners.assign(
        cell=cells, team=[headline.team(row) for row in winners.to_dict("records")]
    )


def side_by_side(folders: Sequence[Path]) -> str:
    """One page of several runs, made from their CSV files alone; nothing of theirs is written.

    Raises store.StoreError where one of the folders is no run that can be read.
    """
    runs = {}
    for folder in folders:
        run = store.read(folder)
        name = folder.resolve().name
        while name in runs:
            name += "'"
        runs[name] = gather(run, statistics.summary(run))
    return web.write(runs)
