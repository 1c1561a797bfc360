"""Receipts as they are read: on paper, as PDF, in letters and on their public pages, all from what the till sent."""

import asyncio
import io
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import segno
from babel import Locale
from babel.numbers import format_currency
from PIL import Image, UnidentifiedImageError

from weft import Missing, PrintedDocument, Tenant, locale_in
from weft.contracts import Parties

from ..domain import canonical
from ..domain.escpos import Raster
from ..domain.records import Receipt
from ..domain.slip import Code, Facts, Paper, Row, Shop, lay_out, to_bytes
from ..domain.tenders import titles
from ..queries import paper
from ..queries.paper import Sent
from ..settings import RetailPosSettings
from .fiscalizing import marks

LAYOUT = Path(__file__).parent.parent / "layouts" / "receipt.typ"
LONGEST_LOGO = 2_000_000  # bytes
DOTS = {48: 384, 42: 384, 32: 256}  # of a logo, by the characters of a line


class Shown(NamedTuple):
    """A receipt with all that is shown of it."""

    sent: Sent
    receipt: Receipt
    facts: Facts

    @property
    def name(self) -> str:
        """What a file of it is called."""
        return f"{self.receipt.reference}.pdf".replace("/", "-")


def locale_of(tenant: Tenant) -> Locale:
    """Return how the business's customers read: as it was set for receipts, or as the business itself does."""
    return locale_in(tenant, tenant.settings(RetailPosSettings).receipt_language)


def public_path(token: str) -> str:
    """Return the address of a receipt's page for whoever holds the receipt."""
    return f"/public/retail_pos/r/{token}"


async def show(tenant: Tenant, record_id: UUID, *, copy: int = 0) -> Shown:
    """Return a receipt, as the copy of a number; raises `Missing`."""
    async with tenant.transaction() as db:
        found = await paper.sent(db, record_id)
        if found is None:
            raise Missing("There is no such receipt.")
        return await _shown(tenant, found, copy=copy, named=True)


async def show_public(tenant: Tenant, token: str) -> Shown | None:
    """Return a receipt by its public address, without the names of people; nothing while it has not arrived."""
    async with tenant.transaction() as db:
        found = await paper.by_token(db, token)
        return await _shown(tenant, found, copy=0, named=False) if found else None


async def _shown(tenant: Tenant, found: Sent, *, copy: int, named: bool) -> Shown:
    record = canonical.read(found.body)
    receipt = record.receipt
    assert receipt is not None
    originals = {line.original.receipt for line in receipt.lines if line.original}
    facts = Facts(
        shop=_shop(tenant, found),
        receipt=receipt,
        made_at=_local(tenant, record.made_at),
        till=found.till_code,
        locale=locale_of(tenant),
        operator=found.operator if named else "",
        customer=await _customer(tenant, receipt.customer) if named else "",
        copy=copy,
        address=tenant.url(public_path(found.token)) if tenant.settings(RetailPosSettings).public_receipts else "",
        marks=await marks(tenant, record),
        titles=titles(tenant.settings(RetailPosSettings).tenders),
        returned=await paper.references(tenant.scope(), list(originals)) if originals else {},
    )
    return Shown(found, receipt, facts)


def _local(tenant: Tenant, moment: datetime) -> datetime:
    return moment.astimezone(tenant.timezone).replace(tzinfo=None)


async def _customer(tenant: Tenant, customer: UUID | None) -> str:
    if customer is None:
        return ""
    found = await tenant.service(Parties).many([customer])
    return found[customer].name if customer in found else ""


def _shop(tenant: Tenant, found: Sent) -> Shop:
    title = () if found.store_title.casefold() == tenant.name.casefold() else (found.store_title,)
    lines = (*title, *_lines(found.address), *_lines(found.phone), *_lines(found.head))
    number = tenant.settings(RetailPosSettings).tax_number
    return Shop(name=tenant.name, lines=lines, tax_number=number, foot=_lines(found.foot))


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.replace(";", "\n").splitlines() if line.strip())


async def escpos(tenant: Tenant, shown: Shown, *, open_drawer: bool = False) -> bytes:
    """Return a receipt as bytes for a printer, as wide as was set."""
    columns = int(tenant.settings(RetailPosSettings).receipt_columns)
    content = await _logo(tenant)
    logo = await asyncio.to_thread(raster, content, DOTS[columns]) if content else None
    return to_bytes(lay_out(shown.facts), Paper(columns=columns), logo=logo, open_drawer=open_drawer)


async def pdf(tenant: Tenant, shown: Shown) -> bytes:
    """Return a receipt as PDF; raises `Unavailable` when it cannot be laid out."""
    logo = await _logo(tenant)
    told = {
        "title": shown.receipt.reference,
        "business": tenant.name,
        "language": shown.facts.locale.language,
        "logo": list(logo) if logo else None,
        "blocks": [_told(block) for block in lay_out(shown.facts)],
    }
    return await tenant.pdf(RECEIPT, told)


async def sample(tenant: Tenant, language: str) -> dict[str, Any]:
    """Return what an example of a receipt says."""
    locale = Locale.parse(language.replace("-", "_").split("_")[0]) if language[:2] in ("en", "de", "fr") else Locale("en", "GB")
    prices = (("Green tea 100 g", Decimal("4.50")), ("Filter papers", Decimal("2.20")), ("Mug", Decimal("9.90")))

    def row(left: str, right: str = "", style: str = "", *, center: bool = False) -> dict[str, Any]:
        return {"kind": "row", "left": left, "right": right, "style": style, "center": center}

    def money(value: Decimal) -> str:
        return format_currency(value, tenant.currency, locale=locale)

    lines = [row(name, money(price)) for name, price in prices]
    total = row("", money(sum((price for _, price in prices), Decimal(0))), "bold")
    head = [row(tenant.name, style="bold", center=True), row("K1-000042", style="large", center=True)]
    blocks = [*head, {"kind": "rule"}, *lines, {"kind": "rule"}, total]
    return {"title": "K1-000042", "business": tenant.name, "language": locale.language, "logo": None, "blocks": blocks}


RECEIPT = PrintedDocument("retail_pos.receipt", "Receipt", LAYOUT, sample)


def _told(block: object) -> dict[str, Any]:
    if isinstance(block, Row):
        return {"kind": "row", "left": block.left, "right": block.right, "style": block.style, "center": block.center}
    if isinstance(block, Code):
        return {"kind": "code", "svg": list(qr_svg(block.text).encode()), "caption": block.caption}
    return {"kind": "rule"}


def qr_svg(text: str) -> str:
    """Return a QR code as a picture that scales."""
    told = io.BytesIO()
    segno.make(text, error="m", micro=False).save(told, kind="svg", border=2, xmldecl=False)
    return told.getvalue().decode()


async def _logo(tenant: Tenant) -> bytes | None:
    """Return the business's logo; nothing where there is none that can be printed."""
    if tenant.logo is None:
        return None
    try:
        facts = await tenant.files.find(tenant.logo)
        if facts.media_type not in ("image/png", "image/jpeg") or facts.size > LONGEST_LOGO:
            return None
        return b"".join([part async for part in tenant.files.read(tenant.logo)])
    except Missing:
        return None


def raster(content: bytes, dots: int) -> Raster | None:
    """Return a picture in black and white, no wider than `dots` and a third as high; nothing for what is no picture."""
    try:
        with Image.open(io.BytesIO(content)) as opened:
            picture = opened.convert("RGBA")
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError):
        return None
    white = Image.new("RGBA", picture.size, "white")
    flat = Image.alpha_composite(white, picture).convert("L")
    flat.thumbnail((dots, dots // 3))
    wide = Image.new("L", (-(-flat.width // 8) * 8, flat.height), 255)
    wide.paste(flat)
    return Raster(wide.width // 8, bytes(255 - each for each in wide.convert("1").tobytes()))
