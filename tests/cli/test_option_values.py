"""Any value of any option is taken, or refused in a line or two: no traceback."""

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from in_process import call, refused, save_npz

from benchmarks.cli import cli

ODD = ["", " ", ",", ",,", "nan", "inf", "-inf", "0", "-1", "1e308", "1e-320", "9" * 20, "9" * 400]
ODD += ["1.5", "5%", "nan%", "x" * 300, "a\nb", "'\"", "<b>", "=1+1", "日本", "\udcff", "١", "1_0"]
ODD += ["--", "-h", ".", "~", "git:", "/dev/null", "%s"]
TEXTS = st.text(st.characters(exclude_characters="\0"), max_size=8)  # as arguments can be
COMMANDS = {
    "run": ["run", "--dry-run"],
    "list": ["list"],
    "fit": ["fit", "--quiet", "--data", "mine.npz", "--steps", "1"],
    "check": ["check", "-o", "nothing"],
    "compare": ["compare", "git:nowhere", "."],
    "report": ["report", "nowhere", "nowhere else"],
    "export": ["export", "nowhere"],
    "machine": ["machine", "nothing"],
    "validate": ["validate", "nothing"],
}
OPTIONS = [
    (command, max(parameter.opts, key=len))
    for command in COMMANDS
    for parameter in cli.get_command(None, command).params  # type: ignore[arg-type,union-attr]
    if parameter.param_type_name == "option" and not getattr(parameter, "is_flag", False)
]


def harmless(command: str, option: str, value: str, folder: Path) -> list[str]:
    """A command that reads the option's value, and measures nothing."""
    given = [*COMMANDS[command], option, value]
    sizes = {"--n-x": ["--m", "3"], "--m": ["--n-x", "3"]}
    if command == "run" and option not in ("--workload", "--data", "--resume"):
        given += sizes.get(option, ["--n-x", "2", "--m", "3"])
    if command == "fit" and option == "--steps" and value.isdigit() and len(value) > 2:
        given += ["--alpha", "0"]  # refused before so many
    if command == "fit" and option != "--out":
        given += ["--out", str(folder / "fit")]
    return given


@settings(max_examples=60)
@given(which=st.sampled_from(OPTIONS), value=st.sampled_from(ODD) | TEXTS)
@example(which=("check", "--add"), value="\x1e\n\n")
@example(which=("run", "--budget"), value="inf")
@example(which=("run", "--budget"), value="nan")
@example(which=("run", "--n-x"), value="99999999999999999999")
@example(which=("fit", "--alpha"), value="nan")
@example(which=("fit", "--seed"), value="9" * 400)
@example(which=("fit", "--out"), value="")
def test_any_value_of_any_option_is_taken_or_refused_in_a_line_or_two(
    tmp_path_factory: pytest.TempPathFactory, which: tuple[str, str], value: str
) -> None:
    folder = tmp_path_factory.mktemp("options")
    save_npz(folder / "mine.npz")
    if which[1] in ("--out", "--resume") and ("/" in value or value == ".."):
        value = value.replace("/", "-").replace("..", "-")  # nothing outside the tests' folder
    ended = call(folder, *harmless(*which, value, folder))
    assert ended.returncode in (0, 1, 2), ended
    assert "Traceback" not in ended.stderr
    if ended.returncode:
        refused(ended, ended.returncode)


@pytest.mark.parametrize(("command", "option"), OPTIONS)
def test_an_empty_value_is_refused_or_means_nothing(
    tmp_path: Path, command: str, option: str
) -> None:
    save_npz(tmp_path / "mine.npz")
    ended = call(tmp_path, *harmless(command, option, "", tmp_path))
    assert "Traceback" not in ended.stderr
    if ended.returncode:
        refused(ended)
