"""The files that PostgreSQL reads when it starts: settings, who may connect, and as whom."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from infra.servers.account import Account
from infra.servers.binaries import Binaries

PORT = 5432
SUPERUSER = "postgres"
MAP = "weft"

_MEGABYTE = 1024 * 1024
_INCLUDE = "include 'weft.conf'"
_NOTE = "# Written by Weft at each start: what is changed here is lost. Use ALTER SYSTEM instead."


def write_files(data: Path, wanted: Mapping[str, str], binaries: Binaries, client: Account) -> bool:
    """Write what PostgreSQL reads at start, and say whether anything differs from what was there.

    `client` is the account that Weft runs as: it may connect as every role, and nobody else as any.
    """
    lines = [_NOTE, f"# PostgreSQL {binaries.version} in {binaries.folder}"]
    lines += [f"{name} = {_quoted(value)}" for name, value in wanted.items()]
    bases = [f"local replication all peer map={MAP}"] if wanted.get("archive_mode") == "on" else []  # base backups
    contents = {
        "weft.conf": lines,
        "pg_hba.conf": [_NOTE, f"local all all peer map={MAP}", *bases],
        "pg_ident.conf": [_NOTE, f'{MAP} "{client.name}" all'],
    }
    changed = [_replace(data / name, "\n".join((*content, ""))) for name, content in contents.items()]
    main = data / "postgresql.conf"
    text = main.read_text()
    if _INCLUDE not in text.splitlines():
        changed.append(_replace(main, f"{text.rstrip()}\n\n{_INCLUDE}\n"))
    return any(changed)


def settings(sockets: Path, logs: Path, extra: Mapping[str, str]) -> dict[str, str]:
    """Return the settings of the embedded server; `extra` wins over ours."""
    chosen = {
        # Only through the socket: no port for anybody to find.
        "listen_addresses": "",
        "port": str(PORT),
        "unix_socket_directories": '"{}"'.format(str(sockets).replace('"', '""')),
        "unix_socket_permissions": "0700",
        "max_connections": "100",
        "shared_buffers": f"{_shared_buffers_megabytes()}MB",
        # Thousands of tenants: a migration or a removal locks every table of one at once.
        "max_locks_per_transaction": "256",
        "jit": "off",
        "wal_level": "logical",
        "fsync": "on",
        "full_page_writes": "on",
        "synchronous_commit": "on",
        "password_encryption": "scram-sha-256",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "datestyle": "ISO, YMD",
        "lc_messages": "C",
        "logging_collector": "on",
        "log_directory": str(logs),
        # A file per day or 10 MB; the oldest are removed by `tidy`.
        "log_filename": "postgres-%Y-%m-%d_%H%M%S.log",
        "log_file_mode": "0600",
        "log_rotation_age": "1d",
        "log_rotation_size": "10MB",
        "log_min_messages": "warning",
        # The text of a failed statement may hold a customer's data.
        "log_min_error_statement": "panic",
        "log_checkpoints": "off",
        "log_line_prefix": "%m [%p] %q%u@%d ",
        "cluster_name": "weft",
    }
    if sys.platform == "linux":
        # One call for the whole file system, where the default opens millions of files after a crash.
        chosen["recovery_init_sync_method"] = "syncfs"
    return {**chosen, **extra}


def archive_settings(folder: Path) -> dict[str, str]:
    """Return the settings by which a server lays each WAL segment down in a folder: whole, and never over another one."""
    return {
        "archive_mode": "on",
        "archive_library": "basic_archive",
        "basic_archive.archive_directory": str(folder),
        # What is written is safe elsewhere after that many seconds, even where little is.
        "archive_timeout": "300",
    }


def _shared_buffers_megabytes() -> int:
    total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    try:
        limit = Path("/sys/fs/cgroup/memory.max").read_text().strip()
        total = min(total, int(limit)) if limit.isdigit() else total
    except OSError:
        pass
    return max(32, min(256, total // _MEGABYTE // 16))


def _quoted(value: str) -> str:
    return "'{}'".format(value.replace("\\", "\\\\").replace("'", "''"))


def _replace(path: Path, text: str) -> bool:
    if path.exists() and path.read_text() == text:
        return False
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w") as file:  # noqa: PTH123 - paths cannot open descriptors
        if os.geteuid() == 0:
            owner = path.parent.stat()
            os.fchown(descriptor, owner.st_uid, owner.st_gid)
        file.write(text)
    fresh.replace(path)
    return True
