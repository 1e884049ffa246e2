"""An implementation's colour and marker: stated in its file, else from its name; the line from PEER."""

from pathlib import Path

import pytest

from benchmarks import registry
from benchmarks.description import described
from benchmarks.report import style
from benchmarks.report.style import Look, look


def test_what_an_implementation_states_is_what_it_gets_and_no_two_look_alike() -> None:
    paths = registry.implementations()
    looks = {name: look(name) for name in paths}
    for name, path in paths.items():
        constants = described(path).constants
        assert looks[name].colour == constants.get("COLOUR", looks[name].colour)
        assert looks[name].marker == constants.get("MARKER", looks[name].marker)
        assert (looks[name].line != "-") == registry.is_peer(path)
    assert len({(drawn.colour, drawn.marker) for drawn in looks.values()}) == len(looks)
    assert looks["python_loops"] == Look("#D55E00", "o")


@pytest.mark.parametrize(
    ("text", "colour", "marker"),
    [
        ("", None, None),
        ("COLOUR = '#123abC'", "#123abC", None),
        ("MARKER = 's'", None, "s"),
        ("COLOUR = 'red'\nMARKER = 'os'", None, None),
        ("COLOUR = 3\nMARKER = ''", None, None),
        ("COLOUR = '#123456'\ndef dot(w, x:\n", None, None),
    ],
)
def test_what_is_not_stated_follows_from_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, colour: str, marker: str
) -> None:
    (tmp_path / "mine.py").write_text(text)
    by_name = look("mine")  # nobody of that name is in the registry yet
    monkeypatch.setattr(style, "FOLDER", tmp_path)
    look.cache_clear()
    assert look("mine") == Look(colour or by_name.colour, marker or by_name.marker)
    look.cache_clear()
