"""What a tenant's admin can set for contacts."""

from typing import Annotated, Literal

import msgspec

from weft import Settings


class ContactSettings(Settings, frozen=True, kw_only=True):
    """The settings of contacts."""

    default_country: Annotated[
        str,
        msgspec.Meta(
            title="Default country",
            description="Two letters such as DE: where telephone and VAT numbers without a country belong. Empty: that of the business.",
            pattern="^([A-Z]{2})?$",
        ),
    ] = ""
    same_identifier: Annotated[
        Literal["refuse", "ask"],
        msgspec.Meta(
            title="The same identifier twice",
            description="“refuse” never lets two contacts have one VAT number, IBAN or other identifier; “ask” lets a person decide to.",
        ),
    ] = "refuse"
    warn_of_duplicates: Annotated[
        bool,
        msgspec.Meta(title="Warn of duplicates", description="Show contacts that look like the one being added before it is saved."),
    ] = True
