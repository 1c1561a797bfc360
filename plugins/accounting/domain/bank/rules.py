"""Rules of a tenant: a line that looks like this is booked like that."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Literal
from uuid import UUID

import msgspec

from weft.errors import Invalid
from weft.sealed import Secret

from .items import BankLine, Suggestion
from .wording import account_plain, name_words, upper

Direction = Literal["", "in", "out"]


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """What a line must be for the rule to take it; every condition that is set must hold. Amounts are without sign.

    A line goes to `to_account` of the books, or to `to_party`, whose items are then looked at first.
    """

    id: UUID | None = None
    name: str = ""
    order: int = 100
    direction: Direction = ""
    words: tuple[str, ...] = ()  # all stand in the text
    any_words: tuple[str, ...] = ()  # one of them does
    without: tuple[str, ...] = ()  # none of them does
    counterparty: str = ""
    account: str = ""  # of the counterparty
    least: Decimal | None = None
    most: Decimal | None = None
    currency: str = ""
    to_account: str = ""
    to_party: UUID | None = None
    automatic: bool = False
    version: int = 1

    @property
    def masked_account(self) -> str:
        """The end of the account number."""
        return Secret(self.account).masked

    def takes(self, line: BankLine) -> bool:
        """Tell whether a line is one of this rule."""
        size = abs(line.amount)
        if self.currency and line.currency != self.currency:
            return False
        if (self.least is not None and size < self.least) or (self.most is not None and size > self.most):
            return False
        return self.takes_text(line.name, line.account, line.text, incoming=line.amount > 0)

    def takes_text(self, name: str, account: str, text: str, *, incoming: bool) -> bool:
        """Tell whether direction, counterparty and words of a line are those of this rule."""
        if self.direction and (self.direction == "in") != incoming:
            return False
        if self.account and account_plain(account) != account_plain(self.account):
            return False
        if self.counterparty and not set(name_words(self.counterparty)) <= set(name_words(name)):
            return False
        if not (self.words or self.any_words or self.without):
            return True
        whole = upper(f"{name} {text}")
        if any(upper(word) not in whole for word in self.words) or any(upper(word) in whole for word in self.without):
            return False
        return not self.any_words or any(upper(word) in whole for word in self.any_words)

    def reasons(self) -> tuple[str, ...]:
        """Return in words why it took a line."""
        said = [f"Rule “{self.name}”."]
        if self.account or self.counterparty:
            said.append(f"The counterparty is {self.counterparty or Secret(self.account)}.")
        if self.words:
            said.append(f"The text has {' and '.join(f'“{each}”' for each in self.words)}.")
        if self.any_words:
            said.append(f"The text has one of {', '.join(f'“{each}”' for each in self.any_words)}.")
        if self.least is not None and self.most is not None:
            said.append(f"The amount is between {self.least:,} and {self.most:,}.")
        elif self.least is not None:
            said.append(f"The amount is at least {self.least:,}.")
        elif self.most is not None:
            said.append(f"The amount is at most {self.most:,}.")
        return tuple(said)


def checked(rule: Rule) -> Rule:
    """Return a rule that says something and leads somewhere; raises `Invalid` by field."""
    problems: dict[str, str] = {}
    if not rule.name.strip():
        problems["name"] = "Give the rule a name, so that people know it when it took a line."
    if not any((rule.words, rule.any_words, rule.counterparty, rule.account, rule.least, rule.most)):
        problems["words"] = "Say at least one thing that a line must have: words, a counterparty, an account or an amount."
    if rule.least is not None and rule.most is not None and rule.least > rule.most:
        problems["most"] = f"The largest amount, {rule.most:,}, is below the smallest, {rule.least:,}."
    for name, amount in (("least", rule.least), ("most", rule.most)):
        if amount is not None and amount < 0:
            problems[name] = "Amounts of rules are without sign; say by the direction whether money comes or goes."
    if not rule.to_account and rule.to_party is None:
        problems["to_account"] = "Say which account or which party such a line goes to."
    if problems:
        raise Invalid(fields=problems)
    return rule


def first_rule(line: BankLine, rules: Iterable[Rule]) -> Rule | None:
    """Return the first rule, by its order, that takes a line."""
    return next((each for each in sorted(rules, key=lambda rule: (rule.order, rule.name)) if each.takes(line)), None)


def by_rule(line: BankLine, rules: Sequence[Rule]) -> Suggestion | None:
    """Return what a tenant's rules say of a line, where one leads to an account."""
    rule = first_rule(line, [each for each in rules if each.to_account])
    if rule is None:
        return None
    return Suggestion(
        lines=(line.id,),
        kind="rule",
        score=0.97,
        reasons=rule.reasons(),
        account=rule.to_account,
        party=rule.to_party,
        rule=rule.id,
        certain=rule.automatic,
    )
