"""Ways to pay that are a business's own, beside cash, cards, gift cards, store credit and points."""

import re
import unicodedata
from collections.abc import Mapping

import msgspec

STANDARD = frozenset({"cash", "card", "gift_card", "store_credit", "loyalty"})
MOST = 12  # buttons that a till has room for
LONGEST = 40  # characters of a type


class OwnTender(msgspec.Struct, frozen=True, kw_only=True):
    """A way to pay: its type stands on receipts and is the detail of its posting rule, its title on buttons."""

    type: str
    title: str


def own_tenders(text: str) -> tuple[OwnTender, ...]:
    """Read titles with commas or new lines between them; what is there already, or has no letter, is left out."""
    found: dict[str, OwnTender] = {}
    for title in re.split(r"[,;\n]", text):
        kind = _type(title)
        if kind and kind not in STANDARD and len(found) < MOST:
            found.setdefault(kind, OwnTender(type=kind, title=" ".join(title.split())[:LONGEST]))
    return tuple(found.values())


def titles(text: str) -> Mapping[str, str]:
    """Return what each of them is called."""
    return {each.type: each.title for each in own_tenders(text)}


def _type(title: str) -> str:
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:LONGEST]
