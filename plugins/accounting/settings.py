"""What a tenant's admin can set. Accounts, journals, locks and rules have pages of their own."""

from typing import Annotated, Literal

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
    tax_rounding: Annotated[
        Literal["law", "line", "document"],
        Meta(
            title="Tax is rounded",
            description="“law”: as the chosen taxes say; “line”: on each line; “document”: each tax once, on the sum of its lines.",
        ),
    ] = "law"
    round_totals_to: Annotated[
        Literal["cents", "0.05", "0.10", "0.50", "1"],
        Meta(title="Totals of invoices are rounded to", description="Where the smallest coins are gone, such as 0.05 in Switzerland."),
    ] = "cents"
    round_totals: Annotated[
        Literal["half_up", "up", "down"],
        Meta(title="Totals are rounded", description="“half_up”: to the nearest; “up”: away from zero; “down”: towards zero."),
    ] = "half_up"
    approve_bills: Annotated[
        bool,
        Meta(title="Bills are approved", description="A bill is posted by somebody else than who wrote it or changed it last (four eyes)."),
    ] = False
    invoice_note: Annotated[str, Meta(title="Note on every invoice", description="Such as the terms of delivery.", max_length=500)] = ""
    print_proof: Annotated[
        bool,
        Meta(
            title="Proof with invoices",
            description="A page of its own shows that the entry is in the sealed books, once it is, and how a stranger checks it.",
        ),
    ] = False
