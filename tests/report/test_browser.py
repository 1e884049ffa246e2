"""The page in a real browser: it asks nobody for anything, and does what a reader asks of it."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fabricated import ABOUT, FIVE_MORE, LESSON, RACED, REAL, STEP, data_of, fabricate

from benchmarks.registry import FOLDER, ROOT
from benchmarks.report import web
from benchmarks.results import store
from benchmarks.results.records import Status

webdriver = pytest.importorskip("selenium.webdriver", reason="Selenium is not installed")
from in_browser import PHONE, WIDE, caption, column, heading, shown, traces  # noqa: E402
from selenium.webdriver.chrome.service import Service  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402
from selenium.webdriver.support.ui import Select, WebDriverWait  # noqa: E402

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (BROWSER and DRIVER), reason="no Chromium (Debian: chromium-driver)"),
]
AXE = ROOT / "tests/node_modules/axe-core/axe.min.js"
HOSTILE = "a<img src=x onerror=alert(1)><script>alert(2)</script>"
HUNDRED = tuple(STEP[0]._replace(n_x=n_x, m=100) for n_x in (2, 10, 1000))
SINGLE = tuple(cell._replace(dtype="float32", threads=1) for cell in STEP)
LOST = {("numba_loops", REAL[1]): Status.DISAGREES}


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a run with ten implementations and one that would like to be obeyed."""
    costs = RACED | FIVE_MORE | {HOSTILE: (3_000.0, 20.0, 0.7)}
    names = ("numpy_vectorized", "python_loops", "numba_loops")
    sources = {name: {f"{name}.py": (FOLDER / f"{name}.py").read_text()} for name in names}
    known = {name: {"doc": "What it is.", "sources": sources[name]} for name in names}
    known[HOSTILE] = {"doc": HOSTILE, "sources": {f"{HOSTILE}.py": f'"""{HOSTILE}"""\n'}}
    folder = tmp_path_factory.mktemp("page")
    cells = (*LESSON, *STEP, *HUNDRED, *REAL, *SINGLE)
    fabricate(folder, costs, cells, LOST, ABOUT | {"implementations": known})
    index = folder / "index.html"
    index.write_text(web.write({"": data_of(folder)}), encoding="utf-8")
    return index


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator:
    options = webdriver.ChromeOptions()
    options.binary_location = BROWSER
    profile = tmp_path_factory.mktemp("profile")
    for flag in (
        *("headless=new", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run"),
        *("disable-background-networking", "disable-component-update", "disable-sync"),
        f"user-data-dir={profile}",
    ):
        options.add_argument(f"--{flag}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    yield driver
    driver.quit()


def test_it_loads_without_an_error_and_without_a_request_that_leaves_the_file(browser, page):
    browser.get_log("performance")
    browser.get_log("browser")
    shown(browser, page)
    assert browser.get_log("browser") == []
    events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    asked = [
        event["params"]["request"]["url"]
        for event in events
        if event["method"] == "Network.requestWillBeSent"
    ]
    assert asked and {url for url in asked if not url.startswith(("data:", "blob:"))} == {
        page.resolve().as_uri()
    }


def test_what_is_chosen_changes_the_map(browser, page):
    shown(browser, page)
    before, points = caption(browser, "map_of_winners"), traces(browser, "map_of_winners")
    assert points and "cost_gradient, float64, C order, 1 thread" in before
    Select(browser.find_element(By.NAME, "dtype")).select_by_visible_text("float32")
    WebDriverWait(browser, 10).until(lambda it: caption(it, "map_of_winners") != before)
    assert "cost_gradient, float32, C order, 1 thread" in caption(browser, "map_of_winners")
    Select(browser.find_element(By.NAME, "operation")).select_by_visible_text("dot")
    Select(browser.find_element(By.NAME, "dtype")).select_by_visible_text("float64")
    WebDriverWait(browser, 10).until(lambda it: "dot, float64" in caption(it, "map_of_winners"))
    assert traces(browser, "map_of_winners") != points
    assert caption(browser, "time_against_m") == (
        "This run has nothing of the kind for what is chosen."
    )


def test_another_line_of_sizes_is_drawn_when_it_is_chosen(browser, page):
    shown(browser, page)
    figure = browser.find_element(By.CSS_SELECTOR, "figure[data-chart=time_against_n_x]")
    select = Select(figure.find_element(By.TAG_NAME, "select"))
    assert [option.text for option in select.options] == ["m = 1,000", "m = 100"]
    assert "At m = 1,000" in caption(browser, "time_against_n_x")
    before = traces(browser, "time_against_n_x")
    select.select_by_visible_text("m = 100")
    WebDriverWait(browser, 10).until(lambda it: "At m = 100," in caption(it, "time_against_n_x"))
    assert traces(browser, "time_against_n_x") != before


@pytest.mark.parametrize("key", [Keys.SPACE, Keys.ENTER])
def test_the_legend_puts_an_implementation_away_everywhere_with_the_keyboard(browser, page, key):
    shown(browser, page)
    charts = ("time_against_m", "time_against_n_x", "speedup", "fraction_of_limit", "lesson")
    before = {chart: len(traces(browser, chart)) for chart in charts}
    button = browser.find_element(By.XPATH, "//div[@id='legend']/button[.='numba_loops']")
    button.send_keys(key)
    assert button.get_attribute("aria-pressed") == "false"
    WebDriverWait(browser, 10).until(
        lambda it: all(len(traces(it, chart)) < before[chart] for chart in charts)
    )
    button.send_keys(key)
    WebDriverWait(browser, 10).until(
        lambda it: all(len(traces(it, chart)) == before[chart] for chart in charts)
    )


def test_the_table_sorts_by_any_column_and_back(browser, page):
    shown(browser, page)
    heading(browser, "m").click()
    sizes = [int(said.replace(",", "")) for said in column(browser, "m")]
    assert sizes == sorted(sizes) and len(set(sizes)) > 1
    heading(browser, "m").click()
    falling = [int(said.replace(",", "")) for said in column(browser, "m")]
    assert falling == sorted(falling, reverse=True) and falling != sizes
    marked = browser.find_elements(By.CSS_SELECTOR, "#every th[aria-sort=descending]")
    assert [one.text for one in marked] == ["m ▼"]


def test_the_table_filters_by_choice_and_by_words(browser, page):
    shown(browser, page)
    cells = store.read(page.parent).cells
    Select(browser.find_element(By.CSS_SELECTOR, "#filters [name=status]")).select_by_value(
        "disagrees"
    )
    assert column(browser, "implementation") == ["numba_loops"]
    assert "dw[17, 0] is 0.41" in column(browser, "warnings, reasons")[0]
    Select(browser.find_element(By.CSS_SELECTOR, "#filters [name=status]")).select_by_value("")
    browser.find_element(By.CSS_SELECTOR, "#filters [name=text]").send_keys("breast_cancer dask")
    assert column(browser, "implementation") == ["dask_blocks"]
    assert browser.find_element(By.ID, "count").text.startswith(
        f"1 of {sum(~cells['implementation'].str.endswith('@twin')):,} rows"
    )


def test_every_sample_of_a_row_is_drawn_under_it(browser, page):
    shown(browser, page)
    samples = store.read(page.parent).samples
    Select(browser.find_element(By.CSS_SELECTOR, "#filters [name=implementation]")).select_by_value(
        HOSTILE
    )
    button = browser.find_element(By.CSS_SELECTOR, "#every tbody button")
    button.click()
    WebDriverWait(browser, 10).until(
        lambda it: it.execute_script("return document.querySelector('.strip [role=img]')?.data")
    )
    drawn = browser.execute_script("return document.querySelector('.strip [role=img]').data[0].y")
    row = {name: column(browser, name)[0] for name in ("operation", "n_x", "m", "dtype")}
    sizes = {name: int(row[name].replace(",", "")) for name in ("n_x", "m")}
    own = samples[
        (samples["implementation"] == HOSTILE)
        & (samples["operation"] == row["operation"])
        & (samples["dtype"] == row["dtype"])
        & (samples["data"] == column(browser, "data")[0])
        & (samples["n_x"] == sizes["n_x"])
        & (samples["m"] == sizes["m"])
    ].sort_values(["process", "round"])
    assert drawn == pytest.approx((own["elapsed_ns"] / own["loops"] / 1e9).tolist(), rel=0.01)
    button.click()
    assert not browser.find_elements(By.CSS_SELECTOR, ".strip")


def test_two_sources_stand_side_by_side_and_others_can_be_chosen(browser, page):
    shown(browser, page)
    sides = browser.find_elements(By.CSS_SELECTOR, ".side")
    texts = [side.find_element(By.TAG_NAME, "pre").text for side in sides]
    files = [(FOLDER / f"{name}.py").read_text() for name in ("python_loops", "numpy_vectorized")]
    assert [text.strip() for text in texts] == [text.strip() for text in files]
    left, right = (side.rect for side in sides)
    assert left["y"] == right["y"] and left["x"] + left["width"] <= right["x"]
    facts = sides[1].find_element(By.TAG_NAME, "dl").text
    for what in ("lines of code", "worst error / bound", "a call", "of the limit"):
        assert what in facts
    Select(sides[0].find_element(By.TAG_NAME, "select")).select_by_visible_text("numba_loops")
    assert "njit" in sides[0].find_element(By.TAG_NAME, "pre").text


def test_a_hostile_name_is_shown_as_text_wherever_it_stands(browser, page):
    shown(browser, page)
    legend = [button.text for button in browser.find_elements(By.CSS_SELECTOR, "#legend button")]
    assert HOSTILE in legend
    for side in browser.find_elements(By.CSS_SELECTOR, ".side select"):
        Select(side).select_by_visible_text(HOSTILE)
    assert HOSTILE in browser.find_element(By.CSS_SELECTOR, ".side dl").text
    assert not browser.find_elements(By.CSS_SELECTOR, "img")
    hovered = browser.execute_script(
        "return [...document.querySelectorAll('.plot')].flatMap((plot) => plot.data ?? [])"
        ".flatMap((trace) => trace.hovertext ?? [])"
    )
    assert any("&lt;img" in text for text in hovered)
    assert not any("<img" in text or "<script" in text for text in hovered)


def test_nothing_scrolls_sideways_on_a_phone(browser, page):
    shown(browser, page, PHONE)
    width = browser.execute_script("return document.documentElement.scrollWidth")
    assert width <= PHONE[0]
    wide = browser.execute_script(
        "return [...document.querySelectorAll('.plot .main-svg')].map((svg) => svg.getBoundingClientRect().right)"
    )
    assert max(wide) <= PHONE[0]


@pytest.mark.skipif(
    not AXE.exists(), reason="axe-core is not installed: npm install --prefix tests"
)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_an_accessibility_checker_finds_no_serious_fault(browser, page, scheme, size):
    shown(browser, page, size, scheme)
    browser.execute_script(
        "document.querySelectorAll('details').forEach((it) => { it.open = true; })"
    )
    # Injected through the debugger: the page's own policy lets no script in.
    browser.execute_cdp_cmd("Runtime.evaluate", {"expression": AXE.read_text(encoding="utf-8")})
    found = browser.execute_async_script(
        "const done = arguments[0]; axe.run(document, {resultTypes: ['violations']})"
        ".then((it) => done(it.violations), (error) => done(String(error)))"
    )
    assert isinstance(found, list), found
    serious = {
        fault["id"]: [node["html"][:200] for node in fault["nodes"][:3]]
        for fault in found
        if fault["impact"] in ("serious", "critical")
    }
    assert serious == {}
