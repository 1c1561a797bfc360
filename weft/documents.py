"""What plugins print: invoices, orders, receipts, labels, each laid out by Typst under the letterhead of the business."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
