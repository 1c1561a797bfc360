"""Account numbers of the other side, taken out of what a bank told, and put back."""

from msgspec.structs import replace

from .statement import Counterparty, Entry
from .wording import account_plain

BETWEEN = "\x1f"  # stands between the numbers of an entry and of its transactions; no bank's number holds it


def without_accounts(entry: Entry) -> tuple[Entry, str]:
    """Return an entry without account numbers of the other side, and those as one text: empty where there are none."""
    numbers = [entry.counterparty.account, *(each.counterparty.account for each in entry.details)]
    if not any(numbers):
        return entry, ""
    details = tuple(replace(each, counterparty=_with(each.counterparty, "")) for each in entry.details)
    return replace(entry, counterparty=_with(entry.counterparty, ""), details=details), BETWEEN.join(numbers)


def with_accounts(entry: Entry, text: str) -> Entry:
    """Return an entry with its account numbers again."""
    numbers = text.split(BETWEEN)
    details = tuple(
        replace(each, counterparty=_with(each.counterparty, number)) for each, number in zip(entry.details, numbers[1:], strict=True)
    )
    return replace(entry, counterparty=_with(entry.counterparty, numbers[0]), details=details)


def main_account(text: str) -> str:
    """Return the number of the entry itself, for comparing."""
    return account_plain(text.partition(BETWEEN)[0])


def _with(side: Counterparty, number: str) -> Counterparty:
    return side if side.account == number else replace(side, account=number)
