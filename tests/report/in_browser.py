"""What the tests of the page ask of a browser."""

from pathlib import Path

from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

WIDE, PHONE = (1280, 1000), (390, 844)


def shown(browser, page: Path, size: tuple[int, int] = WIDE, scheme: str = "light"):
    """Open the page anew, and wait until all is drawn."""
    metrics = {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    browser.get(page.resolve().as_uri())
    WebDriverWait(browser, 30).until(
        lambda it: it.execute_script("return document.documentElement.dataset.ready")
    )
    return browser


def traces(browser, chart: str) -> list[dict]:
    """What a chart of the first run draws now: each trace's name and points."""
    return browser.execute_script(
        "return document.querySelector(`figure[data-chart=${arguments[0]}] .plot`).data"
        ".map((trace) => ({x: trace.x, y: trace.y, mode: trace.mode, marker: trace.marker}))",
        chart,
    )


def caption(browser, chart: str) -> str:
    return browser.find_element(By.CSS_SELECTOR, f"figure[data-chart={chart}] figcaption").text


def column(browser, name: str) -> list[str]:
    """What the rows of the great table say in one column."""
    return browser.execute_script(
        "const names = [...document.querySelectorAll('#every thead th')].map((h) => h.textContent.replace(/ [▲▼]$/, ''));"
        "const k = names.indexOf(arguments[0]);"
        "return [...document.querySelectorAll('#every tbody tr')].filter((row) => row.children[k])"
        ".map((row) => row.children[k].textContent)",
        name,
    )


def heading(browser, name: str):
    return browser.find_element(
        By.XPATH, f"//table[@id='every']//th/button[starts-with(., '{name}')]"
    )
