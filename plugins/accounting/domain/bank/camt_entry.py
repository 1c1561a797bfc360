"""Reads one entry (Ntry) of an ISO 20022 statement with its transaction details."""

from datetime import date
from decimal import Decimal

from .amounts import exact
from .dates import iso_day
from .statement import Charge, Counterparty, Detail, Entry, EntryStatus, Fault, Note, Original, References
from .xml_nodes import Node

_STATUS: dict[str, EntryStatus] = {"BOOK": "booked", "PDNG": "pending", "INFO": "information", "FUTR": "pending"}
UNDATED = date.min  # until the statement's own day is known
# What banks write where there is no reference.
_NOTHING = frozenset({"NOTPROVIDED", "NOT PROVIDED", "NONREF", "NONE", "NOTPROVIDED "})


class EntryReader:
    """Reads entries one after the other, and keeps what is wrong with them."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.faults: list[Fault] = []
        self.notes: list[Note] = []

    def read(self, node: Node) -> None:
        """Read one Ntry; one without a readable amount is a fault, and no entry."""
        part = f"Ntry {len(self.entries) + 1}"
        amount = self._amount(node["Amt"], part, node.line)
        if amount is None:
            return
        signed = self._signed(amount, node.at("CdtDbtInd"), node.line, part)
        currency = node["Amt"].attributes.get("Ccy", "")
        booked, valued = (self._day(node[tag], part, tag) for tag in ("BookgDt", "ValDt"))
        if booked is None and valued is None:
            self.faults.append(Fault("date", "The entry has no day of its own: the statement's is shown.", node.line, part))
        incoming = signed >= 0
        details = tuple(
            self._detail(each, signed, currency, f"{part}, TxDtls {index}") for index, each in enumerate(_transactions(node), 1)
        )
        alone = details[0] if len(details) == 1 else Detail()
        self._batches(node, len(details), part)
        status = node["Sts"].at("Cd") or node["Sts"].text
        entry = Entry(
            amount=signed,
            currency=currency,
            booked_on=booked or valued or UNDATED,
            value_on=valued,
            status=_STATUS.get(status, "booked"),
            reversal=node.at("RvslInd") == "true",
            code=_code(node["BkTxCd"]),
            text=node.at("AddtlNtryInf"),
            counterparty=alone.counterparty,
            remittance=alone.remittance,
            references=_merged(node, alone.references),
            charges=tuple(self._charges(node["Chrgs"], part, incoming)) or alone.charges,
            original=alone.original,
            return_reason=alone.return_reason,
            details=details,
            line=node.line,
            part=part,
        )
        self.entries.append(entry)

    def _amount(self, node: Node, part: str, line: int) -> Decimal | None:
        try:
            return exact(node.text)
        except ValueError:
            said = f"The amount “{node.text}” is no amount." if node.text else "The entry has no amount."
            self.faults.append(Fault("amount", said, node.line or line, part))
            return None

    def _signed(self, amount: Decimal, indicator: str, line: int, part: str) -> Decimal:
        """Return an amount with its sign; CdtDbtInd says the direction of a reversal too (ISO 20022 EntryDetails)."""
        if indicator not in {"CRDT", "DBIT"}:
            self.faults.append(Fault("sign", f"“{indicator}” does not say whether money came or went (CRDT or DBIT).", line, part))
        return -amount if indicator == "DBIT" else amount

    def _day(self, node: Node, part: str, tag: str) -> date | None:
        text = node.at("Dt") or node.at("DtTm")
        if not text:
            return None
        try:
            return iso_day(text)
        except ValueError as error:
            self.faults.append(Fault("date", str(error), node.line, f"{part}, {tag}"))
            return None

    def _detail(self, node: Node, entry: Decimal, currency: str, part: str) -> Detail:
        """Return one TxDtls, its amount signed by its own indicator or else like the entry."""
        stated = node["Amt"] or node["AmtDtls"]["TxAmt"]["Amt"]
        amount = self._amount(stated, part, node.line) if stated else None
        incoming = entry >= 0
        if amount is not None:
            own = node.at("CdtDbtInd")
            amount = -amount if (own == "DBIT" or (not own and not incoming)) else amount
        return Detail(
            amount=amount,
            currency=stated.attributes.get("Ccy", currency),
            counterparty=_counterparty(node, incoming),
            remittance=_remittance(node),
            references=_references(node),
            charges=tuple(self._charges(node["Chrgs"], part, incoming)),
            original=self._original(node["AmtDtls"], currency, part),
            return_reason=node.at("RtrInf/Rsn/Cd") or node.at("RtrInf/Rsn/Prtry"),
            line=node.line,
            part=part,
        )

    def _charges(self, node: Node, part: str, incoming: bool) -> list[Charge]:
        """Return the charges of an entry or a transaction: version 2 lists them directly, later ones as records."""
        found: list[Charge] = []
        for each in node.all("Rcrd") or ([node] if node["Amt"] else []):
            amount = self._amount(each["Amt"], f"{part}, Chrgs", each.line)
            if amount:
                kind = each.at("Tp/Cd") or each.at("Tp/Prtry/Id") or each.at("Tp/Prtry")
                back = each.at("CdtDbtInd") == "CRDT"
                found.append(
                    Charge(-amount if back else amount, each["Amt"].attributes.get("Ccy", ""), each.at("ChrgInclInd") != "false", kind)
                )
        return found

    def _original(self, node: Node, currency: str, part: str) -> Original | None:
        """Return what was instructed in another currency, with the rate."""
        for tag in ("InstdAmt", "CntrValAmt", "TxAmt"):
            each = node[tag]
            own = each["Amt"].attributes.get("Ccy", currency)
            if each["Amt"] and own != currency:
                amount = self._amount(each["Amt"], f"{part}, {tag}", each.line)
                rate = each.at("CcyXchg/XchgRate")
                try:
                    return None if amount is None else Original(amount, own, exact(rate) if rate else None)
                except ValueError:
                    return None
        return None

    def _batches(self, node: Node, given: int, part: str) -> None:
        """Note a batch that says more transactions than the bank details; banks may leave them out."""
        stated = [each.at("Btch/NbOfTxs") for each in node.all("NtryDtls")]
        count = sum(int(each) for each in stated if each.isdecimal())
        if count and count != given:
            self.notes.append(Note(f"The batch says {count} transactions, the file details {given}.", node.line, part))


def account_number(node: Node) -> str:
    """Return the IBAN or other number of an account identification."""
    return (node.at("IBAN") or node.at("Othr/Id") or node.at("PrtryAcct/Id")).replace(" ", "")


def _transactions(node: Node) -> list[Node]:
    """Return all TxDtls of an entry."""
    return [each for details in node.all("NtryDtls") for each in details.all("TxDtls")]


def _code(node: Node) -> str:
    """Return a bank transaction code as ``PMNT-RCDT-ESCT``, else the bank's own."""
    domain = [node.at("Domn/Cd"), node.at("Domn/Fmly/Cd"), node.at("Domn/Fmly/SubFmlyCd")]
    return "-".join(filter(None, domain)) or node.at("Prtry/Cd")


def _counterparty(node: Node, incoming: bool) -> Counterparty:
    """Return who paid (of money that came) or was paid; later versions put the party one level down."""
    parties, agents = node["RltdPties"], node["RltdAgts"]
    side = "Dbtr" if incoming else "Cdtr"
    if not (parties[side] or parties[f"{side}Acct"]) and (parties["Dbtr"] or parties["Cdtr"]):
        # A returned payment keeps the parties of the payment it returns.
        side = "Cdtr" if incoming else "Dbtr"
    party = parties[side]["Pty"] or parties[side]
    ultimate = parties[f"Ultmt{side}"]["Pty"] or parties[f"Ultmt{side}"]
    agent = agents[f"{side}Agt"]["FinInstnId"]
    identifier = party["Id"]["OrgId"] or party["Id"]["PrvtId"]
    return Counterparty(
        name=party.at("Nm") or ultimate.at("Nm"),
        account=account_number(parties[f"{side}Acct"]["Id"]),
        bank=agent.at("BICFI") or agent.at("BIC") or agent.at("ClrSysMmbId/MmbId"),
        identifier=identifier.at("Othr/Id") or identifier.at("AnyBIC") or identifier.at("BICOrBEI"),
    )


def _remittance(node: Node) -> str:
    """Return what the payment is for, in words."""
    texts = [each.text for each in node["RmtInf"].all("Ustrd")]
    texts += [each.text for strd in node["RmtInf"].all("Strd") for each in strd.all("AddtlRmtInf")]
    return " ".join(filter(None, texts)) or node.at("AddtlTxInf")


def _references(node: Node) -> References:
    """Return the references of a transaction, without those that say there is none."""
    refs = node["Refs"]
    structured = node["RmtInf"].all("Strd")
    numbers = (item.at("Nb") for each in structured for item in each.all("RfrdDocInf"))
    return References(
        servicer=_told(refs.at("AcctSvcrRef")),
        end_to_end=_told(refs.at("EndToEndId")),
        creditor=next((ref.replace(" ", "") for each in structured if (ref := each.at("CdtrRefInf/Ref"))), ""),
        mandate=_told(refs.at("MndtId")),
        instruction=_told(refs.at("InstrId")),
        transaction=_told(refs.at("TxId")),
        cheque=_told(refs.at("ChqNb")),
        documents=tuple(filter(None, numbers)),
    )


def _told(text: str) -> str:
    """Return a reference, or nothing where the bank says that there is none."""
    return "" if text.upper() in _NOTHING else text


def _merged(node: Node, alone: References) -> References:
    """Return the references of an entry, which take those of its only transaction."""
    return References(
        servicer=_told(node.at("AcctSvcrRef")) or alone.servicer,
        end_to_end=alone.end_to_end,
        creditor=alone.creditor,
        mandate=alone.mandate,
        instruction=alone.instruction,
        transaction=alone.transaction or _told(node.at("NtryRef")),
        cheque=alone.cheque,
        documents=alone.documents,
    )
