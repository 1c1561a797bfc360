"""How the documents of a business look: colours, address block, footers, language."""

from typing import Annotated, Literal

from msgspec import Meta

from weft.settings import Settings

KEY = "papers"  # under which a tenant's settings keep it, beside those of modules
TITLE = "Printed documents"
LINES = "Lines with semicolons between"


class PaperStyle(Settings, frozen=True, kw_only=True):
    """What a business sets of its printed documents; the logo is that of the business."""

    accent: Annotated[str, Meta(title="Colour", description="Of titles and rules, such as #1f4e79.", pattern=r"^#[0-9a-fA-F]{6}$")] = (
        "#1f2937"
    )
    address: Annotated[
        Literal["left", "right"],
        Meta(title="Address block", description="Left for windows as in Germany and the UK, right as in France and Switzerland."),
    ] = "left"
    sender: Annotated[str, Meta(title="Your address", description=f"{LINES}, such as 1 High Street; Bristol BS1 1AA.", max_length=300)] = ""
    tax_number: Annotated[str, Meta(title="Your tax number", description="Such as GB 123 4567 82.", max_length=60)] = ""
    bank: Annotated[str, Meta(title="Bank details", description=f"{LINES}: bank, IBAN, BIC.", max_length=300)] = ""
    footer: Annotated[str, Meta(title="Footer", description=f"{LINES}, such as register and managing directors.", max_length=400)] = ""
    language: Annotated[
        Literal["", "en", "de", "fr"],
        Meta(title="Language", description="Of documents for whoever has none of their own; empty: that of the business."),
    ] = ""


def lines(text: str) -> list[str]:
    """Return the lines of a setting."""
    return [line.strip() for line in text.split(";") if line.strip()]
