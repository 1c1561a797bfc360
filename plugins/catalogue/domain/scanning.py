"""What a scanner sent: a GTIN, a weight or price in an in-store code, a GS1 element string, a Digital Link, or a code of the shop's own."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from biip import ParseError
from biip.gs1_digital_link_uris import GS1DigitalLinkURI
from biip.gs1_element_strings import GS1ElementString
from biip.gs1_messages import GS1Message

from .gtin import BarcodeKind, WrongBarcode, bare, check, coupon_of, expand_upc_e, gtin14, is_digits, read_barcode
from .instore import Pattern, read_in_store

FNC1 = "\x1d"  # how scanners send the separator of element strings


class ScanKind(StrEnum):
    """What was read."""

    GTIN_8 = "GTIN-8"
    GTIN_12 = "GTIN-12 (UPC-A)"
    GTIN_13 = "GTIN-13"
    GTIN_14 = "GTIN-14"
    ISBN = "ISBN-13"
    IN_STORE = "in-store code"
    WEIGHT = "variable weight"
    PRICE = "variable price"
    COUPON = "coupon/refund receipt"
    MESSAGE = "GS1 element string"
    LINK = "GS1 Digital Link"
    SSCC = "SSCC"
    INTERNAL = "internal code"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class Element:
    """One element of GS1 data: application identifier, its title, and the value as a person reads it."""

    ai: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a scan says. `keys` are the barcode keys to look up, best first; `why` is a sentence where nothing may be looked up."""

    kind: ScanKind
    text: str
    gtin14: str = ""
    keys: tuple[str, ...] = ()
    elements: tuple[Element, ...] = ()
    item: str = ""
    weight_kg: Decimal | None = None
    price: Decimal | None = None
    symbology: str = ""
    reason: str = ""
    why: str = ""

    @property
    def says_more(self) -> bool:
        """Whether it tells more than which product: a weight, a price, a batch, a date."""
        return bool(self.weight_kg is not None or self.price is not None or len(self.elements) > 1)

    def element(self, ai: str) -> str:
        """Return the value of an element, such as the best-before date (15); empty where there is none."""
        return next((each.text for each in self.elements if each.ai == ai), "")


_KINDS = {
    BarcodeKind.GTIN_8: ScanKind.GTIN_8,
    BarcodeKind.GTIN_12: ScanKind.GTIN_12,
    BarcodeKind.GTIN_13: ScanKind.GTIN_13,
    BarcodeKind.GTIN_14: ScanKind.GTIN_14,
    BarcodeKind.ISBN: ScanKind.ISBN,
    BarcodeKind.IN_STORE: ScanKind.IN_STORE,
}
_GS1_SYMBOLOGIES = frozenset({"]C1", "]e0", "]e1", "]e2", "]d2", "]Q3", "]J1"})
_BEGINS_WITH_GTIN = re.compile(r"0[12][0-9]{14}")
_WHAT_IT_IS = frozenset({"00", "01", "02", "8006"})  # elements that say which thing the others are about


@dataclass(frozen=True, slots=True)
class Rules:
    """How a shop's own codes are read: the patterns of its scales, and the smallest amount of its currency."""

    patterns: Sequence[Pattern] = ()
    minor: Decimal = Decimal("0.01")


def read_scan(text: str, rules: Rules = Rules()) -> Reading:  # frozen
    """Read what a scanner sent or a person typed. It never raises: what cannot be read says why."""
    sent = text.strip(" \t\r\n")
    symbology = sent[:3] if sent.startswith("]") else ""
    data = sent[len(symbology) :]
    if not data:
        return Reading(ScanKind.INVALID, sent, reason="empty", why="Nothing was scanned.")
    return replace(_read(data, symbology, rules), text=sent, symbology=symbology)


def _read(data: str, symbology: str, rules: Rules) -> Reading:
    if data[:8].lower().startswith(("http://", "https://")):
        return _link(data)
    if symbology in _GS1_SYMBOLOGIES or FNC1 in data:
        return _message(data, GS1Message.parse)
    if data.startswith("("):
        return _message(data, GS1Message.parse_hri)
    if _BEGINS_WITH_GTIN.match(data) and not is_digits(data) and check(data[2:16]).right:
        return _message(data, GS1Message.parse)  # from a scanner that sends neither symbology nor separators
    code = bare(data)
    if not is_digits(code) and len(code) != 10:
        return _own(data, "not numeric")
    if len(code) in (8, 10, 12, 13, 14):
        return _number(code, rules)
    if len(code) >= 16:
        read = _message(code, GS1Message.parse)
        if read.reason != "data":
            return read
    return _unreadable(code)


def _number(code: str, rules: Rules) -> Reading:
    if is_digits(code) and len(code) != 10:
        if (coupon := coupon_of(code)) and check(code).right:
            why = f"This is the code of a {coupon}, not of a product."
            return Reading(ScanKind.COUPON, code, reason="restricted", why=why)
        if found := read_in_store(code, rules.patterns, rules.minor):
            kind = ScanKind.WEIGHT if found.weight_kg is not None else ScanKind.PRICE
            keys = (gtin14(code), gtin14(found.without_value), found.item)
            return Reading(kind, code, gtin14(code), keys, item=found.item, weight_kg=found.weight_kg, price=found.price)
        if not check(code).right and (full := expand_upc_e(code)):
            return Reading(ScanKind.GTIN_12, code, gtin14(full), (gtin14(full), code))
    try:
        read = read_barcode(code)
    except WrongBarcode as wrong:
        return Reading(ScanKind.INVALID, code, keys=(code.upper(),), reason=wrong.reason, why=wrong.message)
    if read.kind is BarcodeKind.INTERNAL:
        return _own(code, "not numeric")
    return Reading(_KINDS[read.kind], code, read.key, (read.key,))


def _own(data: str, reason: str) -> Reading:
    return Reading(ScanKind.INTERNAL, data, keys=(data.upper(),), reason=reason)


def _unreadable(code: str) -> Reading:
    try:
        read_barcode(code)
    except WrongBarcode as wrong:
        return Reading(ScanKind.INVALID, code, keys=(code.upper(),), reason=wrong.reason, why=wrong.message)
    return _own(code, "")


def _link(data: str) -> Reading:
    try:
        return _of_elements(ScanKind.LINK, data, GS1DigitalLinkURI.parse(data).element_strings)
    except (ParseError, ValueError):
        return Reading(ScanKind.INVALID, data, reason="data", why="This web address is no GS1 Digital Link: it names no product.")


def _message(data: str, parse: Callable[[str], GS1Message]) -> Reading:
    try:
        elements: Sequence[GS1ElementString] = parse(data).element_strings
    except (ParseError, ValueError):
        return Reading(
            ScanKind.INVALID, data, keys=(data.upper(),), reason="data", why="This looks like GS1 data, but does not follow its rules."
        )
    if not any(each.ai.ai in _WHAT_IT_IS for each in elements):
        return Reading(ScanKind.INVALID, data, keys=(data.upper(),), reason="data", why="This GS1 data names no product.")
    return _of_elements(ScanKind.MESSAGE, data, elements)


def _of_elements(kind: ScanKind, data: str, elements: Sequence[GS1ElementString]) -> Reading:
    values = {each.ai.ai: each.value for each in elements}
    shown = tuple(Element(each.ai.ai, each.ai.data_title or each.ai.description, _text(each)) for each in elements)
    number = values.get("01") or values.get("02") or values.get("8006", "")[:14]
    if number:
        if not check(number).right:
            why = (
                f"The check digit of {number} is wrong: the last digit should be {check(number).expected}, not {number[-1]}. Scan it again."
            )
            return Reading(ScanKind.INVALID, data, elements=shown, reason="check digit", why=why)
        return Reading(kind, data, number, (number,), shown, weight_kg=_weight(elements), price=_price(elements))
    if "00" in values:
        return Reading(
            ScanKind.SSCC,
            data,
            elements=shown,
            reason="logistic unit",
            why="This is the number of a parcel or pallet (SSCC), not of a product.",
        )
    return Reading(ScanKind.INVALID, data, elements=shown, reason="data", why="This GS1 data names no product.")


def _text(element: GS1ElementString) -> str:
    ai = element.ai.ai
    if element.date:
        return element.date.isoformat()
    if element.decimal is not None:
        unit = {"310": " kg", "392": " price", "393": " price"}.get(ai[:3], "")
        return f"{element.decimal.normalize():f}{unit}"
    return element.value


def _weight(elements: Sequence[GS1ElementString]) -> Decimal | None:
    return next((each.decimal for each in elements if each.ai.ai[:3] == "310"), None)


def _price(elements: Sequence[GS1ElementString]) -> Decimal | None:
    return next((each.decimal for each in elements if each.ai.ai[:3] in ("392", "393")), None)
