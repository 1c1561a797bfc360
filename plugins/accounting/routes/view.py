"""What the pages of the books have in common: forms, and the lines in them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, TypeAlias

import msgspec
from litestar import Request

from weft import Form, Invalid

from ..domain.drafts import DraftHead, DraftLine

TheRequest: TypeAlias = Request[Any, Any, Any]


class OpeningHead(msgspec.Struct, frozen=True, kw_only=True):
    """On which day the books begin."""

    date: date


def query_form(request: TheRequest) -> Form:
    """Return the query string's parameters as a form."""
    return Form({key: request.query_params.getall(key) for key in request.query_params})


def read_lines(form: Form, dimensions: Sequence[str]) -> tuple[tuple[DraftLine, ...], dict[int, int], dict[str, str]]:
    """Return the lines of a form, the row each stood in, and what could not be read, by field."""
    lines: list[DraftLine] = []
    places: dict[int, int] = {}
    wrong: dict[str, str] = {}
    rows = _rows(form)
    for place, row in rows.items():
        values = {name: row.get(name) for name in ("debit", "credit", "currency", "base", "description", "party", "due")}
        code = row.get("code").split(" ")[0]
        chosen = {key: row.get(f"dim_{key}") for key in dimensions if row.get(f"dim_{key}")}
        if not code and not chosen and not any(values.values()):
            continue
        try:
            line = Form.of(code=code, **values).read(DraftLine)
            places[len(lines)] = place
            lines.append(msgspec.structs.replace(line, dimensions=chosen, currency=line.currency.upper()))
        except Invalid as problem:
            wrong |= {f"lines.{place}.{name}": sentence for name, sentence in problem.fields.items()}
    return tuple(lines), places, wrong


def _rows(form: Form) -> dict[int, Form]:
    found: dict[int, dict[str, list[str]]] = {}
    for key, given in form.values.items():
        parts = key.split(".")
        if len(parts) == 3 and parts[0] == "lines" and parts[1].isdigit() and len(parts[1]) <= 5:
            found.setdefault(int(parts[1]), {})[parts[2]] = given
    return {place: Form(row) for place, row in sorted(found.items())}


def at_rows(fields: Mapping[str, str], places: Mapping[int, int]) -> dict[str, str]:
    """Return problems of an entry's lines by the rows of the form they were typed in."""
    found = {}
    for name, sentence in fields.items():
        parts = name.split(".")
        if parts[0] == "lines" and len(parts) == 3:
            name = f"lines.{places.get(int(parts[1]), int(parts[1]))}.{parts[2]}"
        found[name] = sentence
    return found


def read_head(form: Form) -> DraftHead:
    """Return the head of an entry's form; raises `Invalid` by field."""
    return form.read(DraftHead)


def shown_rows(lines: Sequence[DraftLine], names: Mapping[str, str], least: int) -> list[dict[str, Any]]:
    """Return the rows of the grid for lines, with empty ones after them."""
    rows: list[dict[str, Any]] = [
        {
            "code": line.code,
            "name": names.get(line.code, ""),
            "debit": f"{line.debit:f}" if line.debit else "",
            "credit": f"{line.credit:f}" if line.credit else "",
            "description": line.description,
            "currency": line.currency,
            "base": "" if line.base is None else f"{line.base:f}",
            "due": line.due.isoformat() if line.due else "",
            "party": str(line.party or ""),
            "dimensions": line.dimensions,
        }
        for line in lines
    ]
    return rows + [{"dimensions": {}}] * max(least - len(rows), 1)


def typed_rows(form: Form, dimensions: Sequence[str]) -> list[dict[str, Any]]:
    """Return the rows of the grid as they were typed, by their places."""
    found = _rows(form)
    rows: list[dict[str, Any]] = []
    for place in range(max(found, default=0) + 1):
        row = found.get(place, Form({}))
        values = {name: row.get(name) for name in ("code", "debit", "credit", "description", "currency", "base", "due", "party")}
        rows.append({**values, "name": "", "dimensions": {key: row.get(f"dim_{key}") for key in dimensions}})
    return rows
