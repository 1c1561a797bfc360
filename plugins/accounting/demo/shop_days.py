"""What happens at Harbour & Vine every day and at the end of every month: takings, wages, the landlord, the bank, the tax office."""

from datetime import timedelta
from decimal import Decimal

from weft.contracts import NewEntry, TaxFact

from . import vat
from .days import CENT, Month, about, days
from .scene import ZERO, Scene, entry, line

VAT = Decimal("0.2")
# What a month is beside the others: the harbour fills in summer, and everybody gives wine in December.
SEASON = dict(enumerate(map(Decimal, "0.86 0.88 0.95 0.98 1.02 1.08 1.16 1.18 1.04 0.99 1.06 1.34".split()), 1))  # noqa: SIM905  # a row
# Sunday is short, Friday and Saturday are long.
WEEKDAY = tuple(map(Decimal, "0.86 0.84 0.92 1.00 1.30 1.46 0.62".split()))  # noqa: SIM905  # a row
QUARTER_ENDS = (3, 6, 9, 12)


TILLS = 3  # days before today that the tills have receipts of, where there are tills: these are posted by themselves


def takings(scene: Scene, month: Month) -> list[NewEntry]:
    """Return the till's entry of each day that is over, and let the bank bring cards every week and cash every Monday."""
    made, cards, cash = [], ZERO, ZERO
    last = scene.today - timedelta(days=1 + (TILLS if scene.tenant.has("retail_pos") else 0))
    for day in days(month.first, min(month.last, last)):
        weight = SEASON[day.month] * WEEKDAY[day.weekday()]
        wine = about(470 * weight, "0.18", "wine", day)
        pantry = about(205 * weight, "0.18", "pantry", day)
        food = about(525 * weight, "0.14", "food", day)
        tax = ((wine + pantry) * VAT).quantize(CENT)
        total = wine + pantry + food + tax
        paid_cash = about(total * Decimal("0.17"), "0.3", "cash", day)
        cards, cash = cards + total - paid_cash, cash + paid_cash
        made.append(
            entry(
                "SAL",
                day,
                f"Takings of {day:%A}",
                line("1230", paid_cash, "Cash"),
                line("1250", total - paid_cash, "Cards"),
                line("4000", -(wine + pantry), "Wine, beer and household"),
                line("4000", -food, "Food"),
                line("2200", -tax),
                taxes=(TaxFact(code="gb_s_standard", base=wine + pantry, amount=tax), TaxFact(code="gb_s_zero", base=food, amount=ZERO)),
            )
        )
        if day.weekday() == 6 or day == month.last:
            banked = (cash * Decimal("0.9") / 10).quantize(Decimal(1)) * 10
            scene.moves(day + timedelta(days=1), cards, "Portside Card Services", f"PAYOUT CARDS WEEK {day.isocalendar().week}", "1250")
            scene.moves(day + timedelta(days=1), banked, "Harbour & Vine", f"CASH PAID IN WEEK {day.isocalendar().week}", "1230")
            cards, cash = ZERO, cash - banked
    return made


def wages(scene: Scene, month: Month) -> list[NewEntry]:
    """Return the pay of a month, and let the bank pay people at its end, HM Revenue & Customs on the 22nd and the pension on the 15th."""
    gross = about(9400, "0.02", "wages", month.first)
    tax, national, employer = ((gross * rate).quantize(CENT) for rate in map(Decimal, ("0.118", "0.062", "0.091")))
    pension, ours = ((gross * rate).quantize(CENT) for rate in map(Decimal, ("0.05", "0.03")))
    net = gross - tax - national - pension
    pay_day = month.day(28)
    after = month.last + timedelta(days=1)
    scene.moves(pay_day, -net, "Harbour & Vine payroll", f"NET WAGES {month.first:%B %Y}", "2310")
    scene.moves(after.replace(day=22), -(tax + national + employer), "HM Revenue & Customs", f"PAYE {month.first:%B %Y}", "2300")
    scene.moves(after.replace(day=15), -(pension + ours), "Anchor Workplace Pension", f"CONTRIBUTIONS {month.first:%B %Y}", "2320")
    return [
        entry(
            "GEN",
            pay_day,
            f"Wages of {month.first:%B %Y}",
            line("6000", gross),
            line("6010", employer),
            line("6020", ours),
            line("2300", -(tax + national + employer)),
            line("2310", -net),
            line("2320", -(pension + ours)),
        )
    ]


def month_end(scene: Scene, month: Month) -> list[NewEntry]:
    """Return depreciation, and let the bank take its charges, and interest and repayment of the loan."""
    interest = (Decimal("30000") - 500 * (12 - month.back)) * Decimal("0.068") / 12
    scene.moves(month.day(5), Decimal(-500), "Solent Bank", "LOAN 20-1187 REPAYMENT", "2500")
    scene.moves(month.day(5), -interest.quantize(CENT), "Solent Bank", "LOAN 20-1187 INTEREST", "7000")
    scene.moves(month.last, Decimal("-14.50"), "Solent Bank", f"ACCOUNT CHARGES {month.first:%B}", "6420")
    return [
        entry("GEN", month.last, f"Depreciation of {month.first:%B %Y}", line("6700", Decimal("410.00")), line("0190", Decimal("-410.00")))
    ]


async def vat_return(scene: Scene, month: Month) -> None:
    """Move a quarter's VAT to what is owed to HM Revenue & Customs, which is paid one month and seven days later (VAT Notice 700/12)."""
    if month.first.month not in QUARTER_ENDS:
        return
    owed = await vat.move(scene, month, "2200", "2210", "2220", f"VAT return of the quarter to {month.last}")
    due = (month.last + timedelta(days=1)).replace(day=1) + timedelta(days=37)
    scene.moves(due, -owed, "HM Revenue & Customs", f"VAT {month.last:%m%y} GB123456789", "2220")
