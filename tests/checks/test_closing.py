"""Other modules say what has to be finished before a year is closed."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime

import pytest
import pytest_asyncio

from core.plugins.registry import Registry
from infra.testing import Installation, ServerUrls, installed
from plugins.accounting.services import closing, years
from plugins.accounting.tests.conftest import Books, books, line
from weft import Checked, ClosingCheck, Conflict, Finding, Plugin, Tenant, hookimpl
from weft.testing import Client, Clock

__all__ = ["books"]
FINDINGS: list[Finding] = []


async def _open_tills(tenant: Tenant, first: date, last: date) -> Checked:
    return Checked(tuple(FINDINGS), f"No till is open from {first} to {last}.")


class Tills(Plugin):
    """A module whose tills have to be counted first."""

    key = "tills"
    title = "Tills"
    version = "1.0"

    @hookimpl
    def closing_checks(self) -> list[ClosingCheck]:
        return [ClosingCheck(name="tills.open", title="Tills counted", question="Is every till counted?", run=_open_tills)]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def installation(weft_servers: ServerUrls, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Installation]:
    """Yield a Weft with all our modules, and one with tills."""
    registry = Registry([*Registry.installed().plugins.values(), Tills()])
    async with installed(weft_servers, registry, tmp_path_factory.mktemp("tills")) as made:
        yield made


async def test_a_year_is_closed_when_no_module_has_anything_left(books: Books, client: Client, clock: Clock) -> None:
    clock.set(datetime(2026, 3, 1, 12, tzinfo=UTC))
    await books.post(line("1000", "10"), line("4000", "-10"), day=date(2025, 5, 1))
    year = await years.ensure_year(books.tenant, date(2025, 5, 1))
    late = Finding("Till 3 was counted late.", "/tills/3", "warning")
    FINDINGS[:] = [Finding(f"Till {number} is open.", f"/tills/{number}") for number in range(1, 13)]
    page = (await client.get(f"/accounting/years/{year.id}")).text
    assert "Till 10 is open." in page
    assert 'href="/tills/10"' in page
    assert "Till 11" not in page
    assert "And 2 more." in page
    with pytest.raises(Conflict, match="Tills counted: Till 1 is open"):
        await closing.close(books.tenant, year.id)
    FINDINGS[:] = [late]
    assert "Till 3 was counted late." in (await client.get(f"/accounting/years/{year.id}")).text
    FINDINGS.clear()
    assert "No till is open from 2025-01-01 to 2025-12-31." in (await client.get(f"/accounting/years/{year.id}")).text
    FINDINGS[:] = [late]
    assert (await client.submit(f"/accounting/years/{year.id}/close", {})).status_code == 303
    assert (await years.find_year(books.tenant, year.id)).state == "closed"
