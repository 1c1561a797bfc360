"""What the command does for the whole installation, and what it says where there is none."""

import asyncio
from pathlib import Path

import asyncpg
import pytest

from infra.testing import Installation, ServerUrls
from web.packages import packages

from .conftest import Weft


def run_sql(url: str, sql: str) -> None:
    async def work() -> None:
        connection = await asyncpg.connect(url)
        await connection.execute(sql)
        await connection.close()

    asyncio.run(work())


def unwell(weft: Weft) -> set[str]:
    told = weft("doctor", "--json")
    bad = {each["name"] for each in told.document["findings"] if not each["ok"]}
    assert (told.code, told.document["ok"]) == (3 if bad else 0, not bad)
    assert all(each["sentence"] for each in told.document["findings"])
    return bad


def test_a_right_that_was_given_away_is_found_by_the_doctor_and_taken_back_by_a_migration(weft: Weft, installation: Installation) -> None:
    before = unwell(weft)  # the server of the tests does not wait for its disk, and other tests leave traces
    run_sql(installation.superuser_url, "GRANT CREATE ON SCHEMA public TO PUBLIC")
    for _ in range(2):  # to look changes nothing
        assert unwell(weft) > before
    assert "✗ " in weft("doctor").out
    assert weft("migrate").code == 0
    assert unwell(weft) == before


def test_a_fleet_that_is_up_to_date_stays_as_it_is(weft: Weft, slug: str) -> None:
    assert weft("migrate", "--check").out == "Every business is up to date.\n"
    assert weft("migrate", "--json").document == {"behind": 0, "done": 0, "failed": {}}
    assert weft("migrate", "--workers", "0", "--json").error["kind"] == "usage"


def test_a_business_that_is_behind_is_told_and_brought_up(weft: Weft, slug: str, installation: Installation) -> None:
    of_it = f"tenant_id = (SELECT id FROM platform.tenant WHERE slug = '{slug}')"
    run_sql(installation.superuser_url, f"UPDATE platform.tenant_module SET version = '0.0.1' WHERE plugin = 'contacts' AND {of_it}")
    behind = weft("migrate", "--check", "--json")
    assert (behind.code, len(behind.document["behind"])) == (3, 1)
    assert behind.document["behind"][0].endswith(" contacts")
    assert weft("migrate").out == "1 of 1 businesses upgraded.\n"
    assert weft("migrate", "--check").code == 0


def test_a_database_that_nobody_prepared_is_refused_with_the_command_that_does(weft: Weft, weft_servers: ServerUrls) -> None:
    refused = weft("tenant", "list", "--json", WEFT_DATABASE_URL=weft_servers.postgres("postgres"))
    assert (refused.code, refused.error["kind"]) == (78, "configuration")
    assert "`weft migrate`" in refused.error["message"]


def test_servers_that_do_not_answer_are_told_by_their_variables(weft: Weft, weft_servers: ServerUrls) -> None:
    for variable, url in (
        ("WEFT_DATABASE_URL", "postgresql://anna:secret@127.0.0.1:1/weft"),
        ("WEFT_REDIS_URL", "redis://:secret@127.0.0.1:1"),
    ):
        refused = weft("tenant", "list", **{variable: url})
        assert (refused.code, refused.out) == (78, "")
        assert variable in refused.err
        assert "secret" not in refused.err


def test_a_folder_without_a_weft_is_told_and_stays_empty(typed: Weft, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WEFT_DATABASE_URL", "WEFT_REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    refused = typed("tenant", "list", WEFT_DATA_DIR=str(tmp_path / "here"))
    assert (refused.code, refused.out) == (78, "")
    assert f"There is no Weft in {tmp_path}/here yet." in refused.err
    assert "`weft up`" in refused.err
    assert not (tmp_path / "here").exists()


@pytest.mark.parametrize("process", ["serve", "worker", "operator"])
def test_a_process_without_its_variables_names_them(typed: Weft, process: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WEFT_DATABASE_URL", raising=False)
    refused = typed(process, WEFT_REDIS_URL="redis://localhost", WEFT_SECRET_KEY="")
    assert refused.code == 78
    assert refused.err == "Set WEFT_DATABASE_URL and WEFT_SECRET_KEY, or start everything with `weft up`, which sets them.\n"


def test_front_end_packages_that_are_there_are_not_fetched_again(weft: Weft) -> None:
    found = weft("setup", "--json")
    assert (found.code, found.document) == (0, {"packages": str(packages())})
