"""One installation through its life, as a newcomer starts it: ready, used, ended, killed, and started again."""

import os
import re
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .conftest import PATIENCE, House, house_in, until

ROWS = 6000


@pytest.fixture(scope="module")
def house(demo_folder: Path) -> Iterator[House]:
    """Yield an installation that is not started yet; those at browsers find it as these tests leave it."""
    with house_in(demo_folder) as made:
        yield made


def test_a_newcomer_reads_where_everything_is_and_who_may_sign_in(house: House) -> None:
    told = house.start()
    base = f"localhost:{house.port}"
    assert re.match(r"Weft is ready after \d+\.\d s\.\n", told)
    assert f"  http://{base} " in told
    for slug, email in (("shop", "ada@shop.example"), ("clinic", "dora@clinic.example"), ("works", "gerd@works.example")):
        [line] = [line for line in told.splitlines() if email in line]
        assert line.split()[0] == f"http://{slug}.{base}"
    assert "Logs are in .weft/logs/weft.log." in told
    starts = [line.index("@") for line in told.splitlines() if "@" in line]
    assert len(starts) >= 9
    assert house.ask("GET", "/").status_code == 200
    assert house.ask("GET", "/mailbox").status_code == 200


def test_the_sign_ins_that_are_printed_open_the_doors(house: House) -> None:
    password = re.search("password of each is: (.+)", house.out.read_text())
    assert password
    page = house.ask("GET", "/sign-in")
    token = re.search('name="_csrf_token" value="([^"]+)"', page.text)
    assert token
    cookies = {"cookie": f"weft_csrf={page.cookies['weft_csrf']}"}
    for words, code in ((password[1], 303), ("not the password", 422)):
        form = {"email": "ben@shop.example", "password": words, "_csrf_token": token[1]}
        assert house.ask("POST", "/sign-in", data=form, headers=cookies, follow_redirects=False).status_code == code


def test_the_console_stays_quiet_and_the_logs_are_in_a_file(house: House) -> None:
    lines = house.err.read_text().splitlines()
    [servers] = [line for line in lines if line.startswith("Servers: ")]
    assert f"embedded, data in {house.folder}/.weft/postgres" in servers
    assert all(re.search(r" … .*\d s$", line) for line in lines if line != servers), lines
    assert {line["service"] for line in house.log} >= {"weft-web", "weft-worker"}
    assert (house.folder / ".weft" / "logs" / "weft.log").stat().st_mode & 0o077 == 0


def test_commands_beside_it_work_on_its_servers_and_tell_its_address(house: House) -> None:
    before = house.processes()
    made = house.answer("tenant", "create", "corner", "--name", "Corner Shop", "--owner", "ada@corner.example", WEFT_PORT="")
    assert made["url"] == f"http://corner.localhost:{house.port}"
    assert [each["slug"] for each in house.answer("tenant", "list")] == ["clinic", "corner", "shop", "works"]
    permissions = ("core.import", "catalogue.product.import", "catalogue.product.read")
    asked = [word for name in permissions for word in ("--permission", name)]
    house.tokens["corner"] = house.answer("token", "create", "corner", *asked)["token"]
    assert house.ask("GET", "/api/v1/imports", slug="corner").json() == []
    assert house.answer("doctor")["ok"] is True
    assert {pid for pid, words in house.processes().items() if "postgres:" not in words} == {
        pid for pid, words in before.items() if "postgres:" not in words
    }


def test_the_demo_is_not_loaded_twice(house: House) -> None:
    assert len(house.answer("demo", "load")["people"]) == house.out.read_text().count("@")


def test_a_second_one_on_the_same_data_is_told_where_the_first_is(house: House) -> None:
    refused = house.weft("up")
    assert (refused.returncode, refused.stdout) == (78, "")
    assert f"runs already on the data in .weft: open http://localhost:{house.port}, or stop that one first" in refused.stderr
    assert house.ask("GET", "/health/ready").status_code == 200


def test_what_it_is_told_to_end_in_the_middle_of_an_import_goes_on_at_the_next_start(house: House) -> None:
    rows = "".join(f"P-{number},Product {number}\n" for number in range(ROWS))
    sent = house.ask(
        "POST",
        "/api/v1/imports",
        slug="corner",
        data={"importer": "catalogue.products", "then": "save", "mapping": '{"sku": "sku", "name": "title"}'},
        files={"file": ("products.csv", f"sku,title\n{rows}", "text/csv")},
    )
    assert sent.status_code == 202, sent.text
    url = sent.headers["location"]
    until(lambda: _import(house, url)["state"] not in ("reading", "checking", "checked"), "rows are being saved")
    assert _import(house, url)["state"] == "importing"
    assert house.end(signal.SIGTERM) == 0
    assert house.processes() == {}
    assert '"people"' in house.start("--json")
    until(lambda: _import(house, url)["state"] != "importing", "the import has ended")
    assert _import(house, url)["state"] == "done"
    assert _import(house, url)["saved"] == {"created": ROWS, "updated": 0, "unchanged": 0, "refused": 0}


def _import(house: House, url: str) -> dict[str, Any]:
    return dict(house.ask("GET", url, slug="corner").json())


def test_a_killed_one_leaves_no_process_of_its_own_and_its_servers_are_taken_over(house: House) -> None:
    assert house.process
    os.kill(house.process.pid, signal.SIGKILL)
    house.process.wait(PATIENCE)
    until(lambda: not any(" infra " in words for words in house.processes().values()), "web, worker and operator end with it")
    orphans = {
        pid for pid, words in house.processes().items() if words.startswith(("postgres -", "redis-server")) or "/postgres -D" in words
    }
    assert orphans, "the servers outlive a killed parent"
    house.start()
    assert orphans <= set(house.processes()), "and go on under the next one"
    assert [each["slug"] for each in house.answer("tenant", "list")] == ["clinic", "corner", "shop", "works"]
    [done] = house.ask("GET", "/api/v1/imports", slug="corner").json()
    assert done["state"] == "done"


def test_ctrl_c_ends_everything_and_leaves_no_process(house: House) -> None:
    assert house.end(signal.SIGINT) == 0
    assert house.processes() == {}
    assert not (house.folder / ".weft" / "address").exists()
    with socket.socket() as free:
        assert free.connect_ex(("127.0.0.1", house.port)) != 0
