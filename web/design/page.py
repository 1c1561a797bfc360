"""Renders the design page and the samples."""

from datetime import timedelta
from decimal import Decimal

from jinja2 import Environment

from web.design.environment import Theme
from web.design.fakes import catalogue, contacts, dashboard
from web.design.fakes.pictures import thumbnail
from web.design.fakes.shell import shell
from web.design.formats import NOW
from web.design.samples import SAMPLES, Context, Sample

_COLUMNS: list[dict[str, object]] = [
    {"key": "text", "label": "Text", "sort": "?sort=-text", "sorted": "asc"},
    {"key": "choice", "label": "Choice", "kind": "choice", "sort": "?sort=choice"},
    {"key": "number", "label": "Number", "kind": "number", "sort": "?sort=number"},
    {"key": "money", "label": "Money", "kind": "money", "currency": "GBP", "role": "aside", "sort": "?sort=money"},
    {"key": "percent", "label": "Share", "kind": "percent"},
    {"key": "date", "label": "Date", "kind": "date"},
    {"key": "ago", "label": "Ago", "kind": "ago"},
    {"key": "bytes", "label": "Size", "kind": "bytes"},
    {"key": "bool", "label": "Yes or no", "kind": "bool", "align": "center"},
    {"key": "tags", "label": "Tags", "kind": "tags"},
    {"key": "person", "label": "Person", "kind": "person"},
    {"key": "code", "label": "Code", "kind": "code"},
]


def _rows() -> list[dict[str, object]]:
    full: dict[str, object] = {
        "text": {"text": "Extra virgin olive oil, Koroneiki", "sub": "Oliveology", "image": thumbnail(0)},
        "choice": {"label": "Active", "tone": "good"},
        "number": 128,
        "money": Decimal("14.90"),
        "percent": 0.125,
        "date": NOW.date(),
        "ago": NOW - timedelta(minutes=7),
        "bytes": 482_113,
        "bool": True,
        "tags": ["Larder", "Organic"],
        "person": "Maeve O’Connell",
        "code": "5017474",
    }
    plain: dict[str, object] = {
        "text": "Plain text",
        "choice": "Draft",
        "number": 0,
        "money": Decimal(-3),
        "bool": False,
        "ago": NOW + timedelta(hours=3),
    }
    icon: dict[str, object] = {
        "text": {"text": "With an icon", "icon": "file-type-csv"},
        "money": {"amount": Decimal(1200), "currency": "JPY"},
    }
    return [
        {"id": "1", "href": "/product", "cells": full, "menu": [{"label": "Edit", "href": "/design"}]},
        {"id": "2", "cells": plain, "menu": []},
        {"id": "3", "faint": True, "cells": icon, "menu": []},
        {"id": "4", "href": "/product", "cells": full, "menu": []},
    ]


def render_design_page(env: Environment, theme: Theme = "system") -> str:
    """The internal page: every macro in every state."""
    return env.get_template("design/design.html").render(
        shell=shell("/design", theme),
        csrf_token="design",  # noqa: S106 - nobody signs in here
        samples=SAMPLES,
        facts=contacts.FACTS,
        columns=_COLUMNS,
        rows=_rows(),
        asks=catalogue.filters(("Larder", "Spices")),
        views=catalogue.VIEWS,
        exports=catalogue.EXPORTS,
        choosable=catalogue.CHOOSABLE,
        countries=contacts.COUNTRIES,
        parties=contacts.PARTIES,
        tags=contacts.TAGS,
        stats=dashboard.STATS,
        sales=dashboard.SALES,
        mix=dashboard.MIX,
        history=contacts.HISTORY,
        picture=thumbnail(2),
    )


def render_sample(env: Environment, sample: Sample, theme: Theme = "system", more: Context | None = None) -> str:
    """One sample screen."""
    name = sample.template if "/" in sample.template else f"samples/{sample.template}"
    room = {"shell": shell(sample.menu or f"/{sample.slug}", theme)} if sample.room == "shell" else {"theme": theme}
    return env.get_template(f"{name}.html").render({"csrf_token": "design", "home": "/", **room, **sample.context(), **(more or {})})
