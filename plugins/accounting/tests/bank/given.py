"""Files to read, and what they come to."""

from decimal import Decimal
from pathlib import Path

from plugins.accounting.domain.bank.proving import Proof, prove
from plugins.accounting.domain.bank.reading import ReadOptions, read_statements
from plugins.accounting.domain.bank.statement import Statement, StatementFile

FILES = Path(__file__).parent / "files"


def given(name: str) -> StatementFile:
    """Return what one of the files holds."""
    return read_statements((FILES / name).read_bytes())


def read(text: str, currency: str = "", encoding: str = "utf-8") -> StatementFile:
    """Return what a text holds."""
    return read_statements(text.encode(encoding), ReadOptions(currency=currency))


def only(file: StatementFile) -> tuple[Statement, Proof]:
    """Return the one statement of a file, with its proof."""
    (statement,) = file.statements
    return statement, prove(statement)


def sides(*statements: Statement) -> tuple[int, Decimal, Decimal]:
    """Return how many entries there are, and the sums of credits and debits."""
    amounts = [entry.amount for statement in statements for entry in statement.booked]
    return len(amounts), sum((each for each in amounts if each > 0), Decimal(0)), sum((-each for each in amounts if each < 0), Decimal(0))


def kinds(proof: Proof) -> set[str]:
    """Return which kinds of difference a proof found."""
    return {each.kind for each in proof.differences}
