"""Documents under the letterhead of a business: its style around what a plugin says."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from core.papers.style import KEY, PaperStyle, lines
from core.papers.typesetting import typeset
from core.tenancy.tenant import LiveTenant, read_settings
from weft.documents import PrintedDocument
from weft.errors import Missing

LETTER_PAPER = frozenset({"US", "CA", "MX", "PH", "CL", "CO"})
LONGEST_LOGO = 2_000_000  # bytes
LOGO_KINDS = ("image/png", "image/jpeg", "image/webp", "image/svg+xml")
WORDS = {
    "en": ("Page", "Tax number"),
    "de": ("Seite", "Steuernummer"),
    "fr": ("Page", "N° de TVA"),
    "es": ("Página", "NIF"),
    "it": ("Pagina", "Partita IVA"),
    "nl": ("Pagina", "Btw-nummer"),
}


@cache
def prelude() -> bytes:
    """Return what stands before every layout."""
    return files("core.papers").joinpath("house.typ").read_bytes()


def style_of(tenant: LiveTenant) -> PaperStyle:
    """Return how a business prints."""
    return read_settings(PaperStyle, tenant.catalogue_entry.settings.get(KEY))


def language_of(tenant: LiveTenant, wanted: str) -> str:
    """Return the language of a document: the wanted one, or that of printed documents, or that of the business."""
    return wanted or style_of(tenant).language or tenant.locale


async def printed(tenant: LiveTenant, document: PrintedDocument, said: Mapping[str, Any]) -> bytes:
    """Return a document as PDF; raises `Unavailable` when it cannot be laid out."""
    logo = await _logo(tenant)
    data = {**said, "house": _told(tenant, style_of(tenant), str(said.get("language", "")), logo)}
    return await typeset(_whole(document), data, what=document.name)


async def preview(tenant: LiveTenant, document: PrintedDocument, style: PaperStyle) -> bytes:
    """Return the first page of an example as a picture, in a style that is not yet saved."""
    language = style.language or tenant.locale
    said = await document.sample(tenant, language)
    data = {**said, "house": _told(tenant, style, str(said.get("language", "")), await _logo(tenant))}
    return await typeset(_whole(document), data, what=document.name, kind="png")


def _whole(document: PrintedDocument) -> bytes:
    return prelude() + b"\n" + document.layout.read_bytes()


def _told(tenant: LiveTenant, style: PaperStyle, language: str, logo: list[int] | None) -> dict[str, Any]:
    """Return what a layout is told of the business."""
    short = (language or style.language or tenant.locale).replace("-", "_").split("_")[0].lower()
    page, number = WORDS.get(short, WORDS["en"])
    sender = lines(style.sender)
    return {
        "name": tenant.name,
        "accent": style.accent,
        "address": style.address,
        "paper": "us-letter" if tenant.country in LETTER_PAPER else "a4",
        "language": short,
        "page": page,
        "logo": logo,
        "line": " · ".join((tenant.name, *sender)),
        "sender": [tenant.name, *sender, *([f"{number}: {style.tax_number}"] if style.tax_number else [])],
        "bank": lines(style.bank),
        "footer": lines(style.footer),
    }


async def _logo(tenant: LiveTenant) -> list[int] | None:
    """Return the business's logo as a layout takes it; nothing where there is none, or none that can be read."""
    if tenant.logo is None:
        return None
    try:
        async with tenant.transaction():
            facts = await tenant.files.find(tenant.logo)
            if facts.media_type not in LOGO_KINDS or facts.size > LONGEST_LOGO:
                return None
            return [byte async for part in tenant.files.read(tenant.logo) for byte in part]
    except Missing:
        return None
