"""Folders for sockets: only for their owner, short enough for the kernel, plain enough for every URL."""

import contextlib
import hashlib
import os
import re
import stat
import sys
import tempfile
from pathlib import Path

from infra.servers.account import Account
from infra.servers.errors import ServerError

# The kernel keeps a socket's path in a fixed array (108 bytes on Linux, 104 on macOS) that ends with a zero.
LONGEST_PATH = 103 if sys.platform == "darwin" else 107
# Not every client takes the percent signs out of a socket's path again, arq for one.
_PLAIN = re.compile(r"[A-Za-z0-9/._~-]+")


def socket_folder(preferred: Path, name: str, owner: Account) -> Path:
    """Return a folder of mode 0700 of `owner` for the socket `name`; raises ServerError when no place will do.

    It is `preferred` where the path is short and plain, else one beside the system's other sockets.
    """
    folder = next((place for place in (preferred, *_elsewhere(preferred, owner)) if _fits(place / name)), None)
    if folder is None:
        raise ServerError(
            f"Every folder for temporary files has a path too long for a socket (over {LONGEST_PATH} bytes). "
            "Set TMPDIR to a short one, such as /tmp."
        )
    _make(folder, owner)
    return folder


def remove_socket_folder(folder: Path) -> None:
    """Remove an empty socket folder; one that is still in use stays."""
    with contextlib.suppress(OSError):
        folder.rmdir()


def _fits(path: Path) -> bool:
    return len(os.fsencode(path)) <= LONGEST_PATH and _PLAIN.fullmatch(str(path)) is not None


def _elsewhere(preferred: Path, owner: Account) -> list[Path]:
    name = f"weft-{hashlib.sha256(os.fsencode(preferred)).hexdigest()[:16]}"
    places = [Path("/run")] if os.geteuid() == 0 else []
    if os.environ.get("XDG_RUNTIME_DIR") and os.geteuid() == owner.user != 0:
        places.append(Path(os.environ["XDG_RUNTIME_DIR"]))
    places += [Path(tempfile.gettempdir()), Path("/tmp")]  # noqa: S108 - checked for owner and mode below
    return [place / name for place in places if os.access(place, os.W_OK | os.X_OK)]


def _make(folder: Path, owner: Account) -> None:
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        if os.geteuid() == 0:
            owner.give(folder)
    found = folder.lstat()
    # In a folder that everyone may write to, somebody else may have been there first.
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {owner.user, os.geteuid()}:
        raise ServerError(
            f"{folder} belongs to somebody else, so no socket of ours goes there. Remove it, or set TMPDIR to "
            "a folder of your own with a short path."
        )
    if os.geteuid() == 0:
        owner.give(folder)
    folder.chmod(0o700)
