"""Stores, tills and operators as values, and how PINs and keys are kept."""

import base64
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

import msgspec

PAIRING_TIME = timedelta(minutes=15)
KEY_PREFIX = "pos_"
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that is read for another
_ROUNDS = 210_000  # of PBKDF2 with SHA-512 (OWASP, password storage): WebCrypto has it, so that a till checks a PIN without a connection

Role = Literal["cashier", "manager"]
CodeText = Annotated[str, msgspec.Meta(min_length=1, max_length=12, pattern=r"^[A-Za-z0-9][A-Za-z0-9-]*$")]
Title = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]


class StoreDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A store as it is typed."""

    code: CodeText
    title: Title
    location: Annotated[str, msgspec.Meta(max_length=120)] = ""
    price_list: Annotated[str, msgspec.Meta(max_length=40)] = ""
    address: Annotated[str, msgspec.Meta(max_length=400)] = ""
    phone: Annotated[str, msgspec.Meta(max_length=40)] = ""
    head: Annotated[str, msgspec.Meta(max_length=400)] = ""
    foot: Annotated[str, msgspec.Meta(max_length=400)] = ""
    active: bool = True
    version: int = 0


class Store(StoreDraft, frozen=True, kw_only=True):
    """A store."""

    id: UUID


class TillDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A till as it is typed."""

    code: CodeText
    title: Title
    store: UUID
    printer: Annotated[str, msgspec.Meta(max_length=120)] = ""
    active: bool = True
    version: int = 0


class Till(TillDraft, frozen=True, kw_only=True):
    """A till, with how far its chain is."""

    id: UUID
    store_title: str = ""
    location: str = ""
    price_list: str = ""
    paired_at: datetime | None = None
    revoked_at: datetime | None = None
    seen_at: datetime | None = None
    device: str = ""
    chain_seq: int = 0
    chain_hash: str = ""
    last_seq: int = 0

    @property
    def paired(self) -> bool:
        """Whether a device has a key to it."""
        return self.paired_at is not None and self.revoked_at is None


class OperatorDraft(msgspec.Struct, frozen=True, kw_only=True):
    """An operator as they are typed; an empty PIN keeps the one that is set."""

    name: Title
    role: Role = "cashier"
    pin: Annotated[str, msgspec.Meta(max_length=12)] = ""
    person: UUID | None = None
    active: bool = True
    version: int = 0


class Operator(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who works at tills."""

    id: UUID
    name: str
    role: Role
    pin_hash: str
    person: UUID | None = None
    active: bool = True
    version: int = 1


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret, shown once, and what is kept of it."""

    shown: str
    kept: str


def new_key() -> Secret:
    """Return a new key for a device: 256 bits."""
    shown = KEY_PREFIX + secrets.token_urlsafe(32)
    return Secret(shown, kept(shown))


def new_pairing_code() -> Secret:
    """Return a new pairing code: 40 bits, which holds for `PAIRING_TIME`."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(8))
    return Secret(f"{letters[:4]}-{letters[4:]}", kept(letters))


def typed_code(text: str) -> str:
    """Return a pairing code as it is kept, from what was typed."""
    return kept(re.sub(r"[^A-Z0-9]", "", text.upper()))


def kept(secret: str) -> str:
    """Return what is kept of a secret that is long enough not to be guessed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def good_pin(pin: str) -> bool:
    """Tell whether a PIN has four to eight digits that are not all the same."""
    return re.fullmatch(r"\d{4,8}", pin) is not None and len(set(pin)) > 1


def hash_pin(pin: str) -> str:
    """Return a PIN as ``pbkdf2-sha512$rounds$salt$hash``, both in Base64."""
    salt = secrets.token_bytes(16)
    found = hashlib.pbkdf2_hmac("sha512", pin.encode(), salt, _ROUNDS, 32)
    return f"pbkdf2-sha512${_ROUNDS}${base64.b64encode(salt).decode()}${base64.b64encode(found).decode()}"


def is_pin(pin: str, stored: str) -> bool:
    """Tell whether a PIN is the one that is kept."""
    try:
        _, rounds, salt, wanted = stored.split("$")
        found = hashlib.pbkdf2_hmac("sha512", pin.encode(), base64.b64decode(salt), int(rounds), 32)
    except ValueError:
        return False
    return hmac.compare_digest(found, base64.b64decode(wanted))
