"""What a tenant's admin can set. Accounts, journals, locks and rules have pages of their own."""

from typing import Annotated

from msgspec import Meta

from weft import Settings


class AccountingSettings(Settings, frozen=True, kw_only=True):
    """How the books are kept."""

    year_starts_in: Annotated[
        int,
        Meta(
            title="Fiscal years begin in month", description="1 for January to 12 for December; for years opened from now on.", ge=1, le=12
        ),
    ] = 1
    number_format: Annotated[
        str,
        Meta(
            title="Number format of new journals",
            description="{code}, {year}, {yy}, {month} and {number:5} are filled in.",
            max_length=60,
            pattern=r"^[^{}]*(\{(code|year|yy|month|number)(:\d{1,2})?\}[^{}]*)+$",
        ),
    ] = "{code}/{year}/{number:5}"
