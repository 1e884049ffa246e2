"""Write synthetic data of any size, in blocks: a .npy file, a Zarr group or a folder of shards."""

from pathlib import Path

import click

from benchmarks.cli import _console as console
from benchmarks.cli import _options as options


@click.command()
@click.option("--n-x", type=options.COUNT, required=True, help="Features.")
@click.option("--m", type=options.COUNT, required=True, help="Examples.")
@options.seed
@click.option("--dtype", type=options.DTYPES, default="float64", show_default=True, metavar="TYPE")
@click.option("--block", type=options.COUNT, metavar="EXAMPLES", help="Of a chunk or shard. [8 MB]")
@click.option(
    "--out",
    type=options.PATH,
    required=True,
    metavar="FILE.npy|NAME.zarr|FOLDER",
    help="Where to. What is there unfinished is gone on with.",
)
@options.quiet
def command(
    n_x: int, m: int, seed: int, dtype: str, block: int | None, out: Path, quiet: bool
) -> int:
    """Write seeded synthetic data, in parallel, never holding it whole.

    The numbers depend on the seed, n_x and each example's place, and on nothing else. Interrupted,
    the same command goes on. `run` and `fit` take it with --data.
    """
    from benchmarks.data import Synthetic, writing
    from benchmarks.machine.describe import cores

    if out.suffix not in writing.LAYOUTS:
        raise click.UsageError(
            f"--out {out}: ends in neither .npy nor .zarr, and no folder has an ending"
        )
    wanted = writing.Wanted(
        Synthetic(n_x, m, seed), dtype, block or writing.default_block(n_x, dtype)
    )
    out.absolute().parent.mkdir(parents=True, exist_ok=True)
    with console.Watch(quiet) as watch:
        writing.write(out, wanted, cores(), lambda share: watch.show("writing", share))
    size = n_x * m * (8 if dtype == "float64" else 4)
    console.say(f"{n_x} × {m} numbers of {dtype} ({size / 1e9:.3g} GB) are in {out}")
    return 0
