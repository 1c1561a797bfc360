"""Why a record is parked, in words for a shop assistant, and the ways out that each leaves."""

from dataclasses import dataclass
from types import MappingProxyType

ACCEPT, ITEM, CUSTOMER, RETRY, REJECT, DISMISS = "accept", "item", "customer", "retry", "reject", "dismiss"


@dataclass(frozen=True, slots=True)
class Reason:
    """What is wrong with a record: a key of `TITLES`, and a sentence that names the figures."""

    key: str
    sentence: str


TITLES = MappingProxyType(
    {
        "figures": "Figures do not follow from each other",
        "tenders": "What was paid does not cover it",
        "item": "Unknown item",
        "original": "The receipt it returns is not here",
        "returned": "More comes back than was sold",
        "voided": "The receipt it voids cannot be voided",
        "value": "Gift card or store credit does not cover it",
        "points": "Points do not follow",
        "promotion": "A promotion that does not hold",
        "discount": "More taken off than a cashier may",
        "price": "Another price than in the price list",
        "customer": "Unknown customer",
        "currency": "Another currency",
        "chain": "Does not follow the record before it",
        "period": "The books are closed for that day",
        "stock": "Stock refuses it",
        "books": "The books refuse it",
        "session": "Its session is not here",
        "failed": "Something went wrong on our side",
        "content": "Arrived before with other content",
        "place": "Its number is taken by another record",
        "damaged": "Damaged on the way",
        "unreadable": "Cannot be read",
        "gap": "Records are missing",
        "late_chain": "An earlier record does not fit this one",
    }
)

# What a person can do about each; `retry` asks again whether all is well now.
WAYS = MappingProxyType(
    {
        "parked": (RETRY, ACCEPT, REJECT),
        "conflict": (ACCEPT, DISMISS),
        "corrupt": (ACCEPT, DISMISS),
        "gap": (DISMISS,),
        "chain": (DISMISS,),
    }
)


def ways(kind: str, reason: str) -> tuple[str, ...]:
    """Return the ways out of a problem, the likeliest first."""
    found = WAYS[kind]
    if reason == "item":
        return (ITEM, *found)
    if reason == "customer":
        return (CUSTOMER, *found)
    if reason == "unreadable":
        return (DISMISS,)
    return found
