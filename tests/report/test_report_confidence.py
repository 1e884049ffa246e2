"""The report says which samples were left out, and what the time went into."""

from pathlib import Path

import pandas as pd
import pytest
from fabricated import FIVE, ONE, SHORT, fabricate, markdown_of

pytestmark = pytest.mark.slow


def test_disturbed_samples_are_told_once_and_with_the_times_in_which_they_count(tmp_path: Path):
    page = markdown_of(fabricate(tmp_path, cells=SHORT))
    many = 3 * len(FIVE) * len(SHORT)
    sentence = f"Other programs had the processor during {many} of {5 * many} samples"
    assert page.count(sentence) == page.count(f"{sentence}: these are left out.") == 1
    samples = pd.read_csv(tmp_path / "samples.csv")
    some = (samples["implementation"] == "numba_loops") & (samples["m"] == SHORT[0].m)
    samples.loc[some, "disturbed"] = 1
    samples.to_csv(tmp_path / "samples.csv", index=False)
    page = markdown_of(tmp_path)
    assert f"{many - 3} of these are left out, the others count, in 1 time with" in page
    assert "interference: 100% of the samples" in page
    samples.assign(disturbed=0).to_csv(tmp_path / "samples.csv", index=False)
    assert "Other programs had" not in markdown_of(tmp_path)


def test_the_time_spent_is_that_of_samples_over_all_of_the_run(tmp_path: Path):
    page = markdown_of(fabricate(tmp_path, cells=[ONE]))
    assert "The budget was 180 s. Of the time of the run, 59% went into samples." in page
