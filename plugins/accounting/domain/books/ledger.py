"""Journals of ledger and hledger: transactions by hand; automated and periodic ones are rules for reports, and are left out."""

import re
from datetime import date

from weft.errors import Invalid

from .model import Amount, Book, Posting, Problem, completed
from .numbers import read_amount, times, with_sign

_DATE = r"(?:(\d{4})[-/.])?(\d{1,2})[-/.](\d{1,2})"
_HEAD = re.compile(rf"{_DATE}(?:=[\d/.-]+)?(?:\s+([*!]))?(?:\s+\(([^)]*)\))?(?:\s+(.*))?$")
_TYPES = {"A": "asset", "L": "liability", "E": "equity", "R": "income", "X": "expense", "C": "asset", "V": "equity"}
_TYPE = re.compile(r"type:\s*([ALERXCV])")
_LOT = re.compile(r"\{(?P<total>\{)?(?P<cost>=?[^}]*)\}\}?|\[[\d/.-]+\]|\((?![^)]*@)[^)]*\)")
_COMMENTS = (";", "#", "*", "%", "|")


def read(text: str, year: int) -> Book:
    """Read a journal; `year` is that of dates without one. What cannot be read is among its problems, and the rest is read."""
    return _Reader(year).read(text)


class _Reader:
    """One pass over the lines."""

    def __init__(self, year: int) -> None:
        self.book = Book()
        self.year = year
        self.commodity = ""
        self.prefix: list[str] = []
        self.aliases: dict[str, str] = {}
        self.balances: dict[tuple[str, str], Amount] = {}

    def read(self, text: str) -> Book:
        """Return the book."""
        lines = text.splitlines()
        place = 0
        while place < len(lines):
            line = lines[place]
            end = place + 1
            while end < len(lines) and lines[end][:1] in (" ", "\t") and lines[end].strip():
                end += 1
            if line.startswith(("comment", "test")):
                end = self._after_block(lines, place)
            elif line[:1].isdigit():
                self._transaction(lines, place, end)
            elif line[:1] and line[:1] not in (*_COMMENTS, "=", "~", " ", "\t"):
                self._directive(line, place + 1)
            place = end
        return self.book

    @staticmethod
    def _after_block(lines: list[str], place: int) -> int:
        for number in range(place + 1, len(lines)):
            if re.match(r"end\s+(comment|test)", lines[number]):
                return number + 1
        return len(lines)

    def _directive(self, line: str, number: int) -> None:
        word, _, rest = line.lstrip("!@").partition(" ")
        bare = rest.partition(";")[0].strip()
        if word == "account":
            found = _TYPE.search(rest)
            self.book.accounts[bare] = _TYPES[found[1]] if found else ""
        elif word in ("Y", "year") or re.fullmatch(r"Y\d{4}", word):
            self.year = int((bare or word[1:])[:4])
        elif word == "include":
            self.book.problems.append(Problem(number, f"The file {bare} is included: bring it in as a file of its own."))
        elif word == "alias" and "=" in bare:
            old, _, new = bare.partition("=")
            self.aliases[old.strip()] = new.strip()
        elif word == "apply" and bare.startswith("account"):
            self.prefix.append(bare.removeprefix("account").strip())
        elif word == "end" and "account" in bare and self.prefix:
            self.prefix.pop()
        elif word == "D":
            self.commodity = read_amount(bare)[0].commodity
        elif word == "P":
            self._price(bare, number)

    def _price(self, text: str, number: int) -> None:
        found = re.match(rf"{_DATE}\s+(?:\d\d:\d\d(?::\d\d)?\s+)?(\S+)\s+(.+)", text)
        if found:
            try:
                self.book.prices.append((self._day(found), found[4].strip('"'), read_amount(found[5])[0]))
            except (Invalid, ValueError) as wrong:
                self.book.problems.append(Problem(number, str(wrong)))

    def _day(self, found: "re.Match[str]") -> date:
        return date(int(found[1] or self.year), int(found[2]), int(found[3]))

    def _transaction(self, lines: list[str], place: int, end: int) -> None:
        head = _HEAD.match(lines[place].split(" ;")[0].split("\t;")[0].rstrip())
        try:
            if not head:
                raise Invalid("This line begins with a date and is no transaction.")
            day = self._day(head)
            description = (head[6] or "").strip()
            postings = [each for number in range(place + 1, end) if (each := self._posting(lines[number], number + 1))]
            if not postings:
                return
            made = completed(day, description, postings, place + 1)
            self.book.transactions.append(made)
            for each in made.postings:
                self.book.accounts.setdefault(each.account, "")
        except (Invalid, ValueError) as wrong:
            self.book.problems.append(Problem(place + 1, str(wrong)))

    def _posting(self, line: str, number: int) -> Posting | None:
        bare = line.strip()
        if bare.startswith(_COMMENTS) and not re.match(r"\*\s+\S", bare):
            return None
        bare = re.sub(r"^[*!]\s+", "", bare)
        name, _, rest = (re.sub(r"\t+| {2,}", "\0", bare, count=1) + "\0").partition("\0")
        rest = rest.strip("\0 ").partition(";")[0].strip()
        virtual = name[:1] in "([" and name[-1:] in ")]"
        square = name[:1] == "["
        account = ":".join([*self.prefix, self.aliases.get(name.strip("()[]"), name.strip("()[]"))])
        posting = Posting(account, None, number, virtual=virtual, balanced=square or not virtual)
        return self._with_amount(posting, rest) if rest and not rest.startswith("=") else posting

    def _with_amount(self, posting: Posting, text: str) -> Posting:
        units, rest = read_amount(text)
        if not units.commodity:
            units = Amount(units.number, self.commodity)
        cost: Amount | None = None
        while found := _LOT.match(rest):
            if found["cost"]:
                each = read_amount(found["cost"].lstrip("="))[0]
                cost = with_sign(each, units) if found["total"] else times(each, units)
            rest = rest[found.end() :].lstrip()
        price: Amount | None = None
        if at := re.match(r"\(?(@@?)\)?\s*", rest):
            value, rest = read_amount(rest[at.end() :])
            price = with_sign(value, units) if at[1] == "@@" else times(value, units)
        if rest and not rest.startswith("="):
            raise Invalid(f"Line {posting.line}: “{rest[:40]}” after the amount means nothing.")
        return Posting(posting.account, units, posting.line, cost, price, posting.virtual, posting.balanced)
