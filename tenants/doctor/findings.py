"""What a check says."""

from collections.abc import Sequence
from dataclasses import dataclass

SHOWN = 20  # problems of one kind; of more the number is told


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found: the sentence says what is wrong and how to mend it, or what is well."""

    name: str
    ok: bool
    sentence: str


def found(name: str, problems: Sequence[str], fine: str) -> list[Finding]:
    """Return a finding per problem, or one that says that all is well."""
    shown = [Finding(name, False, each) for each in problems[:SHOWN]]
    if len(problems) > SHOWN:
        shown.append(Finding(name, False, f"There are {len(problems) - SHOWN} more of this kind."))
    return shown or [Finding(name, True, fine)]


def sentence(what: str, mend: str) -> str:
    """Return what is wrong as a sentence, and who can mend it. A name at its beginning keeps its small letter."""
    first = what.split(" ", 1)[0]
    return f"{what[0].upper() if first.isalpha() else what[0]}{what[1:]}. {mending(mend)}"


def mending(mend: str) -> str:
    """Return how to mend something for which the bootstrap has a statement, or has none."""
    return "Run `weft migrate` with a superuser's URL in WEFT_PROVISIONER_URL." if mend else "Only a person can put this right."
