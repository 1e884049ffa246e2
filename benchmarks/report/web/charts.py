"""The charts of the page: each view's chart, for every choice of the reader.

A view says what is drawn and where; page.js says how that looks, in light and in dark.
"""

from types import ModuleType
from typing import Any

from benchmarks.report import scene, views
from benchmarks.report.data import Data
from benchmarks.report.scene import Scene
from benchmarks.report.tables import Rows
from benchmarks.report.views import _marks


def of(data: Data) -> dict[str, Any]:
    """All charts of a run: by view, by the reader's choice ("" is the whole run), by further choice."""
    settings = [] if data.measured.empty else scene.by_setting(data)
    charts = {}
    for view in views.members():
        scenes = settings if view.FOLLOWS else [scene.whole(data)]
        drawn = {shown.key: chart for shown in scenes if (chart := of_scene(view, shown))}
        charts[views.name_of(view)] = {"follows": view.FOLLOWS, "choices": drawn}
    return charts


def of_scene(view: ModuleType, shown: Scene) -> dict[str, Any]:
    """The view's charts of one scene by further choice, each with the caption under it."""
    setting = f" ({scene.setting_name(*shown.choice)})" if shown.has_one_setting else ""
    charts = {}
    for choice, selection in view.select(shown).items():
        chart = view.chart(selection)
        caption = f"{view.title(selection)}{setting}. {chart.note}".strip()
        charts[choice] = {"caption": caption, **_marks.payload(chart)}
    return charts


def rows_of(data: Data) -> dict[str, Rows]:
    """The tables of the views that show the whole run, by view."""
    return {
        views.name_of(view): views.rows_of(view, selection)
        for view in views.members()
        if not view.FOLLOWS
        for selection in view.select(scene.whole(data)).values()
    }
