"""E-mail addresses, telephone numbers and web sites: what is one, and the one form each is kept in."""

import re
from functools import lru_cache
from typing import Literal, get_args
from urllib.parse import urlsplit, urlunsplit

import phonenumbers
from phonenumbers import PhoneNumberFormat

from .countries import country_name
from .text import tidy

PointKind = Literal["email", "phone", "website"]
Label = Literal["", "work", "home", "mobile", "fax", "invoices", "other"]
LABELS: tuple[str, ...] = get_args(Label)
LABEL_TITLES = {"": "", "work": "Work", "home": "Home", "mobile": "Mobile", "fax": "Fax", "invoices": "Invoices", "other": "Other"}

# RFC 5321 section 4.5.3.1 for lengths, RFC 5322 section 3.2.3 for what a local part is made of; RFC 6531 lets both be international.
_LOCAL = re.compile(r"[^\s@\"(),:;<>\[\\\]\x00-\x1f]+")
_DOMAIN_LABEL = re.compile(r"(?!-)[^\W_](?:[\w-]{0,61}[^\W_])?", re.UNICODE)
_WRAPPED = re.compile(r"(?:mailto:)?<?([^<>]*)>?|[^<]*<([^<>]*)>", re.IGNORECASE)
_EXTENSION = ";ext="


def read_email(text: str) -> str:
    """Return an e-mail address in lower case; raises `ValueError` with a sentence.

    RFC 5321 section 2.4 lets a server tell upper from lower case before the @; none that people use does, nor does who types an address.

    >>> read_email(" Ada@Example.COM "), read_email("Ada Lovelace <ada@example.com>")
    ('ada@example.com', 'ada@example.com')
    """
    wrapped = _WRAPPED.fullmatch(tidy(text))
    bare = (wrapped[1] or wrapped[2] or "" if wrapped else text).strip()
    local, at, domain = bare.rpartition("@")
    if not at:
        raise ValueError(f"“{text}” is not an e-mail address: it has no @.")
    domain = domain.rstrip(".").lower()
    if not _LOCAL.fullmatch(local) or local.startswith(".") or local.endswith(".") or ".." in local:
        raise ValueError(f"“{text}” is not an e-mail address: look at the part before the @.")
    labels = domain.split(".")
    if len(labels) < 2 or not all(_DOMAIN_LABEL.fullmatch(label) for label in labels) or labels[-1].isdecimal():
        raise ValueError(f"“{text}” is not an e-mail address: look at the part after the @.")
    if len(local.encode()) > 64 or len(domain.encode()) > 255:
        raise ValueError(f"“{text[:40]}…” is too long for an e-mail address.")
    return f"{local.lower()}@{domain}"


@lru_cache(maxsize=4096)
def read_phone(text: str, country: str) -> str:
    """Return a telephone number in E.164, with ``;ext=`` and the extension where it has one (RFC 3966); raises `ValueError`.

    A number without + belongs to `country` (ISO 3166-1 alpha-2).

    >>> read_phone("020 7946 0018", "GB"), read_phone("tel:+1-418-656-9254;ext=102", "")
    ('+442079460018', '+14186569254;ext=102')
    """
    try:
        number = _parsed(text) if text.startswith("+") else phonenumbers.parse(text, country or None)
    except phonenumbers.NumberParseException as wrong:
        if wrong.error_type == wrong.INVALID_COUNTRY_CODE and not country:
            raise ValueError(f"“{text}” needs a country: begin with + and the country code.") from None
        raise ValueError(f"“{text}” is not a telephone number.") from None
    if not phonenumbers.is_possible_number(number):
        where = phonenumbers.region_code_for_country_code(number.country_code or 0) or ""
        place = f" in {country_name(where)}" if where in phonenumbers.SUPPORTED_REGIONS else ""
        raise ValueError(f"“{text}” is too short or too long for a telephone number{place}. Begin with + and the country code for another.")
    plain = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return f"{plain}{_EXTENSION}{number.extension}" if number.extension else plain


@lru_cache(maxsize=4096)
def _parsed(value: str) -> phonenumbers.PhoneNumber:
    return phonenumbers.parse(value)


def show_phone(value: str) -> str:
    """Return a kept number as people read it, such as ``+44 20 7946 0018``."""
    try:
        return phonenumbers.format_number(_parsed(value), PhoneNumberFormat.INTERNATIONAL)
    except phonenumbers.NumberParseException:
        return value


def phone_words(value: str) -> tuple[str, str]:
    """Return a kept number as it may be looked for: with its country code, and as it is dialled inside its country."""
    bare = value.partition(_EXTENSION)[0]
    try:
        inside = phonenumbers.format_number(_parsed(bare), PhoneNumberFormat.NATIONAL)
    except phonenumbers.NumberParseException:
        inside = ""
    return bare, re.sub(r"\D", "", inside)


def read_website(text: str) -> str:
    """Return a web address with its scheme and its host in lower case; raises `ValueError` with a sentence.

    >>> read_website("Example.com/Shop")
    'https://example.com/Shop'
    """
    bare = text.strip()
    full = bare if re.match(r"[a-z][a-z0-9+.\-]*://", bare, re.IGNORECASE) else f"https://{bare}"
    try:
        parts = urlsplit(full)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        raise ValueError(f"“{text}” is not a web address.") from None
    labels = host.split(".")
    if parts.scheme.lower() not in ("http", "https"):
        raise ValueError(f"“{text}” is not a web address: it should begin with https://.")
    if len(labels) < 2 or not all(_DOMAIN_LABEL.fullmatch(label) for label in labels) or parts.username or re.search(r"\s", full):
        raise ValueError(f"“{text}” is not a web address such as https://example.com.")
    if len(full) > 2000:
        raise ValueError("This web address is longer than 2,000 characters.")
    address = parts.scheme.lower(), f"{host}:{port}" if port else host, parts.path if parts.path != "/" else "", parts.query, parts.fragment
    return urlunsplit(address)
