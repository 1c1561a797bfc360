"""Regenerates both locks from `pyproject.toml`, with hashes and without a word about any registry."""

import argparse
import sys
import tempfile
import venv
from pathlib import Path

from infra.setup.steps import CommandFailed, SetupError, run, tell

# The tool shapes the files, so another version is a change to review like any other.
_TOOL = "uv==0.13.9"
_OPTIONS = (
    *("pip", "compile", "pyproject.toml", "--extra", "embedded", "--group", "setup"),
    *("--universal", "--python-version", "3.11", "--generate-hashes"),
    *("--no-emit-index-url", "--no-header", "--no-annotate", "--quiet"),
)
_RUN, _DEV = "requirements.lock", "requirements-dev.lock"


def write_locks(root: Path, upgrade: list[str]) -> None:
    """Rewrite both locks in `root`, keeping pins except those of the packages in `upgrade` ("all" for every one)."""
    newer = ["--upgrade"] if "all" in upgrade else [part for name in upgrade for part in ("--upgrade-package", name)]
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python, uv = Path(folder, "bin", "python"), Path(folder, "bin", "uv")
        try:
            run("Fetching the tool that makes locks", [python, "-m", "pip", "install", "--quiet", _TOOL], root)
            # The small lock takes its versions from the large one, so that it stays a part of it.
            large = [*_OPTIONS, "--group", "check", "--group", "test", *newer, "-o", _DEV]
            run("Locking what tests need", [uv, *large], root)
            run("Locking what runs", [uv, *_OPTIONS, *newer, "--constraint", _DEV, "-o", _RUN], root)
        except CommandFailed as failure:
            raise SetupError(f"The locks could not be made. What the tool said:\n{failure.output}") from failure


def main() -> int:
    """Run from the command line and return the exit code."""
    parser = argparse.ArgumentParser(prog="infra.setup.lock", description=__doc__)
    parser.add_argument("--upgrade", action="append", default=[], metavar="PACKAGE", help='a package, or "all"')
    try:
        write_locks(Path.cwd(), parser.parse_args().upgrade)
    except SetupError as error:
        tell(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
