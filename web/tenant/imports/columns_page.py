"""The page on which columns become fields, in the words of its template."""

from collections.abc import Sequence
from typing import Any

from core.imports.batch import Import
from core.imports.dates import ORDERS, usual_order
from core.imports.examine import Proposal
from core.imports.fields import Field
from core.imports.mapping import Guess, Why
from core.imports.options import as_text
from core.imports.profile import Column
from core.imports.readers.encodings import ENCODINGS
from core.imports.readers.shape import DELIMITERS
from core.tenancy.tenant import LiveTenant
from web.tenant.imports.columns import Choice, Chosen
from web.tenant.imports.pages import steps
from web.tenant.settings import fields_of as form_fields_of
from weft.data import Importer

Item = dict[str, Any]


def columns_context(tenant: LiveTenant, found: Import, importer: Importer[Any], proposal: Proposal, chosen: Chosen | None) -> Item:
    """Return the form in which columns become fields: as it was sent, as it was settled before, or as it is proposed."""
    guesses = {guess.column: guess for guess in proposal.guesses}
    if chosen:
        choices = list(chosen.columns)
    elif found.mapping:
        mapped = {each.column: each for each in found.mapping}
        choices = [
            Choice(each.field, each.sign, each.order) if (each := mapped.get(place)) else Choice() for place in range(len(found.columns))
        ]
    else:
        choices = [Choice(guesses[place].field) if place in guesses else Choice() for place in range(len(found.columns))]
    answers = chosen.options if chosen else found.options or dict(proposal.options) or _defaults(importer)
    return {
        "found": found,
        "importer": importer,
        "steps": steps(found),
        "columns": [_column(tenant, place, column, choices[place], guesses.get(place)) for place, column in enumerate(found.columns)],
        "targets": [
            {"value": "", "label": "Leave out"},
            *({"value": f.name, "label": f"{f.title} *" if f.required else f.title} for f in proposal.fields),
        ],
        "recognised": len(guesses),
        "fields": proposal.fields,
        "options": [{**each, "value": answers.get(each["name"], "")} for each in form_fields_of(importer.options)]
        if importer.options
        else [],
        "reading": _reading(found),
    }


def _targets(fields: Sequence[Field]) -> list[Item]:
    titles = [{"value": field.name, "label": f"{field.title} *" if field.required else field.title} for field in fields]
    return [{"value": "", "label": "Leave out"}, *titles]


def _options(importer: Importer[Any], answers: dict[str, str]) -> list[Item]:
    if importer.options is None:
        return []
    return [{**each, "value": answers.get(each["name"], "")} for each in form_fields_of(importer.options)]


def _defaults(importer: Importer[Any]) -> dict[str, str]:
    return as_text(importer.options()) if importer.options else {}


def _column(tenant: LiveTenant, place: int, column: Column, choice: Choice, guess: Guess | None) -> Item:
    sure = guess is not None and guess.why in (Why.REMEMBERED, Why.NAME, Why.ALIAS)
    return {
        "place": place,
        "heading": column.heading,
        "samples": column.samples,
        "filled": column.filled,
        "field": choice.field,
        "guess": {"label": str(guess.why), "tone": "good" if sure else "warn"} if guess else {"label": "Not recognised", "tone": "neutral"},
        "signs": _signs(column),
        "sign": choice.sign or column.sign or "",
        "orders": _orders(column),
        "order": choice.order or (usual_order(tenant.country) if column.order is None else column.order or ""),
        "unsure": column.order is None,
    }


def _signs(column: Column) -> list[Item]:
    """Return in which ways the numbers of a column could be written, where there is anything to say about it."""
    example = column.sign_example or next((text for text in column.samples if "." in text or "," in text), "")
    if not example or (column.looks != "number" and column.sign is not None):
        return []
    plain = example.replace(".", "").replace(",", "")
    one = example.replace(",", ".")
    ways = [{"value": ".", "label": "1,234.50 (point)"}, {"value": ",", "label": "1.234,50 (comma)"}]
    if column.sign is None:
        means = (plain, one) if "," in example else (one, plain)
        ways = [{"value": way["value"], "label": f"{example} is {mean}"} for way, mean in zip(ways, means, strict=True)]
        return [{"value": "", "label": f"What is {example}?"}, *ways]
    return [*ways, {"value": "", "label": "differs: read each by itself"}] if column.sign == "" else ways


def _orders(column: Column) -> list[Item]:
    if not column.order_example or (column.looks != "date" and column.order is not None):
        return []
    ways = [{"value": order, "label": text} for order, text in ORDERS.items() if order != "ymd"]
    return [*ways, {"value": "", "label": "differs: read each by itself"}] if column.order == "" else ways


def _reading(found: Import) -> Item:
    reading = found.reading
    is_text = reading.kind == "csv"
    delimiters = [{"value": "tab" if sign == "\t" else sign, "label": title} for sign, title in DELIMITERS.items()]
    if reading.delimiter and reading.delimiter not in DELIMITERS:
        delimiters.append({"value": "", "label": f"As the file says: {reading.delimiter}"})
    return {
        "is_text": is_text,
        "encodings": [{"value": name, "label": title} for name, title in ENCODINGS.items()],
        "encoding": reading.encoding,
        "encoding_title": ENCODINGS.get(reading.encoding, reading.encoding),
        "delimiters": [*delimiters, {"value": "none", "label": "None: a single column"}],
        "delimiter": {"\t": "tab", "": "none"}.get(reading.delimiter, reading.delimiter if reading.delimiter in DELIMITERS else ""),
        "sheets": list(reading.sheets),
        "sheet": reading.sheet,
        "heading": reading.heading,
        "can_change": reading.kind != "own",
        "notes": reading.notes,
    }
