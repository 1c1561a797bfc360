"""Where an embedded PostgreSQL keeps its data: in Weft's data folder, or, for root behind closed doors, elsewhere."""

import hashlib
import os
import secrets
from pathlib import Path

from infra.servers.account import Account
from infra.servers.errors import ServerError
from infra.servers.patience import Say

# Kept short: sockets live below it.
SHELF = Path("/var/lib/weft")
_POINTER = "elsewhere"
_ORIGIN = "origin"


def make_folder(folder: Path, mode: int) -> None:
    """Make a folder of ours with exactly this mode, and the parents it lacks; raises ServerError."""
    missing = [parent for parent in (folder, *folder.parents) if not parent.exists()]
    try:
        for path in reversed(missing):
            path.mkdir(mode=0o755, exist_ok=True)
            # The mask of the person who starts Weft must not lock out the account of the server.
            path.chmod(0o755)
        folder.chmod(mode)
    except OSError as error:
        raise ServerError(
            f"The data folder {folder} cannot be made or used ({error.strerror}). "
            "Start Weft as the user it belongs to, or set WEFT_DATA_DIR to a folder of your own."
        ) from error


def home_of(folder: Path, account: Account, say: Say) -> Path:
    """Return the folder that holds the cluster of `folder`, which the account can enter; raises ServerError.

    That is `folder` itself, unless we are root and a parent of it admits no other account. Folders that are not ours
    keep their modes: the cluster then lives under /var/lib/weft, and a file in `folder` says where.
    """
    if os.geteuid() != 0:
        return folder
    if (folder / "data").exists():
        if account.may_enter(folder):
            return folder
        raise ServerError(
            f"The database in {folder} was made when the account {account.name} could enter that folder, and it "
            f"no longer can. Let it through again (chmod o+x on each parent), or move {folder / 'data'} to a "
            "folder it can enter and set WEFT_DATA_DIR."
        )
    return _known_elsewhere(folder) or (folder if account.may_enter(folder) else _new_elsewhere(folder, account, say))


def archive_folder(folder: Path, account: Account) -> Path:
    """Return the folder below `folder` where a server run by the account lays WAL down, made where needed; raises ServerError."""
    incoming = folder / "incoming"
    if not incoming.exists():
        make_folder(incoming, 0o700)
        if os.geteuid() == 0:
            account.give(incoming)
    if os.geteuid() == 0 and not account.may_enter(incoming):
        raise ServerError(
            f"The account {account.name}, which runs PostgreSQL, cannot enter {incoming}: let it through (chmod o+x on its parents), "
            "or set WEFT_WAL_DIR to a folder it can enter."
        )
    return incoming


def existing_home(folder: Path) -> Path | None:
    """Return the folder that holds the cluster of `folder` when there is one; makes nothing."""
    if (folder / "data").exists():
        return folder
    return _known_elsewhere(folder)


def _known_elsewhere(folder: Path) -> Path | None:
    pointer = folder / _POINTER
    if not pointer.exists():
        return None
    home = Path(pointer.read_text().strip())
    if home.parent != SHELF or not (home / _ORIGIN).exists():
        raise ServerError(
            f"{pointer} says that the database is in {home}, and it is not there. Bring it back, "
            f"or remove {pointer} to begin with an empty database."
        )
    origin = Path((home / _ORIGIN).read_text().strip())
    if origin == folder:
        return home
    if _points_to(origin, home):
        # A copy of a checkout: its twin goes on with the database, and this one begins with its own.
        return None
    (home / _ORIGIN).write_text(f"{folder}\n")
    return home


def _points_to(folder: Path, home: Path) -> bool:
    try:
        return (folder / _POINTER).read_text().strip() == str(home)
    except OSError:
        return False


def _new_elsewhere(folder: Path, account: Account, say: Say) -> Path:
    # The random part keeps a fresh checkout from finding the data of a removed one that had the same path.
    name = hashlib.sha256(f"{folder}{secrets.token_hex(8)}".encode()).hexdigest()[:16]
    home = SHELF / name
    make_folder(home, 0o711)
    if not account.may_enter(home):
        raise ServerError(
            f"The account {account.name}, which runs PostgreSQL for root, can enter neither {folder} nor {home}. "
            "Start Weft as an ordinary user, or set WEFT_DATABASE_URL to a server of your own."
        )
    (home / _ORIGIN).write_text(f"{folder}\n")
    (folder / _POINTER).write_text(f"{home}\n")
    say(f"The account {account.name} cannot enter {folder}, because a folder above it is closed to others: the database lives in {home}.")
    return home
