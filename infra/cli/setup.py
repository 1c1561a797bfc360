"""`weft setup`."""

import shutil
import sys
from pathlib import Path

import click

from infra.cli.output import Output, with_output
from infra.setup import frontend
from infra.setup.steps import SetupError, only_one_setup
from infra.setup.virtualenv import Virtualenv
from web.packages import HERE, packages


@click.command()
@with_output
def setup(output: Output) -> None:
    """Fetch the front-end packages, once for each version: fonts, style sheets, icons, charts.

    Uses npm of this machine, or the one that comes with weft[embedded]. In a checkout `make run` does this by itself, and `weft up` does
    it where it is missing. WEFT_ASSETS names another folder that has the packages.
    """
    folder = fetch()
    output.answer({"packages": str(folder)}, f"The front-end packages are in {folder}.")


def fetch() -> Path:
    """Fetch what the lock names, unless it is there; returns the folder. Raises `SetupError`."""
    folder = packages()
    if folder.name != "node_modules":
        raise SetupError(f"WEFT_ASSETS names {folder}, which is not a folder that npm makes: fill it yourself, or unset WEFT_ASSETS.")
    home = folder.parent
    home.mkdir(parents=True, exist_ok=True)
    with only_one_setup(HERE.parent if home == HERE else home):
        if home != HERE:
            for name in ("package.json", "package-lock.json"):
                shutil.copyfile(HERE / name, home / name)
        frontend.ensure(Virtualenv(Path(sys.prefix), ""), home)
    return folder
