"""A receipt as it is read on paper: what stands on which line, whatever it is printed on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal, TypeAlias

from babel import Locale
from babel.dates import format_datetime
from babel.numbers import format_currency, format_decimal, get_currency_precision

from .escpos import USUAL, Printing, Raster, plain
from .records import Line, Receipt, ReceiptKind, Tender
from .slip_words import words_for

Style = Literal["", "bold", "large", "small"]
TAX_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Row:
    """One line: `left`, and `right` at the far edge; in the middle where `center`."""

    left: str = ""
    right: str = ""
    style: Style = ""
    center: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across."""


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code, and what stands below it."""

    text: str
    caption: str = ""


Block: TypeAlias = Row | Rule | Code


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """Who sells: what stands at the top and at the foot of each receipt."""

    name: str
    lines: tuple[str, ...] = ()  # its address and the like
    tax_number: str = ""
    foot: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that a slip tells. `made_at` is on the shop's clocks, `address` that of the receipt's page; `marks` are what fiscal rules add.

    `copy` is zero for the first print, and counts those after it. `titles` names the tenders that are the business's own.
    """

    shop: Shop
    receipt: Receipt
    made_at: datetime
    till: str
    locale: Locale
    operator: str = ""
    customer: str = ""
    copy: int = 0
    address: str = ""
    marks: tuple[tuple[str, str], ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)
    returned: Mapping[str, str] = field(default_factory=dict)  # id of a receipt that goods come back from → its reference


@dataclass(frozen=True, slots=True)
class Figures:
    """Writes figures as the shop's customers write them."""

    locale: Locale
    currency: str

    def amount(self, value: Decimal) -> str:
        """Return an amount without its currency."""
        places = get_currency_precision(self.currency)
        return format_decimal(value, format=f"#,##0.{'0' * places}" if places else "#,##0", locale=self.locale)

    def money(self, value: Decimal) -> str:
        """Return an amount with its currency."""
        return format_currency(value, self.currency, locale=self.locale)

    def price(self, value: Decimal) -> str:
        """Return the price of one: an amount, with more digits where it has them."""
        exact = format_decimal(value, format="#,##0.00####", locale=self.locale)
        return exact if get_currency_precision(self.currency) else self.number(value)

    def number(self, value: Decimal) -> str:
        """Return a number with all its digits."""
        return format_decimal(value, locale=self.locale, decimal_quantization=False)


def tax_letters(receipt: Receipt) -> Mapping[tuple[str, Decimal], str]:
    """Return the letter by which each tax of a receipt is told on its lines."""
    return {(each.code, each.rate): TAX_LETTERS[at % 26] for at, each in enumerate(receipt.taxes)}


def lay_out(facts: Facts) -> list[Block]:
    """Return what stands on a receipt, from top to bottom."""
    receipt, words = facts.receipt, words_for(facts.locale.language)
    write = Figures(facts.locale, receipt.currency)
    return [
        *_head(facts, words),
        Rule(),
        *(row for line in receipt.lines for row in _line(line, facts, write, words)),
        Rule(),
        Row(f"{words['total']} {receipt.currency}", write.amount(receipt.total), "large"),
        *([Row(words["rounding"], write.amount(receipt.rounding))] if receipt.rounding else []),
        *(row for tender in receipt.tenders for row in _tender(tender, facts.titles, write, words)),
        Rule(),
        *_taxes(receipt, write, words),
        *_foot(facts, words),
    ]


def _head(facts: Facts, words: Mapping[str, str]) -> Iterator[Block]:
    receipt, shop = facts.receipt, facts.shop
    yield Row(shop.name, style="large", center=True)
    for each in (*shop.lines, *([f"{words['tax_number']} {shop.tax_number}"] if shop.tax_number else [])):
        yield Row(each, center=True)
    titles = {ReceiptKind.RETURN: "return", ReceiptKind.VOID: "void", ReceiptKind.TRAINING: "training"}
    if receipt.kind in titles:
        yield Row(words[titles[receipt.kind]], style="large", center=True)
    if receipt.kind is ReceiptKind.TRAINING:
        yield Row(words["not_a_receipt"], style="bold", center=True)
    if facts.copy:
        yield Row(words["copy"].format(number=facts.copy), style="bold", center=True)
    yield Rule()
    yield Row(f"{words['number']} {receipt.reference}", _moment(facts), "bold")
    yield Row(f"{words['till']} {facts.till}", f"{words['operator']} {facts.operator}" if facts.operator else "")
    if facts.customer:
        yield Row(words["customer"], facts.customer)


def _moment(facts: Facts) -> str:
    return str(format_datetime(facts.made_at, "short", locale=facts.locale)).replace(",", "")


def _line(line: Line, facts: Facts, write: Figures, words: Mapping[str, str]) -> Iterator[Row]:
    letters = tax_letters(facts.receipt)
    marks = "".join(dict.fromkeys(letters.get((tax.code, tax.rate), "") for tax in line.taxes))
    yield Row(line.name, f"{write.amount(line.base)} {marks}".rstrip())
    if line.quantity != 1:
        unit = f" {line.unit}" if line.unit else ""
        yield Row(f"  {write.number(line.quantity)}{unit} × {write.price(line.unit_price)}", style="small")
    if line.list_price is not None and line.list_price != line.unit_price:
        yield Row(f"  {words['price_was'].format(price=write.amount(line.list_price))}", style="small")
    for each in line.discounts:
        percent = f" {write.number(each.percent)} %" if each.percent else ""
        yield Row(f"  {each.title or words['discount']}{percent}", write.amount(-each.amount))
    if line.lot:
        yield Row(f"  {line.lot}", style="small")
    if line.original and (reference := facts.returned.get(str(line.original.receipt))):
        yield Row(f"  {words['returned_from'].format(reference=reference)}", style="small")


def _tender(tender: Tender, titles: Mapping[str, str], write: Figures, words: Mapping[str, str]) -> Iterator[Row]:
    title = titles.get(tender.type) or words.get(tender.type) or tender.type.replace("_", " ").capitalize()
    reference = f" {tender.reference}" if tender.reference else ""
    if tender.amount < 0:
        yield Row(f"{words['back']}: {title}{reference}", write.amount(-tender.amount))
    elif tender.given is not None and tender.change:
        yield Row(f"{title}: {words['given']}", write.amount(tender.given))
        yield Row(words["change"], write.amount(tender.change), "bold")
    else:
        yield Row(f"{title}{reference}", write.amount(tender.amount))


def _taxes(receipt: Receipt, write: Figures, words: Mapping[str, str]) -> Iterator[Row]:
    letters = tax_letters(receipt)
    for each in receipt.taxes:
        mark = letters[each.code, each.rate]
        head = f"{mark} {words['tax']} {write.number(each.rate)} %"
        yield Row(head, f"{write.amount(each.net)} + {write.amount(each.tax)} = {write.amount(each.gross)}", "small")
    if receipt.taxes:
        yield Row(words["included"] if receipt.taxes_included else words["excluded"], style="small")


def _foot(facts: Facts, words: Mapping[str, str]) -> Iterator[Block]:
    receipt, write = facts.receipt, Figures(facts.locale, facts.receipt.currency)
    pieces = sum(
        (abs(line.quantity) if line.quantity == line.quantity.to_integral_value() else Decimal(1) for line in receipt.lines), Decimal(0)
    )
    yield Row(words["items"], write.number(pieces), "small")
    if points := receipt.points:
        if points.earned:
            yield Row(words["points_earned" if points.earned > 0 else "points_back"], str(abs(points.earned)), "small")
        if points.spent:
            yield Row(words["points_spent"], str(abs(points.spent)), "small")
    for label, value in facts.marks:
        yield Row(label, value, "small")
    for each in facts.shop.foot or (words["thanks"],):
        yield Row(each, center=True)
    if facts.address:
        yield Code(facts.address, words["look"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What a printer can do: characters across in its usual font, its code pages, whether it draws QR codes and cuts."""

    columns: int = 48
    pages: Sequence[int] = USUAL
    draws_codes: bool = True
    cuts: bool = True


def to_text(blocks: Sequence[Block], columns: int = 42) -> str:
    """Return a slip as plain text, for letters and displays."""
    told: list[str] = []
    for block in blocks:
        if isinstance(block, Rule):
            told.append("-" * columns)
        elif isinstance(block, Code):
            told += [block.caption, block.text]
        else:
            told += _set(block, columns)
    return "\n".join(told) + "\n"


def to_bytes(blocks: Sequence[Block], paper: Paper, *, logo: Raster | None = None, open_drawer: bool = False) -> bytes:
    """Return a slip as a printer takes it: ESC/POS."""
    told = Printing(paper.pages)
    if open_drawer:
        told.open_drawer()
    if logo:
        told.align("center").raster(logo).align("left").feed()
    for block in blocks:
        if isinstance(block, Rule):
            told.line("-" * paper.columns)
        elif isinstance(block, Code):
            _print_code(told, block, paper)
        else:
            _print_row(told, block, paper.columns)
    return bytes(told.cut() if paper.cuts else told.feed(5))


def _print_row(told: Printing, row: Row, columns: int) -> None:
    if row.style == "large":
        told.size(2, 2) if _fits_large(row, columns) else told.size(1, 2)
    told.bold(row.style in ("large", "bold"))
    for line in _set(row, columns // 2 if row.style == "large" and _fits_large(row, columns) else columns):
        told.line(line)
    told.bold(on=False)
    if row.style == "large":
        told.size()


def _fits_large(row: Row, columns: int) -> bool:
    return len(plain(f"{row.left} {row.right}")) <= columns // 2


def _print_code(told: Printing, block: Code, paper: Paper) -> None:
    told.align("center")
    if paper.draws_codes:
        told.feed().qr(block.text, module=5 if paper.columns >= 42 else 4).line()
    told.line(block.caption)
    if not paper.draws_codes:
        told.line(block.text)
    told.align("left")


def _set(row: Row, columns: int) -> list[str]:
    """Return a row in lines of so many characters: what is too long goes on below, and the right side stays at the edge."""
    left, right = plain(row.left).replace("\n", " "), plain(row.right).replace("\n", " ")
    if row.center:
        return [each.center(columns).rstrip() for each in _wrapped(left, columns)]
    beside = 0 < len(right) < columns // 2
    lines = _wrapped(left, columns - len(right) - 1 if beside else columns, indent=left[: len(left) - len(left.lstrip())]) or [""]
    if not right:
        return lines
    if len(right) > columns:
        return [*lines, *_wrapped(right, columns)]
    if len(lines[-1]) + 1 + len(right) > columns:
        lines.append("")
    return [*lines[:-1], f"{lines[-1]}{right.rjust(columns - len(lines[-1]))}"]


def _wrapped(text: str, columns: int, indent: str = "") -> list[str]:
    """Return text in lines, broken between words, or within one that is longer than a line."""
    lines, rest = [], text.rstrip()
    while len(rest) > columns:
        at = rest.rfind(" ", len(indent) + 1, columns + 1)
        at = at if at > 0 else columns
        lines.append(rest[:at].rstrip())
        rest = indent + rest[at:].lstrip()
    return [*lines, rest] if rest else lines
