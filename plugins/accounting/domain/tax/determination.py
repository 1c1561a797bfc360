"""Which taxes stand on a line: by the tax category of what is sold, and by who is on the other side (fiscal positions)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

import msgspec

ItemKind = Literal["goods", "service"]
Key = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9_]{0,40}$")]

# Member states, and from when through when their territory is that of the common system of VAT (Directive 2006/112/EC, article 5; for the
# United Kingdom the end of the transition period, Withdrawal Agreement, article 126). GR is EL in VAT numbers (article 215).
_ALWAYS = date(1993, 1, 1)
EU: dict[str, tuple[date, date | None]] = {
    **dict.fromkeys(("BE", "DE", "DK", "ES", "FR", "GR", "IE", "IT", "LU", "NL", "PT"), (_ALWAYS, None)),
    **dict.fromkeys(("AT", "FI", "SE"), (date(1995, 1, 1), None)),
    **dict.fromkeys(("CY", "CZ", "EE", "HU", "LT", "LV", "MT", "PL", "SI", "SK"), (date(2004, 5, 1), None)),
    **dict.fromkeys(("BG", "RO"), (date(2007, 1, 1), None)),
    "HR": (date(2013, 7, 1), None),
    "GB": (_ALWAYS, date(2020, 12, 31)),
}
# Directive 2006/112/EC, article 7: Monaco is treated as France, the Isle of Man as the United Kingdom; EL is how Greece writes itself.
_ALIASES = {"MC": "FR", "IM": "GB", "EL": "GR"}


class Where(StrEnum):
    """Where the other party is, seen from the business."""

    ANYWHERE = "anywhere"
    DOMESTIC = "domestic"
    EU = "eu"  # in another member state
    ABROAD = "abroad"  # neither at home nor, for a business in the EU, in another member state
    LISTED = "listed"  # in one of `countries`
    CHOSEN = "chosen"  # never by itself: a person chooses it for a document


class Who(StrEnum):
    """What the other party is."""

    ANYONE = "anyone"
    REGISTERED = "registered"  # with a VAT number of where it is
    ORGANISATION = "organisation"


class TaxCategory(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which taxes stand on items of a category at home; the category with the empty key is the usual one."""

    key: Key
    title: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    sale: tuple[str, ...] = ()
    purchase: tuple[str, ...] = ()
    law: str = ""


class FiscalPosition(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What replaces the taxes of home when the other party is somewhere else; codes that are not named stay.

    `services` counts for services; where it is none, `goods` counts for them too.
    """

    code: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9_]{1,40}$")]
    title: Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
    law: str = ""
    where: Where = Where.ANYWHERE
    countries: tuple[str, ...] = ()  # ISO 3166-1 alpha-2, of `listed`
    who: Who = Who.ANYONE
    valid_from: date = date(1, 1, 1)
    valid_to: date | None = None
    goods: dict[str, tuple[str, ...]] = {}
    services: dict[str, tuple[str, ...]] | None = None
    hint: str = ""  # what a person should know who sees it chosen

    def fits(self, partner: "Partner", home: str, day: date) -> bool:
        """Tell whether it is for a party of a business at `home` on a day."""
        if day < self.valid_from or (self.valid_to is not None and self.valid_to < day):
            return False
        if self.who is Who.REGISTERED and not partner.is_registered:
            return False
        if self.who is Who.ORGANISATION and not (partner.organisation or partner.is_registered):
            return False
        return _is_there(self.where, self.countries, partner.place or home, home, day)

    def replace(self, code: str, kind: ItemKind) -> tuple[str, ...]:
        """Return the taxes instead of one of home's."""
        rules = self.goods if kind == "goods" or self.services is None else self.services
        return rules.get(code, (code,))


@dataclass(frozen=True, slots=True)
class Partner:
    """What tells how a party is taxed: `country` of its address, `vat` its VAT number with the prefix of its country."""

    country: str = ""
    vat: str = ""
    organisation: bool = False

    @property
    def place(self) -> str:
        """Where it is: by its address, or else by its VAT number; empty when neither tells."""
        return known_as(self.country or self.vat[:2])

    @property
    def is_registered(self) -> bool:
        """Whether it has a VAT number of where it is; one of another country does not make it a business there."""
        return bool(self.vat) and known_as(self.vat[:2]) == self.place


def known_as(country: str) -> str:
    """Return the country that a code means where VAT is concerned."""
    return _ALIASES.get(country.upper(), country.upper())


def in_eu(country: str, day: date) -> bool:
    """Tell whether a country is part of the common system of VAT on a day."""
    found = EU.get(known_as(country))
    return found is not None and found[0] <= day and (found[1] is None or day <= found[1])


def _is_there(where: Where, countries: Sequence[str], place: str, home: str, day: date) -> bool:
    domestic = place == known_as(home)
    neighbour = not domestic and in_eu(home, day) and in_eu(place, day)
    match where:
        case Where.ANYWHERE:
            return True
        case Where.DOMESTIC:
            return domestic
        case Where.EU:
            return neighbour
        case Where.ABROAD:
            return not domestic and not neighbour
        case Where.LISTED:
            return place in {known_as(each) for each in countries}
        case Where.CHOSEN:
            return False


def position_for(positions: Sequence[FiscalPosition], partner: Partner, home: str, day: date) -> FiscalPosition | None:
    """Return the first position that fits a party on a day; none means the taxes of home."""
    return next((each for each in positions if each.fits(partner, home, day)), None)


def mapped(codes: Sequence[str], position: FiscalPosition | None, kind: ItemKind = "goods") -> tuple[str, ...]:
    """Return the taxes of home as a position has them, each once, in order."""
    if position is None:
        return tuple(codes)
    return tuple(dict.fromkeys(other for code in codes for other in position.replace(code, kind)))


def problems(categories: Sequence[TaxCategory], positions: Sequence[FiscalPosition], sale: Mapping[str, bool]) -> list[str]:
    """Return a sentence for each category or position that cannot be; `sale` says of each tax and group whether it is one on sales."""
    wrong: list[str] = []
    keys = [each.key for each in categories]
    wrong += [f"The tax category “{key}” is there twice." for key in sorted({each for each in keys if keys.count(each) > 1})]
    if categories and "" not in keys:
        wrong.append("There is no usual tax category: one has an empty key.")
    for category in categories:
        for code, wanted in [*((each, True) for each in category.sale), *((each, False) for each in category.purchase)]:
            if code not in sale:
                wrong.append(f"The tax category “{category.title}” names “{code}”, which is no tax.")
            elif sale[code] is not wanted:
                wrong.append(f"The tax category “{category.title}”: “{code}” is a tax on {'sales' if sale[code] else 'purchases'}.")
    codes = [each.code for each in positions]
    wrong += [f"The fiscal position “{code}” is there twice." for code in sorted({each for each in codes if codes.count(each) > 1})]
    for position in positions:
        for rules in (position.goods, position.services or {}):
            for code, others in rules.items():
                wrong += [
                    f"The fiscal position “{position.title}” names “{each}”, which is no tax."
                    for each in (code, *others)
                    if each not in sale
                ]
                if any(sale.get(each, sale.get(code)) is not sale.get(code) for each in others):
                    wrong.append(f"The fiscal position “{position.title}” puts taxes on sales and on purchases in place of each other.")
    return wrong
