"""What a rule is: a claim that every plugin must keep, a way to find out, and a sentence for each place where it is broken."""

from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass

from core.rules.subject import Subject
from core.rules.trial import Trial


@dataclass(frozen=True, slots=True)
class Problem:
    """One place where a rule is broken: where it is, and a sentence that says what is wrong and how to mend it."""

    where: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that a plugin's code alone can be held to. `title` says what must hold."""

    id: str
    title: str
    broken: Callable[[Subject], Iterable[Problem]]


@dataclass(frozen=True, slots=True)
class TrialRule:
    """A rule that shows only in a business where the plugin is switched on: it needs a database."""

    id: str
    title: str
    broken: Callable[[Trial], AsyncIterator[Problem]]


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem, and the rule that it breaks."""

    rule: str
    where: str
    sentence: str
