"""What `weft up` says when everything answers: where it is, and who may sign in."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.settings import Settings
from tenants.demo.businesses import PASSWORD


@dataclass(frozen=True, slots=True)
class SignIn:
    """Somebody of the demo: where, as whom, and what they are there."""

    url: str
    email: str
    role: str


@dataclass(frozen=True, slots=True)
class Ready:
    """Everything there is to say."""

    settings: Settings
    people: Sequence[SignIn]
    seconds: float
    log: Path

    def as_data(self) -> dict[str, Any]:
        """Return it for programs."""
        return {
            "url": self.settings.base_url,
            "mailbox": self._mailbox or None,
            "people": [{"url": each.url, "email": each.email, "role": each.role} for each in self.people],
            "password": PASSWORD if self.people else None,
            "log": str(self.log),
            "seconds": round(self.seconds, 1),
        }

    def as_text(self) -> str:
        """Return it for people: one address a line, in columns."""
        places = [(self.settings.base_url, "sign a business up, or sign in", "")]
        if self._mailbox:
            places.append((self._mailbox, "the mail that would have been sent", ""))
        people = [(each.url, each.email, each.role) for each in self.people]
        first = max(len(url) for url, _, _ in (*places, *people))
        blocks = [_columns(places, first)]
        if people:
            blocks += [_columns(people, first), [f"  The password of each is: {PASSWORD}"]]
        told = [line for block in blocks for line in (*block, "")]
        return "\n".join(
            (
                f"Weft is ready after {self.seconds:.1f} s.",
                "",
                *told,
                f"Logs are in {shown(self.log)}. Ctrl-C stops everything; the data stays.",
            )
        )

    @property
    def _mailbox(self) -> str:
        return f"{self.settings.base_url}/mailbox" if self.settings.shows_mail else ""


def _columns(rows: Sequence[tuple[str, ...]], first: int) -> list[str]:
    widths = [first, *(max(len(row[place]) for row in rows) for place in range(1, len(rows[0])))]
    return ["  " + "   ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def shown(path: Path) -> Path:
    """Return a path as somebody who stands in this folder would write it."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
