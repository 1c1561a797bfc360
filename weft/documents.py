"""What plugins print: invoices, orders, receipts, labels, each laid out by Typst under the letterhead of the business."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from babel import Locale, UnknownLocaleError

if TYPE_CHECKING:
    from weft.tenant import Tenant


@dataclass(frozen=True, slots=True)
class PrintedDocument:
    """One kind of printed document; `await tenant.pdf(INVOICE, said)` prints one.

    `layout` is a file of the plugin's in Typst. It finds what was `said` as ``d`` and the style of the business as ``house``, and sets a
    letter with logo, address block and footers by ``#show: letter.with(title: d.title, recipient: d.recipient, facts: d.facts)``; a layout
    without that has a page of its own, as a label has. Text is data and never read as markup.

    `sample` returns what an example says in a language: the settings page of printed documents shows it, in the style that is chosen.
    """

    name: str  # "<plugin>.<thing>"
    title: str
    layout: Path
    sample: "Callable[[Tenant, str], Awaitable[Mapping[str, Any]]]"


def words_in(file: Path, language: str) -> Mapping[str, str]:
    """Return the words of a document in a language, or in English, from a JSON file with an object of words for each language."""
    return _words(file).get(_base(language), _words(file)["en"])


def locale_in(tenant: "Tenant", language: str) -> Locale:
    """Return how figures and days are written in a language: as the business writes them where it speaks that language itself."""
    wanted = language.replace("-", "_") or tenant.locale
    try:
        return Locale.parse(tenant.locale if _base(wanted) == _base(tenant.locale) else wanted)
    except (UnknownLocaleError, ValueError):
        return Locale("en", "GB")


def _base(language: str) -> str:
    return language.replace("-", "_").partition("_")[0].lower()


@lru_cache
def _words(file: Path) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads(file.read_text())
    return found
