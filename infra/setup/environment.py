"""Makes everything a checkout needs: the environment in `.venv`, Weft itself, the front-end packages and a Redis."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - older ones do come here, and shall read a sentence
    sys.exit(
        f"Weft needs Python 3.11 or newer, and {sys.executable} is {sys.version_info[0]}.{sys.version_info[1]}. "
        "Install a newer one and name it, for instance: make PYTHON=python3.11"
    )

import argparse
from pathlib import Path

from infra.setup import frontend, packages, redis_tool, virtualenv
from infra.setup.steps import SetupError, only_one_setup, tell

LOCKS = {"run": "requirements.lock", "test": "requirements-dev.lock"}


def set_up(root: Path, profile: str) -> None:
    """Bring the checkout at `root` to the state `profile` ("run" or "test") needs; does nothing when it is there.

    Raises SetupError, whose text says what happened and what to do.
    """
    with only_one_setup(root):
        venv = virtualenv.ensure(root)
        packages.ensure_lock(venv, root, root / LOCKS[profile], root / LOCKS["run"])
        packages.ensure_project(venv, root)
        frontend.ensure(venv, root / "web")
        redis_tool.ensure(venv, root, root / LOCKS["run"])


def main() -> int:
    """Run the set-up from the command line and return its exit code."""
    parser = argparse.ArgumentParser(prog="infra.setup.environment", description=__doc__)
    parser.add_argument("profile", choices=sorted(LOCKS), help="run: what `weft up` needs; test: the tools as well")
    profile: str = parser.parse_args().profile
    try:
        set_up(Path.cwd(), profile)
    except SetupError as error:
        tell(str(error))
        return 1
    except KeyboardInterrupt:
        tell("Interrupted. The next call goes on from here.")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
