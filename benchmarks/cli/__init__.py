"""The command line: one file a command, and the folder is the registry.

A command is named after its file, and described by the first line of its docstring; the file defines
`command`. This folder alone parses, prints and exits.

So that --help is quick, a command's file is imported when that command is called, and imports at its
top nothing that loads a library beside click. Its functions import what they need to do their work.
"""

from importlib import import_module
from pathlib import Path

import click

from benchmarks import __version__, interrupt
from benchmarks.cli import _console as console
from benchmarks.description import described
from benchmarks.errors import UserError
from benchmarks.registry import members

WRONG_USE, INTERRUPTED = 2, 130
_FILES = members(Path(__file__).parent)


class Commands(click.Group):
    """The commands of this folder, each imported when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_FILES)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in _FILES:
            return None
        return import_module(f"{__name__}.{name}").command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            texts = {name: described(path) for name, path in _FILES.items()}
            formatter.write_dl(
                [(name, text.summary or text.problem) for name, text in texts.items()]
            )


@click.group(
    cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, message="%(version)s")
def cli() -> None:
    """Compare ways to write logistic regression: check their answers, time them, report."""


def main() -> int:
    """Run the command line; what the user did wrong is one or two lines, never a traceback."""
    interrupt.listen()
    console.write_anything()
    try:
        return int(cli.main(prog_name="python -m benchmarks", standalone_mode=False) or 0)
    except click.exceptions.NoArgsIsHelpError as no_arguments:
        print(no_arguments.format_message())
        return WRONG_USE
    except click.ClickException as error:
        return _fail(error.format_message(), WRONG_USE)
    except UserError as error:
        return _fail(error, error.exit_status)
    except OSError as error:
        return _fail(f"{error.filename or 'a file'}: {error.strerror or error}", WRONG_USE)
    except (KeyboardInterrupt, click.Abort):
        return _fail("interrupted", INTERRUPTED)


def _fail(message: object, status: int) -> int:
    console.fail(message)
    return status
