"""The WAL of this installation, as its settings say where it lies."""

import os
from pathlib import Path

from core.settings import Misconfigured, Settings
from infra.servers.account import current_account, service_account
from infra.servers.binaries import binaries_in, find_binaries, reachable
from infra.servers.patience import Say
from infra.servers.place import SHELF, make_folder
from infra.wal.past import WalPast
from infra.wal.shelf import Shelf


def keeps_wal(settings: Settings) -> bool:
    """Tell whether this installation keeps WAL; raises `Misconfigured` where it shall, and was not told where."""
    if settings.wal_days and not settings.wal_dir:
        raise Misconfigured("WEFT_WAL_DAYS is set, and WEFT_WAL_DIR is not: say where the server archives its WAL to.")
    return bool(settings.wal_days)


def past_here(settings: Settings, say: Say) -> WalPast:
    """Return what shows the past of this installation; raises `Misconfigured` where it keeps no WAL, and `ServerError`."""
    if not keeps_wal(settings):
        raise Misconfigured(
            "This installation keeps no WAL, so only the moments of its backups can be had (`weft tenant backups`). "
            "Set WEFT_WAL_DAYS to how many days back it should be able to go: see docs/backup.md."
        )
    server = service_account() or current_account()
    binaries = binaries_in(Path(settings.postgres_bin)) if settings.postgres_bin else find_binaries()
    if os.geteuid() == 0:
        make_folder(SHELF, 0o755)
        binaries = reachable(binaries, server, SHELF, say) if not settings.postgres_bin else binaries
    shelf = Shelf(Path(settings.wal_dir).absolute(), server)
    shelf.make()
    return WalPast(shelf, settings.wal_url or settings.provisioner_url, settings.provisioner_url, binaries, server, say)
