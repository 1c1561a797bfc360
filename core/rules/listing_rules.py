"""Rules about a listing's declaration; what its SQL does is tried in a business."""

from collections import Counter
from collections.abc import Iterator

from core.listing.query import OWN_KEYS
from core.rules.rule import Problem, Rule
from core.rules.subject import Subject
from weft import Column, ColumnKind, Listing


def columns(subject: Subject) -> Iterator[Problem]:
    """A listing's parts fit together."""
    for listing in subject.declared("listings"):
        where = subject.hook_place("listings")
        for sentence in (*_keys(listing), *_sort(listing), *_link(listing)):
            yield Problem(where, f"The listing “{listing.name}”: {sentence}")
        for column in listing.columns:
            for sentence in _column(listing, column):
                yield Problem(where, f"The listing “{listing.name}”, column “{column.key}”: {sentence}")


def _keys(listing: Listing) -> Iterator[str]:
    keys = Counter(column.key for column in listing.columns)
    for key, count in keys.items():
        if count > 1:
            yield f"two columns have the key “{key}”: give one of them another."
        if key in OWN_KEYS or not key.isidentifier():
            yield f"“{key}” cannot be a column's key: it is taken in addresses, or is no plain word. Choose another."
    for segment, count in Counter(each.key for each in listing.segments).items():
        if count > 1:
            yield f"two segments have the key “{segment}”: give one of them another."


def _sort(listing: Listing) -> Iterator[str]:
    column = listing.column(listing.default_sort.removeprefix("-"))
    if column is None:
        yield f"it is sorted by “{listing.default_sort}”, which is none of its columns."
    elif not column.sortable:
        yield f"it is sorted by “{column.key}”, which is not sortable: write sortable=True, and make its index."


def _link(listing: Listing) -> Iterator[str]:
    links = sum(column.link for column in listing.columns)
    if listing.record and links != 1:
        yield f"{links} of its columns link to the record: write link=True on exactly one, the one that names the record."


def _column(listing: Listing, column: Column) -> Iterator[str]:
    if column.kind is ColumnKind.MONEY:
        if not column.currency:
            yield "an amount without its currency: name the column that holds it in currency=."
        elif listing.column(column.currency) is None:
            yield f"its currency is in the column “{column.currency}”, which is not there: add it, hidden if nobody needs to see it."
    if column.kind is ColumnKind.CHOICE and not column.choices and column.options is None:
        yield "a choice without choices: list them in choices=, or give options=."
    if column.sortable and column.kind in (ColumnKind.TAGS, ColumnKind.IMAGE):
        yield f"a column of the kind {column.kind.value} has no order: it cannot be sortable."


RULES = (Rule("listings", "A listing's columns, order, segments and link fit together", columns),)
