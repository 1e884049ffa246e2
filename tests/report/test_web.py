"""The page, as far as it can be judged without a browser: its words, its data, its sources."""

import base64
import gzip
import json
import re
from pathlib import Path

import numpy as np
import plotly.graph_objects as go
import pytest
from fabricated import ABOUT, FIVE_MORE, LESSON, RACED, STEP, data_of, fabricate

from benchmarks import format
from benchmarks.cli import cli
from benchmarks.registry import FOLDER
from benchmarks.report import build, scene, side_by_side, views, web
from benchmarks.report.data import Data
from benchmarks.report.views import _marks
from benchmarks.report.web import charts, rows, samples, sources
from benchmarks.results import store
from benchmarks.statistics.summary import KEY_LIST

HOSTILE = "a<script>alert(1)</script>"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fabricate(tmp_path_factory.mktemp("web"), RACED | FIVE_MORE, (*LESSON, *STEP))


@pytest.fixture(scope="module")
def data(folder: Path) -> Data:
    return data_of(folder)


@pytest.fixture(scope="module")
def page(data: Data) -> str:
    return web.write({"": data})


def unpacked(page: str, mark: str) -> bytes:
    (packed,) = re.findall(rf'<script type="text/plain" {mark}>([^<]*)</script>', page)
    return gzip.decompress(base64.b64decode(packed))


def test_the_page_asks_nobody_for_anything(page):
    assert not re.search(r"""(?:src|href)\s*=\s*["']?(?:https?:|//)""", page)
    assert "default-src 'none'" in page
    assert len(page) < 3_000_000


def test_the_same_run_makes_the_same_page(page, folder):
    assert page == web.write({"": data_of(folder)})


def test_names_from_outside_are_text(tmp_path):
    costs = RACED | {HOSTILE: (3_000.0, 20.0, 0.7)}
    about = ABOUT | {
        "command": HOSTILE,
        "warnings": [HOSTILE],
        "implementations": {HOSTILE: {"doc": HOSTILE, "sources": {HOSTILE: f"# {HOSTILE}\n"}}},
    }
    page = web.write({HOSTILE: data_of(fabricate(tmp_path, costs, STEP, about=about))})
    assert "alert(1)" in page and HOSTILE not in page


def test_sentences_change_with_the_data(tmp_path, page):
    slower = RACED | {"numpy_vectorized": (15_000.0, 12.0, 4.5)}
    other = data_of(fabricate(tmp_path, slower, (*LESSON, *STEP)))
    leads = [re.findall(r'class="lead">([^<]*)<', text) for text in (page, web.write({"": other}))]
    assert leads[0] != leads[1] and all(
        "On this machine (2 cores, AMD EPYC)" in x[0] for x in leads
    )


def test_every_sample_is_in_the_page_to_a_step_of_its_strip(data, folder):
    head, body = samples.of(data).split(b"\n", 1)
    heads, at = json.loads(head), 0
    run = store.read(folder)
    every = run.samples.assign(call_ns=run.samples["elapsed_ns"] / run.samples["loops"])
    groups = dict(iter(every.sort_values(["process", "round"], kind="stable").groupby(KEY_LIST)))
    for row, key in zip(
        heads, data.results[KEY_LIST].itertuples(index=False, name=None), strict=True
    ):
        if not row:
            assert key not in groups
            continue
        low, high, rounds, text = row
        own = groups[key]
        assert rounds == own.groupby("process").size().tolist()
        steps, disturbed = (
            np.frombuffer(body[at : at + sum(rounds)], np.uint8) % 128,
            own["disturbed"],
        )
        assert disturbed.tolist() == [
            byte >= samples.DISTURBED for byte in body[at:][: sum(rounds)]
        ]
        step = (high / low) ** (1 / samples.STEPS)
        times = low * (high / low) ** (steps / samples.STEPS)
        np.testing.assert_allclose(times, own["call_ns"], rtol=step - 1 + 1e-3)
        at += sum(rounds)
        assert text == f"{format.time(own['call_ns'].min())} to {format.time(own['call_ns'].max())}"
    assert at == len(body)


def test_the_table_has_every_row_as_text_and_plain_numbers_to_sort_by(data):
    table = rows.of({"": data})
    columns = {column["name"]: column for column in table["columns"]}
    assert {len(column["text"]) for column in columns.values()} == {len(data.results)}
    json.dumps(table, allow_nan=False)
    assert columns["implementation"]["text"] == data.results["implementation"].tolist()
    measured = data.results["median_ns"].notna().tolist()
    times = columns["time of a call"]
    assert [number is not None for number in times["number"]] == measured
    assert times["text"] == [
        format.time_interval(*row) if row[0] == row[0] else times["text"][k]
        for k, row in enumerate(
            data.results[["median_ns", "ci_low_ns", "ci_high_ns"]].itertuples(index=False)
        )
    ]
    assert all(bool(text) for text, known in zip(times["text"], measured, strict=True) if known)


@pytest.mark.parametrize("view", views.members(), ids=views.name_of)
def test_a_chart_is_a_pure_function_of_the_data(view, data):
    """Twice the same, and made of what Plotly draws: numbers, and texts of the same length."""
    shown = next(one for one in scene.by_setting(data) if one.choice[0] == "cost_gradient")
    first, second = charts.of_scene(view, shown), charts.of_scene(view, shown)
    assert first == second and first
    for chart in first.values():
        assert len(chart["caption"]) > 20 and chart["traces"]
        for trace in chart["traces"]:
            go.Scatter(x=trace["x"], y=trace["y"])
            assert len(trace["x"]) == len(trace["y"])
            assert all(
                len(trace[name]) == len(trace["x"]) for name in ("text", "hover") if name in trace
            )


def test_every_role_and_every_look_is_known_to_the_script(data):
    script = (Path(web.__file__).parent / "page.js").read_text(encoding="utf-8")
    drawn = json.loads(json.dumps(charts.of(data)))
    traces = [
        trace
        for chart in drawn.values()
        for drawn in chart["choices"].values()
        for one in drawn.values()
        for trace in one["traces"]
    ]
    looks = web.payload({"": data})["looks"]
    for role in {trace["role"] for trace in traces}:
        assert re.search(rf"^  {role}: ", script, re.MULTILINE), role
    assert {trace["by"] for trace in traces if trace["by"]} <= set(looks)


def test_looks_can_be_told_apart_in_the_dark_too(data):
    looks = {name: _marks.look_of(name) for name in RACED if "@" not in name}
    assert len({one["dark"] for one in looks.values()}) == len(looks)
    assert len({one["symbol"] for one in looks.values()}) == len(looks)


def test_lines_of_code_are_those_with_code_on_them():
    text = '"""A docstring.\n\nOf three lines."""\n\n# a comment\nx = 1  # why\n\n\ndef f():\n    """Says."""\n    return (\n        x\n    )\n'
    assert sources.lines_of_code(text) == 5
    assert sources.lines_of_code("") == 0


def test_a_source_is_shown_as_it_was_measured_and_counted_with_its_helpers(tmp_path):
    texts = {name: (FOLDER / name).read_text() for name in ("numba_fused.py", "_fused.py")}
    about = ABOUT | {"implementations": {"numba_loops": {"sources": texts}}}
    data = data_of(fabricate(tmp_path, RACED, STEP, about=about))
    (found,) = [one for one in sources.of({"": data}) if one.name == "numba_loops"]
    assert [file.name for file in found.files] == list(texts)
    assert re.fullmatch(r"\d+ and \d+ in _fused.py", found.facts["lines of code"])
    plain = re.sub(r"<[^>]*>", "", str(found.files[0].code))
    assert plain.count("\n") == texts["numba_fused.py"].count("\n")
    (bare,) = [one for one in sources.of({"": data}) if one.name == "python_loops"]
    assert not bare.files


def test_several_runs_stand_side_by_side(tmp_path):
    one = fabricate(tmp_path / "one", RACED, STEP)
    twice = {name: (2 * call, 2 * each, 2 * number) for name, (call, each, number) in RACED.items()}
    two = fabricate(
        tmp_path / "two", twice, STEP, about=ABOUT | {"started": "2026-11-23T10:00:00Z"}
    )
    before = sorted(path.name for path in one.iterdir())
    page = side_by_side([one, two])
    assert sorted(path.name for path in one.iterdir()) == before
    assert (
        "one: 2 cores, AMD EPYC, 2026-11-22" in page
        and "two: 2 cores, AMD EPYC, 2026-11-23" in page
    )
    ratios = [
        float(x)
        for x in re.findall(
            r'<td [^>]*class="number">(\d\.\d+)×</td>\s*<td [^>]*class="number">\d+<', page
        )
    ]
    assert len(ratios) == 5 and all(1.8 < ratio < 2.2 for ratio in ratios)
    payload = json.loads(unpacked(page, 'id="payload"'))
    columns = {column["name"]: column for column in payload["table"]["columns"]}
    assert columns["run"]["shown"] and list(dict.fromkeys(columns["run"]["text"])) == ["one", "two"]
    starts = [columns["run"]["text"].index(name) for name in ("one", "two")]
    assert payload["table"]["starts"] == starts and len(payload["charts"]) == 2


def test_runs_that_have_nothing_in_common_say_so(tmp_path):
    one, two = (
        fabricate(tmp_path / name, RACED, cells) for name, cells in (("a", STEP), ("b", LESSON[:2]))
    )
    assert "No cell was measured by all of them." in side_by_side([one, two])


def test_report_of_several_writes_one_page_and_refuses_what_is_no_run(tmp_path):
    runs = [fabricate(tmp_path / name, RACED, STEP[:3]) for name in ("one", "two")]
    out = tmp_path / "out"
    cli.main(["report", *map(str, runs), "--out", str(out)], standalone_mode=False)
    assert [path.name for path in out.iterdir()] == ["index.html"]
    with pytest.raises(store.StoreError):
        cli.main(
            ["report", str(runs[0]), str(tmp_path), "--out", str(out / "x")], standalone_mode=False
        )


def test_a_run_has_its_page_beside_its_markdown(tmp_path):
    report = build(fabricate(tmp_path, RACED, STEP[:3]))
    assert report.index == tmp_path / "index.html" and report.index.stat().st_size > 1_000_000
