"""What a tenant's admin can set for the tills."""

from decimal import Decimal
from typing import Annotated, Literal

from msgspec import Meta

from weft import Settings

# Reasons as `domain/cash_reasons.py` reads them.
_REASONS = r"^\s*$|^\s*(in|out)\s+[^:,]+:\s*[\w.-]+\s*(,\s*(in|out)\s+[^:,]+:\s*[\w.-]+\s*)*,?\s*$"


class RetailPosSettings(Settings, frozen=True, kw_only=True):
    """How tills compute, and what they may do on their own."""

    cash_step: Annotated[
        Decimal, Meta(title="Smallest coin", description="What cash is rounded to, such as 0.05; 0 rounds nothing.", ge=0, le=100)
    ] = Decimal(0)
    tax_per: Annotated[
        Literal["document", "line"], Meta(title="Tax is rounded per", description="Once per tax of a receipt, or on each line.")
    ] = "document"
    points_unit: Annotated[
        Decimal,
        Meta(title="Money for one point", description="Customers earn a point for each whole one of these; 0: no points.", ge=0, le=10_000),
    ] = Decimal(0)
    points_value: Annotated[
        Decimal, Meta(title="What a point pays", description="Customers can pay with points at this rate; 0: they cannot.", ge=0, le=10_000)
    ] = Decimal(0)
    offline_limit: Annotated[
        Decimal,
        Meta(
            title="Gift cards without a connection",
            description="The most that a till takes from a gift card or store credit that it cannot ask the server about; 0: nothing.",
            ge=0,
            le=100_000,
        ),
    ] = Decimal(50)
    card_months: Annotated[
        int,
        Meta(
            title="Months until unused gift cards and store credit expire",
            description="Since they were last used; 0: never. What expires is income.",
            ge=0,
            le=240,
        ),
    ] = 0
    points_months: Annotated[
        int, Meta(title="Months until unused points expire", description="Since a customer last got or spent some; 0: never.", ge=0, le=240)
    ] = 0
    cash_reasons: Annotated[
        str,
        Meta(
            title="Reasons for cash in and out, with their accounts",
            description="With commas between them, such as “in Change from the bank: 1020, out Cleaning: 6910”. "
            "What is put in or taken out for another reason goes where the posting rules say.",
            max_length=1000,
            pattern=_REASONS,
        ),
    ] = ""
    manual_discount_limit: Annotated[
        Decimal,
        Meta(
            title="Discount that everybody may give, in percent",
            description="More taken off by hand needs a manager’s PIN at the till.",
            ge=0,
            le=100,
        ),
    ] = Decimal(20)
    tenders: Annotated[
        str,
        Meta(
            title="Other ways to pay",
            description="Offered at the tills, with commas between them, such as “TWINT, Meal vouchers”. They are posted as card payments "
            "are, or by a rule for card payments of their own: meal_vouchers.",
            max_length=400,
        ),
    ] = ""
    journal: Annotated[
        str, Meta(title="Journal of sales", description="Code of the journal that receipts are posted in, or its kind.", max_length=20)
    ] = "sales"
    tax_number: Annotated[str, Meta(title="Tax number on receipts", max_length=40)] = ""
    receipt_language: Annotated[
        Literal["", "en", "fr", "de", "es", "it", "nl"],
        Meta(title="Language of receipts", description="Empty: the language of the business."),
    ] = ""
    receipt_columns: Annotated[
        Literal["48", "42", "32"],
        Meta(title="Characters on a line of the receipt printer", description="48 on paper of 80 mm, 32 on 58 mm."),
    ] = "48"
    public_receipts: Annotated[
        bool, Meta(title="Receipts on the web", description="A code on each receipt leads to its page, which needs no sign-in.")
    ] = True
