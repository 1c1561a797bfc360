"""Barcodes: which are right, what they are, and when two are the same (GS1 General Specifications, sections 1.4, 2.1 and 7.9)."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

import msgspec
from stdnum import ean, isbn

from weft.errors import Invalid

LENGTHS = (8, 12, 13, 14)
LONGEST = 48  # characters of an internal code; Code 128 holds more, but no scanner gun reads it well
_DIGITS = re.compile(r"[0-9]+")
_PRINTED = re.compile(r"[0-9][0-9 \-\u2010-\u2013]*[0-9Xx]")
_ROUNDED = re.compile(r"[0-9][.,][0-9]+E\+?[0-9]+", re.IGNORECASE)
_INTERNAL = re.compile(r"[!-:<-{}~](?:[ -:<-{}~]*[!-:<-{}~])?")  # of ASCII all but ; and |, which stand between codes


class BarcodeKind(StrEnum):
    """What a barcode is. IN_STORE are restricted circulation numbers: they mean something only in the shop or region that gave them."""

    GTIN_8 = "gtin8"
    GTIN_12 = "gtin12"
    GTIN_13 = "gtin13"
    GTIN_14 = "gtin14"
    ISBN = "isbn"
    IN_STORE = "in_store"
    INTERNAL = "internal"


TITLES = {
    BarcodeKind.GTIN_8: "GTIN-8",
    BarcodeKind.GTIN_12: "GTIN-12 (UPC-A)",
    BarcodeKind.GTIN_13: "GTIN-13 (EAN)",
    BarcodeKind.GTIN_14: "GTIN-14 (case)",
    BarcodeKind.ISBN: "ISBN",
    BarcodeKind.IN_STORE: "In-store code",
    BarcodeKind.INTERNAL: "Internal code",
}


class WrongBarcode(Invalid):
    """A code that is no barcode of a product; `reason` is one of empty, length, check digit, restricted, characters."""

    def __init__(self, sentence: str, reason: str) -> None:
        super().__init__(sentence)
        self.reason = reason


class Barcode(msgspec.Struct, frozen=True, kw_only=True):
    """One barcode of a variant. `key` decides equality: the 14-digit form of a GTIN, or the internal code in capitals.

    `quantity` is how many units the code stands for: 1, or more on the code of a case.
    """

    code: str
    kind: BarcodeKind
    key: str
    quantity: Decimal = Decimal(1)

    @property
    def title(self) -> str:
        """What the kind is called."""
        return TITLES[self.kind]


@dataclass(frozen=True, slots=True)
class Checked:
    """Digits with what their last one should be."""

    digits: str
    expected: str

    @property
    def right(self) -> bool:
        """Whether it is."""
        return self.digits[-1] == self.expected


def check(digits: str) -> Checked:
    """Compare the check digit (modulo 10 with weights 3 and 1 from the right, GS1 General Specifications 7.9.1)."""
    return Checked(digits, ean.calc_check_digit(digits[:-1]))


def gtin14(digits: str) -> str:
    """Return the form in which GTINs of all lengths are compared: filled up to 14 digits with zeros from the left."""
    return digits.rjust(14, "0")


def bare(text: str) -> str:
    """Return a code as a scanner would read it: digits printed with spaces or hyphens are put together, anything else is stripped."""
    text = unicodedata.normalize("NFKC", text).strip()
    return re.sub(r"[^0-9Xx]", "", text).upper() if _PRINTED.fullmatch(text) else text


def read_barcode(text: str, *, internal: bool = False, zeros: bool = False, quantity: Decimal = Decimal(1)) -> Barcode:
    """Read what somebody typed or scanned as a product's barcode.

    With `internal`, digits that are no GTIN are taken as a code of the shop's own; with `zeros`, digits that a spreadsheet has robbed of
    the zeros at their beginning get them back, where the check digit says so. Raises `WrongBarcode` with a sentence.
    """
    code = bare(text)
    if zeros:
        code = with_zeros(code)
    if not code:
        raise WrongBarcode("Enter a barcode.", "empty")
    if _DIGITS.fullmatch(code):
        try:
            return _numeric(code, quantity)
        except WrongBarcode as wrong:
            if not internal or wrong.reason == "restricted":
                raise
            return _internal(code, quantity)
    if _is_isbn10(code):
        return _isbn(code, quantity)
    if _ROUNDED.fullmatch(code):
        raise WrongBarcode(
            f"A spreadsheet has rounded this code to {code}: format the column as text there and enter the code again.", "characters"
        )
    return _internal(unicodedata.normalize("NFKC", text).strip(), quantity)


def with_zeros(code: str) -> str:
    """Return digits filled up to the next length of a GTIN, if their check digit is right; zeros in front never change that."""
    if not _DIGITS.fullmatch(code) or len(code) < 6 or len(code) in LENGTHS or len(code) > 14 or not check(code).right:
        return code
    return code.rjust(next(length for length in LENGTHS if length > len(code)), "0")


def is_digits(text: str) -> bool:
    """Tell whether text is made of ASCII digits alone."""
    return _DIGITS.fullmatch(text) is not None


def _numeric(code: str, quantity: Decimal) -> Barcode:
    if _is_isbn10(code):
        return _isbn(code, quantity)
    if len(code) not in LENGTHS:
        raise WrongBarcode(
            f"{code} has {len(code)} digit{'' if len(code) == 1 else 's'}; a barcode (GTIN) has 8, 12, 13 or 14. "
            "Scan it again, or mark it as an internal code.",
            "length",
        )
    if not code.strip("0"):
        raise WrongBarcode(f"{code} is all zeros: it names no product.", "restricted")
    checked = check(code)
    if not checked.right:
        raise WrongBarcode(
            f"The check digit of {code} is wrong: the last digit should be {checked.expected}, not {code[-1]}. "
            "Scan it again, or compare it with the package.",
            "check digit",
        )
    if coupon := coupon_of(code):
        raise WrongBarcode(f"{code} is the code of a {coupon}, not of a product.", "restricted")
    return Barcode(code=code, kind=kind_of(code), key=gtin14(code), quantity=quantity)


def kind_of(digits: str) -> BarcodeKind:
    """Tell what a right GTIN is; zeros it was filled up with do not count, so a UPC written with 13 digits is a UPC."""
    if len(digits) == 8:
        return BarcodeKind.IN_STORE if digits[0] in "02" else BarcodeKind.GTIN_8
    full = gtin14(digits)
    if full[0] != "0":
        return BarcodeKind.GTIN_14
    thirteen = full[1:]
    if thirteen[0] == "2" or thirteen[:2] in ("02", "04"):
        return BarcodeKind.IN_STORE
    if thirteen[:3] in ("978", "979"):
        return BarcodeKind.ISBN
    if thirteen.startswith("00000") and len(digits) != 12:
        return BarcodeKind.GTIN_8
    return BarcodeKind.GTIN_12 if thirteen[0] == "0" else BarcodeKind.GTIN_13


def coupon_of(digits: str) -> str:
    """Return what a code with a prefix for paper stands for (980 to 984, 99), or nothing: such codes are never looked up as products."""
    thirteen = gtin14(digits)[1:]
    if len(digits) == 8 or gtin14(digits)[0] != "0":
        return ""
    if thirteen.startswith("980"):
        return "refund receipt"
    return "coupon" if thirteen[:3] in ("981", "982", "983", "984") or thirteen.startswith("99") else ""


def expand_upc_e(digits: str) -> str | None:
    """Return the 12 digits that an 8-digit UPC-E stands for (GS1 General Specifications 5.2.2.4), or nothing when it is none."""
    if len(digits) != 8 or digits[0] not in "01":
        return None
    system, body, last = digits[0], digits[1:7], digits[7]
    tail = body[5]
    if tail in "012":
        long = f"{body[:2]}{tail}0000{body[2:5]}"
    elif tail == "3":
        long = f"{body[:3]}00000{body[3:5]}"
    elif tail == "4":
        long = f"{body[:4]}00000{body[4]}"
    else:
        long = f"{body[:5]}0000{tail}"
    full = f"{system}{long}{last}"
    return full if check(full).right else None


def _is_isbn10(code: str) -> bool:
    return len(code) == 10 and isbn.is_valid(code)


def _isbn(code: str, quantity: Decimal) -> Barcode:
    thirteen = isbn.compact(isbn.to_isbn13(code))
    return Barcode(code=thirteen, kind=BarcodeKind.ISBN, key=gtin14(thirteen), quantity=quantity)


def _internal(code: str, quantity: Decimal) -> Barcode:
    if len(code) > LONGEST or not _INTERNAL.fullmatch(code):
        raise WrongBarcode(
            f"“{code[:60]}” cannot be an internal code: use at most {LONGEST} letters, digits and signs of ASCII.", "characters"
        )
    return Barcode(code=code, kind=BarcodeKind.INTERNAL, key=code.upper(), quantity=quantity)
