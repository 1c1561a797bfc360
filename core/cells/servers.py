"""The further servers of an installation, as its settings tell them: each a plain PostgreSQL that holds whole businesses."""

import re
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

HOME = "main"  # the cell whose catalogue has the directory of all; it needs no entry
_NAME = re.compile(r"[a-z][a-z0-9-]{0,30}")


class CellServers(msgspec.Struct, frozen=True, kw_only=True):
    """Where one cell is. Connection strings are never kept in a database."""

    name: str
    database_url: str = ""
    redis_url: str = ""  # empty: that of the home cell, whose queues have other names
    provisioner_url: str = ""
    admin_url: str = ""  # a superuser's, for whoever moves businesses; servers reach each other by it as well


def read_cells(path: Path) -> tuple[CellServers, ...]:
    """Read the file that WEFT_CELLS names: a TOML table for each cell.

    Raises `ValueError` with a sentence for what cannot be.
    """
    try:
        told: dict[str, Any] = tomllib.loads(path.read_text())
    except OSError as wrong:
        raise ValueError(f"{path} cannot be read: {wrong.strerror}") from wrong
    except tomllib.TOMLDecodeError as wrong:
        raise ValueError(f"{path} is no TOML: {wrong}") from wrong
    return tuple(_cell(name, facts) for name, facts in told.items())


def _cell(name: str, facts: object) -> CellServers:
    if not _NAME.fullmatch(name):
        raise ValueError(f"“{name}” is no name of a cell: use small letters, digits and hyphens")
    if not isinstance(facts, dict):
        raise ValueError(f"“{name}” must be a table: [{name}]")  # one kind of error for all that is wrong with the file
    try:
        cell = msgspec.convert({**facts, "name": name}, CellServers)
    except msgspec.ValidationError as wrong:
        raise ValueError(f"[{name}]: {wrong}") from wrong
    if unknown := facts.keys() - set(CellServers.__struct_fields__):
        raise ValueError(f"[{name}] has “{min(unknown)}”, which nobody knows: use {', '.join(CellServers.__struct_fields__[1:])}")
    if name != HOME and urlsplit(cell.database_url).scheme not in ("postgresql", "postgres"):
        raise ValueError(f"[{name}] needs database_url, such as postgresql://host:5432/weft")
    return cell
