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
    approve_bills: Annotated[
        bool,
        Meta(title="Bills are approved", description="A bill is posted by somebody else than who wrote it or changed it last (four eyes)."),
    ] = False
    letterhead: Annotated[
        str,
        Meta(
            title="Address on invoices",
            description="Lines with semicolons between, such as “1 High Street; Bristol BS1 1AA”.",
            max_length=300,
        ),
    ] = ""
    tax_number: Annotated[str, Meta(title="Your tax number on invoices", description="Such as GB 123 4567 82.", max_length=40)] = ""
    bank_details: Annotated[
        str, Meta(title="Bank details on invoices", description="Lines with semicolons between: bank, IBAN, BIC.", max_length=300)
    ] = ""
    invoice_note: Annotated[str, Meta(title="Note on every invoice", description="Such as the terms of delivery.", max_length=500)] = ""
