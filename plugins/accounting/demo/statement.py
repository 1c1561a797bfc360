"""A bank that writes camt.053 (ISO 20022), so that the demo has statements to bring in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from xml.sax.saxutils import escape

from .scene import Movement

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One statement of an account over some days; it ties out unless its `closing` is said to be something else."""

    iban: str
    bic: str
    owner: str
    currency: str
    number: int
    first: date
    last: date
    opening: Decimal
    movements: Sequence[Movement]
    said: Decimal | None = None

    @property
    def closing(self) -> Decimal:
        """What the bank says it holds at the end."""
        return self.opening + sum((each.amount for each in self.movements), Decimal(0)) if self.said is None else self.said

    @property
    def name(self) -> str:
        """How the bank calls the file."""
        return f"statement-{self.first:%Y-%m}.xml"


def write(sheet: Sheet) -> bytes:
    """Return a statement as camt.053.001.02."""
    entries = "".join(_entry(sheet, each, place) for place, each in enumerate(sheet.movements, 1))
    balances = _balance("OPBD", sheet.opening, sheet.first, sheet.currency) + _balance("CLBD", sheet.closing, sheet.last, sheet.currency)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="{NAMESPACE}"><BkToCstmrStmt>\n'
        f"<GrpHdr><MsgId>{sheet.last:%Y%m}-{sheet.number}</MsgId><CreDtTm>{sheet.last}T23:30:00</CreDtTm></GrpHdr>\n"
        f"<Stmt><Id>{sheet.last:%Y}-{sheet.number:03}</Id><ElctrncSeqNb>{sheet.number}</ElctrncSeqNb>"
        f"<CreDtTm>{sheet.last}T23:30:00</CreDtTm>"
        f"<FrToDt><FrDtTm>{sheet.first}T00:00:00</FrDtTm><ToDtTm>{sheet.last}T23:59:59</ToDtTm></FrToDt>\n"
        f"<Acct><Id><IBAN>{sheet.iban}</IBAN></Id><Ccy>{sheet.currency}</Ccy><Ownr><Nm>{escape(sheet.owner)}</Nm></Ownr>"
        f"<Svcr><FinInstnId><BIC>{sheet.bic}</BIC></FinInstnId></Svcr></Acct>\n"
        f"{balances}{_totals(sheet)}{entries}</Stmt></BkToCstmrStmt></Document>\n"
    ).encode()


def _side(amount: Decimal) -> str:
    return "DBIT" if amount < 0 else "CRDT"


def _amount(amount: Decimal, currency: str) -> str:
    return f'<Amt Ccy="{currency}">{abs(amount):.2f}</Amt>'


def _balance(code: str, amount: Decimal, day: date, currency: str) -> str:
    kind = f"<Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
    return f"<Bal>{kind}{_amount(amount, currency)}<CdtDbtInd>{_side(amount)}</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>\n"


def _totals(sheet: Sheet) -> str:
    """Return how many entries there are, and what they come to by side, which the reader holds against them."""
    sides = []
    for tag, wanted in (("TtlCdtNtries", "CRDT"), ("TtlDbtNtries", "DBIT")):
        mine = [abs(each.amount) for each in sheet.movements if _side(each.amount) == wanted]
        sides.append(f"<{tag}><NbOfNtries>{len(mine)}</NbOfNtries><Sum>{sum(mine, Decimal(0)):.2f}</Sum></{tag}>")
    return f"<TxsSummry>{''.join(sides)}</TxsSummry>\n"


def _entry(sheet: Sheet, each: Movement, place: int) -> str:
    family = "RCDT" if each.amount > 0 else "ICDT"
    reference = f"{sheet.last:%Y%m}{place:04}"
    other = "Dbtr" if each.amount > 0 else "Cdtr"
    original = ""
    if each.currency and each.currency != sheet.currency:
        original = f"<AmtDtls><InstdAmt>{_amount(each.settles, each.currency)}</InstdAmt></AmtDtls>"
    return (
        f"<Ntry>{_amount(each.amount, sheet.currency)}<CdtDbtInd>{_side(each.amount)}</CdtDbtInd><Sts>BOOK</Sts>"
        f"<BookgDt><Dt>{each.day}</Dt></BookgDt><ValDt><Dt>{each.day}</Dt></ValDt><AcctSvcrRef>{reference}</AcctSvcrRef>"
        f"<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>{family}</Cd><SubFmlyCd>OTHR</SubFmlyCd></Fmly></Domn></BkTxCd>"
        f"<NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs>{original}"
        f"<RltdPties><{other}><Nm>{escape(each.name)}</Nm></{other}></RltdPties>"
        f"<RmtInf><Ustrd>{escape(each.text)}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>\n"
    )
