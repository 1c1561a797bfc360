"""Plain-text books as rows of entries: what each posting weighs, in currencies."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal

from weft.money import is_currency, minor_unit, round_to

from .model import ZERO, Amount, Book, Posting, Transaction, class_of

SYMBOLS = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "US$": "USD", "C$": "CAD", "A$": "AUD"}
CLOSE = Decimal("0.05")  # what rounding of prices may leave in an entry


def rows_of(book: Book) -> Iterator[Mapping[str, str]]:
    """Yield a row for each posting; those of one transaction have the same `entry`. What is wrong is a row of its own, under ``""``."""
    for problem in book.problems:
        yield {"": f"Line {problem.line}: {problem.sentence}"}
    for each in book.transactions:
        real = [posting for posting in each.postings if not posting.virtual]
        if not real:
            continue
        strange = sorted({posting.weight.commodity for posting in real if not _known(posting)})
        money = [posting for posting in real if _known(posting)]
        if strange and (not money or not _even(money)):
            yield {"": f"Line {each.line}: “{each.description}” is in {', '.join(strange)}, which are no currencies: it is left out."}
            continue
        if strange:  # hours beside wages: what is in currencies stands by itself
            each = replace(each, description=f"{each.description} (without {', '.join(strange)})")
        yield from _rows(book, each, money)


def _even(postings: list[Posting]) -> bool:
    sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for posting in postings:
        sums[posting.weight.commodity] += posting.weight.number
    return all(abs(total) <= CLOSE for total in sums.values())


def _known(posting: Posting) -> bool:
    commodity = posting.weight.commodity
    return commodity in SYMBOLS or not commodity or is_currency(commodity)


def _rows(book: Book, each: Transaction, real: list[Posting]) -> Iterator[Mapping[str, str]]:
    head = {"entry": str(each.line), "date": each.day.isoformat(), "description": each.description}
    sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for posting in real:
        weight = _rounded(posting.weight)
        sums[weight.commodity] += weight.number
        if weight.number:
            units = posting.units
            text = f"{units.number:f} {units.commodity}" if units and units.commodity != posting.weight.commodity else ""
            found = {"account": posting.account, "class": class_of(posting.account, book.accounts), "text": text}
            yield {**head, **found, "amount": f"{weight.number:f}", "currency": weight.commodity}
    for currency, left in sums.items():
        if left and len([total for total in sums.values() if total]) == 1 and abs(left) <= CLOSE:
            yield {**head, "account": "event:rounding", "amount": f"{-left:f}", "currency": currency}


def _rounded(weight: Amount) -> Amount:
    currency = SYMBOLS.get(weight.commodity, weight.commodity)
    step = minor_unit(currency) if is_currency(currency) else Decimal("0.01")
    return Amount(round_to(weight.number, step), currency)
