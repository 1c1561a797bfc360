"""What the templates of the import centre need, in their words."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.files.store import told
from core.imports import services
from core.imports.batch import Import, Phase, Problem, Progress
from core.imports.fields import Field, fields_of
from core.imports.importers import find_importer, importers_of
from core.tenancy.tenant import LiveTenant
from weft.data import Importer

Item = dict[str, Any]
STATES: Mapping[str, Item] = {
    "reading": {"label": "Being read", "tone": "info", "live": True},
    "mapping": {"label": "Columns to match", "tone": "info"},
    "checking": {"label": "Being checked", "tone": "info", "live": True},
    "checked": {"label": "Ready to save", "tone": "accent"},
    "importing": {"label": "Being saved", "tone": "accent", "live": True},
    "done": {"label": "Done", "tone": "good"},
    "failed": {"label": "Failed", "tone": "bad"},
    "undoing": {"label": "Being undone", "tone": "warn", "live": True},
    "undone": {"label": "Undone", "tone": "neutral"},
    "cancelled": {"label": "Stopped", "tone": "warn"},
}
_AT_STEP = {"reading": 0, "mapping": 1, "checking": 2, "checked": 2}  # else the last
_STEPS = ("Upload", "Match the columns", "Check", "Save")
_DOING = {"reading": "Reading the file", "checking": "Checking the rows", "importing": "Saving the rows", "undoing": "Taking it back"}
_ICONS = {".csv": "file-type-csv", ".tsv": "file-type-csv", ".txt": "file-text", ".xlsx": "file-type-xls", ".vcf": "address-book"}
SHOWN = 50  # rows with problems on a page


def steps(found: Import) -> list[Item]:
    """Return the four steps, with where this import is."""
    here = _AT_STEP.get(found.state, 3)
    if found.state == "failed":
        here = _AT_STEP.get(found.failed_while, 3)
    ended = found.state in ("done", "undone", "undoing")
    states = ["done" if place < here or ended else "todo" for place in range(len(_STEPS))]
    if not ended:
        states[here] = "failed" if found.state == "failed" else "current"
    return [{"label": label, "state": state} for label, state in zip(_STEPS, states, strict=True)]


# --- the history ---


def list_context(tenant: LiveTenant, imports: Sequence[Import]) -> Item:
    """Return the rows of the history."""
    titles = {each.name: each.title for each in importers_of(tenant)}
    return {"rows": [_history_row(each, titles) for each in imports], "can_import": bool(titles)}


def _history_row(found: Import, titles: Mapping[str, str]) -> Item:
    url = found.ref.url
    menu: list[Item | str] = [{"label": "Download the file", "href": f"{url}/file", "icon": "download"}]
    if found.counts.refused:
        menu.append({"label": "Download the refused rows", "href": f"{url}/problems.csv?phase=import", "icon": "file-alert"})
    if found.can_be_undone:
        menu += [
            "-",
            {"label": "Undo the import", "post": f"{url}/undo", "icon": "arrow-back-up", "tone": "bad", "confirm": undo_question(found)},
        ]
    suffix = found.file_name[found.file_name.rfind(".") :].lower()
    saved = found.counts.saved
    return {
        "id": found.id,
        "href": url,
        "label": found.file_name,
        "cells": {
            "file": {
                "text": found.file_name,
                "sub": f"{told(found.size)}, by {found.person_name}" if found.person_name else told(found.size),
                "icon": _ICONS.get(suffix, "file"),
            },
            "into": titles.get(found.importer, found.importer),
            "state": STATES[found.state],
            "saved": saved if found.state in ("importing", "done", "cancelled", "undoing", "undone") or saved else None,
            "refused": found.expected.refused if found.state == "checked" else found.counts.refused or None,
            "when": found.created_at,
        },
        "menu": menu,
    }


def undo_question(found: Import) -> str:
    """Return what is asked before an import is taken back."""
    parts = []
    if found.counts.created:
        parts.append(f"what it made is deleted ({_rows(found.counts.created)})")
    if found.counts.updated:
        parts.append(f"what it changed is as before ({_rows(found.counts.updated)})")
    return f"Undo this import? Then {' and '.join(parts)}. What was changed since is left alone, and listed."


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"


# --- one import ---


def progress_context(found: Import, progress: Progress) -> Item:
    """Return how far a worker is."""
    waits = progress.state in ("", "waiting", "queued")
    detail = progress.note
    if (left := progress.left) is not None and left >= 2:
        detail = f"{detail}, {_duration(left)} left"
    if progress.error and waits:
        detail = f"{progress.error} It is tried again."
    return {
        "found": found,
        "going": found.busy and not progress.given_up,
        "label": _DOING.get(found.state, ""),
        "progress": progress,
        "state": "waiting" if waits else "running",
        "detail": detail or ("A worker takes it up in a moment." if waits else None),
    }


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"about {round(seconds)} seconds"
    return f"about {round(seconds / 60)} minutes"


async def import_context(tenant: LiveTenant, found: Import) -> Item:
    """Return everything about an import that is past its columns."""
    importer = find_importer(tenant, found.importer)
    fields = fields_of(importer)
    phase: Phase = "check" if found.state in ("checking", "checked") else "import"
    refused = found.expected.refused if phase == "check" else found.counts.refused
    show = found.state in ("checked", "done", "cancelled", "undone", "failed", "undoing")
    context = progress_context(found, await services.progress(tenant, found)) if found.busy else {"found": found, "going": False}
    return {
        **context,
        "importer": importer,
        "standing": STATES[found.state],
        "steps": steps(found),
        "phase": phase,
        "refused": refused,
        "problems": _problem_rows(await services.problems(tenant, found, phase, SHOWN), fields, found) if show and refused else [],
        "kept": _problem_rows(await services.problems(tenant, found, "undo", SHOWN), fields, found) if found.kept else [],
        "more": refused - SHOWN,
        "undo_question": undo_question(found),
        "records_url": _records_url(tenant, importer),
    }


def _records_url(tenant: LiveTenant, importer: Importer[Any]) -> str:
    """Return where the records are that an importer makes, if there is a list of them that who acts may see."""
    listings = tenant.house.registry.listings(tenant.catalogue_entry.enabled)
    return next((each.path for each in listings if each.record and each.record.name == importer.record and tenant.may(each.permission)), "")


def _problem_rows(problems: Sequence[Problem], fields: Sequence[Field], found: Import) -> list[Item]:
    headings = {each.field: found.columns[each.column].heading for each in found.mapping if each.column < len(found.columns)}
    titles = {field.name: field.title for field in fields}
    return [
        {
            "id": f"problem-{place}",
            "label": f"row {problem.row}",
            "cells": {
                "row": problem.row,
                "column": headings.get(problem.field) or titles.get(problem.field, problem.field) or None,
                "value": problem.value[:80] or None,
                "why": problem.sentence,
            },
        }
        for place, problem in enumerate(problems)
    ]
