"""`weft wal put`, for `archive_command` of a PostgreSQL of one's own."""

from pathlib import Path

import click

from infra.cli.output import Output, with_output
from infra.wal.shelf import Shelf


@click.command("put")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--in", "folder", envvar="WEFT_WAL_DIR", required=True, type=click.Path(path_type=Path), help="Where to.  [WEFT_WAL_DIR]")
@with_output
def put(output: Output, file: Path, folder: Path) -> None:
    """Keep FILE, which PostgreSQL archives: whole and safe on the disk, or not at all.

    For `archive_command` of a PostgreSQL of your own; the embedded one needs none. The same file again is fine; another one of that
    name, or of another database, is refused.

    \b
    Examples:
      weft wal put pg_wal/000000010000000000000007 --in /mnt/wal
      archive_command = 'weft wal put %p --in /mnt/wal'
    """
    shelf = Shelf(folder.absolute())
    shelf.make()
    new = shelf.put(file)
    output.answer({"file": file.name, "new": new})
