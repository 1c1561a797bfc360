"""What a plugin's tests are given, as types: the fixtures of the same names, which pytest finds by itself where Weft is installed.

::

    async def test_a_task_is_made(client: Client, tenant: Tenant) -> None:
        answer = await client.submit("/tasks/new", {"title": "Paint the door"})
        assert answer.status_code == 303

Only tests import this module. docs/testing-plugins.md tells each fixture.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeAlias, TypeVar

import httpx

from weft.events import Event
from weft.permissions import Permission
from weft.tenant import Tenant

E = TypeVar("E", bound=Event)


class Client(Protocol):
    """One person at the pages and the API of a business; every method of `httpx.AsyncClient` is there."""

    async def get(self, url: str, *, params: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None) -> httpx.Response:
        """Ask for a page; redirects are not followed."""

    async def submit(self, path: str, data: Mapping[str, Any] | None = None) -> httpx.Response:
        """Send a form as its page would, with the token that belongs to it."""

    async def request(self, method: str, url: str, *, json: Any = None, headers: Mapping[str, str] | None = None) -> httpx.Response:
        """Send any request."""


class Visitors(Protocol):
    """Makes clients."""

    async def sign_in(self, tenant: Tenant, *permissions: Permission | str, name: str = "Test Person") -> Client:
        """Return a client of a new member of `tenant`, who may do everything unless permissions are named."""

    async def program(self, tenant: Tenant, *permissions: Permission | str) -> Client:
        """Return a client of a program with a token for the API of `tenant`, which may do everything unless permissions are named."""

    def visit(self, tenant: Tenant | None = None) -> Client:
        """Return a client that nobody is signed in with, at a business's address or the platform's."""


class Ran(Protocol):
    """One attempt at a job: `state` is done, or waiting for another attempt, or dead, or cancelled."""

    @property
    def name(self) -> str:
        """The job's name."""

    @property
    def state(self) -> str:
        """What became of it."""

    @property
    def attempt(self) -> int:
        """Which attempt it was, from 1."""


class Jobs(Protocol):
    """Runs jobs through the same workers as in production."""

    async def run_all(self, of: Tenant | None = None) -> Sequence[Ran]:
        """Run everything that is due by the test's clock, schedules included, and what that asks for in turn; returns each attempt.

        With `of`, only the attempts for one business.
        """

    async def failed(self, tenant: Tenant | None = None) -> Sequence[Any]:
        """Return the jobs that were given up, each with `name`, `error` and `traceback`."""


class Events(Protocol):
    """What businesses published since the test began."""

    async def of(self, tenant: Tenant, kind: type[E]) -> Sequence[E]:
        """Return a business's events of one kind, oldest first."""

    async def names(self, tenant: Tenant) -> Sequence[str]:
        """Return the names of all of a business's events, oldest first."""


class Mail(Protocol):
    """One letter as it was written."""

    @property
    def to(self) -> str:
        """Its recipient."""

    @property
    def subject(self) -> str:
        """Its subject."""

    @property
    def text(self) -> str:
        """Its text."""

    @property
    def links(self) -> Sequence[str]:
        """Every address in its text."""


class Mailbox(Protocol):
    """What was mailed since the test began, whether it was delivered or not."""

    async def all(self) -> Sequence[Mail]:
        """Return every letter, oldest first."""

    async def to(self, recipient: str) -> Sequence[Mail]:
        """Return the letters to one address, oldest first."""


class Clock(Protocol):
    """The time as the test says; it runs until it is set, and then stands."""

    def set(self, moment: datetime) -> None:
        """Stop the clock at a moment."""

    def forward(self, by: timedelta) -> None:
        """Move the clock on, and leave it standing."""


class Installation(Protocol):
    """A whole Weft on servers of the test's own."""

    async def new_tenant(self, *modules: str) -> Tenant:
        """Make a business with some modules and what they need; every installed one unless some are named."""


KeepsTheRules: TypeAlias = Callable[[str], Awaitable[None]]
