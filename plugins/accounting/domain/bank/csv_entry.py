"""Reads one row of a bank's CSV export as an entry."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from weft.money import is_currency

from .amounts import read_amount
from .csv_mapping import CsvMapping, Role, folded
from .dates import written_day
from .statement import Charge, Counterparty, Entry, EntryStatus, Fault, Note, Original, References


class RowReader:
    """Reads rows by a mapping, and keeps what is wrong with them."""

    def __init__(self, mapping: CsvMapping, currency: str) -> None:
        self.mapping = mapping
        self.given = currency
        self.first = ""  # the currency of the first row that names one
        self.faults: list[Fault] = []
        self.notes: list[Note] = []

    @property
    def account_currency(self) -> str:
        """The account's currency: as told, else that of the first row."""
        return self.given or self.first

    def read(self, line: int, row: Sequence[str]) -> Entry | None:
        """Return a row's entry; a row that cannot be read is a fault."""
        if self._is_repeated_heading(row):
            return None
        try:
            booked = written_day(self._cell(row, "date"), self.mapping.day_order or "ymd")
        except ValueError as error:
            said = str(error) if self._cell(row, "date") else "The row has no date."
            self.faults.append(Fault("date", said, line, self._name("date")))
            return None
        amount = self._amount(line, row)
        if amount is None:
            return None
        stated = self._currency(line, row)
        amount, currency, original = self._in_account(line, row, amount, stated)
        fee = self._optional(line, row, "fee")
        return Entry(
            amount=amount,
            currency=currency,
            booked_on=booked,
            value_on=self._value_day(line, row, booked),
            status=self._status(row),
            code=self._cell(row, "kind"),
            text=self._cell(row, "kind"),
            counterparty=Counterparty(
                name=self._cell(row, "counterparty"), account=self._cell(row, "counterparty_account").replace(" ", "")
            ),
            remittance=" ".join(filter(None, (row[at].strip() for at in self.mapping.columns.get("text", ()) if at < len(row)))),
            references=References(servicer=self._cell(row, "reference"), end_to_end=self._cell(row, "end_to_end")),
            charges=(Charge(-fee, currency),) if fee else (),
            original=original,
            balance=self._optional(line, row, "balance"),
            line=line,
            part=self._name("amount") or self._name("debit") or self._name("credit"),
        )

    def _cell(self, row: Sequence[str], role: Role) -> str:
        """Return the trimmed cell of a role, or nothing."""
        at = self.mapping.at(role)
        return row[at].strip() if at is not None and at < len(row) else ""

    def _name(self, role: Role) -> str:
        """Return the heading of a role's column."""
        at = self.mapping.at(role)
        return self.mapping.headings[at] if at is not None and at < len(self.mapping.headings) else ""

    def _is_repeated_heading(self, row: Sequence[str]) -> bool:
        """Tell whether a row repeats the headings, as exports of several pages do."""
        headings = self.mapping.headings
        if not headings or row[0].strip().lower() != headings[0].strip().lower():
            return False
        return [folded(each) for each in row] == [folded(each) for each in headings]

    def _optional(self, line: int, row: Sequence[str], role: Role) -> Decimal | None:
        """Return the amount of a role, None where the cell is empty; one that is none is a fault."""
        text = self._cell(row, role)
        if not text or text == "-":
            return None
        try:
            return read_amount(re.sub(r"\s*[A-Z]{3}$", "", text), self.mapping.mark)
        except ValueError as error:
            self.faults.append(Fault("amount", str(error), line, self._name(role)))
            return None

    def _amount(self, line: int, row: Sequence[str]) -> Decimal | None:
        """Return the signed amount: of one column, of one with a debit/credit column beside it, or of two columns."""
        before = len(self.faults)
        if self.mapping.at("amount") is not None:
            amount = self._optional(line, row, "amount")
            if amount is not None and self.mapping.at("sign") is not None:
                out = folded(self._cell(row, "sign")) in self.mapping.debit_words or self._cell(row, "sign") == "-"
                amount = -abs(amount) if out else abs(amount)
        else:
            debit, credit = self._optional(line, row, "debit"), self._optional(line, row, "credit")
            amount = None if debit is None and credit is None else abs(credit or Decimal(0)) - abs(debit or Decimal(0))
            if debit and credit:
                self.faults.append(Fault("sign", "The row has both a debit and a credit.", line, self._name("debit")))
        if amount is None and len(self.faults) == before:
            self.faults.append(Fault("amount", "The row has no amount.", line, self._name("amount") or self._name("debit")))
        return amount if amount is None or not self.mapping.negated else -amount

    def _currency(self, line: int, row: Sequence[str]) -> str:
        """Return the currency that a row names, or nothing."""
        code = self._cell(row, "currency").upper()
        if not code:
            return ""
        if not is_currency(code):
            self.faults.append(Fault("currency", f"“{code}” is no currency.", line, self._name("currency")))
            return ""
        if not self.first:
            self.first = code
        return code

    def _in_account(self, line: int, row: Sequence[str], amount: Decimal, stated: str) -> tuple[Decimal, str, Original | None]:
        """Return amount and currency as the account has them, and the original where the row gives both.

        A second amount of zero says that the first is in the account's currency already.
        """
        second = self._optional(line, row, "account_amount")
        if second:
            if (second > 0) != (amount > 0):
                sentence = f"{amount:,} {stated} and {second:,} {self.account_currency} have opposite signs: the first is taken."
                self.faults.append(Fault("sign", sentence, line, self._name("account_amount")))
            signed = abs(second) if amount > 0 else -abs(second)
            own = self.given or (self.first if stated != self.first else "")
            return signed, own, Original(abs(amount), stated, round(abs(second / amount), 6) if amount else None)
        foreign = self._optional(line, row, "original_amount")
        code = self._cell(row, "original_currency").upper()
        original = Original(abs(foreign), code) if foreign and code and code != stated else None
        return amount, stated or self.account_currency, original

    def _value_day(self, line: int, row: Sequence[str], booked: date) -> date:
        """Return the value date, the booking date where there is none."""
        text = self._cell(row, "value_date")
        if not text:
            return booked
        try:
            return written_day(text, self.mapping.day_order or "ymd")
        except ValueError as error:
            self.faults.append(Fault("date", str(error), line, self._name("value_date")))
            return booked

    def _status(self, row: Sequence[str]) -> EntryStatus:
        """Return whether a row is booked yet."""
        return "pending" if folded(self._cell(row, "status")) in self.mapping.pending_words else "booked"
