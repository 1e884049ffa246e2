"""The command line. It and `commands` are the only places that parse, print and exit."""

import sys

import click

from benchmarks import interrupt, terminal
from benchmarks.capacity import ProbeError
from benchmarks.commands import check, compare, export, fit, info, race, rebuild, validate
from benchmarks.compare import CompareError
from benchmarks.data import DataError
from benchmarks.planning import PlanError
from benchmarks.registry import RegistryError
from benchmarks.store import StoreError
from benchmarks.validate import TrialError

WRONG_USE, INTERRUPTED = 2, 130


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def cli() -> None:
    """Which way of writing it is fastest on this machine, by how much, and is it still right?"""


for command in (
    race.run,
    check.check,
    compare.compare,
    validate.command,
    fit.fit,
    rebuild.report,
    export.export,
    info.list_,
    info.machine,
):
    cli.add_command(command)


def main() -> int:
    """Run the command line; what the user did wrong is one or two lines, never a traceback."""
    interrupt.listen()
    try:
        return int(cli.main(prog_name="python -m benchmarks", standalone_mode=False) or 0)
    except click.exceptions.NoArgsIsHelpError as no_arguments:
        terminal.say(no_arguments.format_message())
        return WRONG_USE
    except click.ClickException as error:
        terminal.fail(error.format_message())
        return WRONG_USE
    except (RegistryError, DataError, PlanError, StoreError, CompareError, TrialError) as error:
        terminal.fail(error)
        return WRONG_USE
    except ProbeError as error:
        terminal.fail(error)
        return 1
    except OSError as error:
        terminal.fail(f"{error.filename or 'a file'}: {error.strerror or error}")
        return WRONG_USE
    except (KeyboardInterrupt, click.Abort):
        terminal.fail("interrupted")
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
