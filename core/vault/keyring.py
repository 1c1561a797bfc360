"""The installation's keys, which wrap those of businesses: the one in use, and older ones that still open what they wrapped."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidTag

from core.settings import Misconfigured, Settings
from core.vault.locks import opened
from core.vault.streams import unwrap, wrap


@dataclass(frozen=True, slots=True)
class WrappingKey:
    """One key of the installation's; `id` tells which it is without telling it."""

    id: str
    key: bytes


class Keyring:
    """Wraps with the key in use; unwraps with whichever did it."""

    def __init__(self, keys: Sequence[WrappingKey]) -> None:
        self.current = keys[0]
        self._keys = {each.id: each.key for each in keys}

    @classmethod
    def of(cls, settings: Settings) -> "Keyring":
        """Return the keys that the settings name: WEFT_VAULT_KEY, else one derived from WEFT_SECRET_KEY; then the older ones."""
        derived = settings.derived("vault")
        told = [each for each in (settings.vault_key, *settings.vault_old_keys.split(",")) if each.strip()]
        keys = [opened(each.strip().encode(), "weft vault") for each in told]
        keys = [*keys, derived] if settings.vault_key else [derived, *keys]
        return cls([WrappingKey(key_id(each), each) for each in keys])

    def wrap(self, schema: str, generation: int, key: bytes) -> bytes:
        """Return a business's data key as it is stored."""
        return wrap(self.current.key, key, f"{schema} {generation}")

    def unwrap(self, schema: str, generation: int, wrapper: str, wrapped: bytes) -> bytes:
        """Return a data key; raises `Misconfigured` when the key that wrapped it is not among the installation's."""
        known = self._keys.get(wrapper)
        try:
            if known is not None:
                return unwrap(known, wrapped, f"{schema} {generation}")
        except InvalidTag:
            pass
        raise Misconfigured(
            f"The data key of {schema} was wrapped with the key {wrapper}, which this installation does not have: set WEFT_VAULT_KEY (or "
            "WEFT_SECRET_KEY, where it was derived from that) to what it was, or put it into WEFT_VAULT_OLD_KEYS."
        )


def key_id(key: bytes) -> str:
    """Return eight hexadecimal digits that tell which key it is."""
    return sha256(b"weft vault key id" + key).hexdigest()[:8]
