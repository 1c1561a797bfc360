"""`weft up` on servers of somebody else's, reached over TCP with passwords, at an address of one's own."""

import asyncio
import signal
import socket
from collections.abc import Iterator

import pytest
import redis

from tests.infra.conftest import open_folder
from tests.infra.test_servers import OldPostgres, peer

from .conftest import House, a_house, free_port
from .peers import PASSWORD, Peers, postgres_over_tcp, prepare, redis_over_tcp

KEY = "a key that stays the same from start to start"


@pytest.fixture(scope="module")
def peers() -> Iterator[Peers]:
    with open_folder() as folder, open_folder() as queue:
        port = free_port()
        with postgres_over_tcp(folder, port) as admin, redis_over_tcp(queue, free_port()) as redis_url:
            yield Peers(asyncio.run(prepare(admin, port)), redis_url)


@pytest.fixture(scope="module")
def house(peers: Peers) -> Iterator[House]:
    more = {"WEFT_DATABASE_URL": peers.database_url, "WEFT_REDIS_URL": peers.redis_url, "WEFT_SECRET_KEY": KEY}
    with a_house(**more) as made:
        made.environment |= {"WEFT_HOST": "0.0.0.0", "WEFT_BASE_URL": f"http://office.example:{made.port}"}
        yield made


def test_a_database_is_prepared_by_a_migration_and_by_nothing_else(house: House) -> None:
    refused = house.weft("tenant", "list")
    assert (refused.returncode, refused.stdout) == (78, "")
    assert "Run `weft migrate` once" in refused.stderr
    assert PASSWORD not in refused.stderr
    assert house.answer("migrate") == {"behind": 0, "done": 0, "failed": {}}
    assert house.answer("tenant", "list") == []


def test_where_the_operators_login_is_told_the_databases_address_names_none(house: House, peers: Peers) -> None:
    where = f"postgresql://{peers.database_url.rpartition('@')[2]}"
    told = {"WEFT_DATABASE_URL": where, "WEFT_PROVISIONER_URL": peers.database_url}
    assert house.answer("migrate", "--check", **told) == {"behind": []}


def test_it_starts_on_them_at_its_own_address_and_makes_no_servers_of_its_own(house: House) -> None:
    assert f'"url": "http://office.example:{house.port}"' in house.start("--no-demo", "--json")
    said = house.err.read_text()
    assert "(WEFT_DATABASE_URL)" in said
    assert "(WEFT_REDIS_URL)" in said
    assert PASSWORD not in said
    assert not [name for name in ("postgres", "redis") if (house.folder / ".weft" / name).exists()]
    assert house.answer("tenant", "list") == []
    own = {"host": f"office.example:{house.port}"}
    assert "office.example" in house.ask("GET", "/sign-up", headers=own).headers["content-security-policy"]
    assert house.ask("GET", "/sign-up", headers=own).status_code == 200
    assert house.ask("GET", "/sign-up").status_code == 404, "localhost is not its address"
    with socket.socket() as anywhere:
        assert anywhere.connect_ex(("127.0.0.2", house.port)) == 0


def test_a_business_made_there_is_answered_and_its_queue_is_theirs(house: House, peers: Peers) -> None:
    made = house.answer("tenant", "create", "acme", "--name", "Acme", "--owner", "ada@acme.example")
    assert made["url"] == f"http://acme.office.example:{house.port}"
    token = house.answer("token", "create", "acme", "--permission", "catalogue.product.read")["token"]
    headers = {"host": f"acme.office.example:{house.port}", "authorization": f"Bearer {token}"}
    assert house.ask("GET", "/api/v1/catalogue/products", headers=headers).status_code == 200
    with redis.Redis.from_url(peers.redis_url) as queue:
        assert int(queue.info("clients")["connected_clients"]) > 1


def test_a_key_that_is_not_the_installations_is_told(house: House) -> None:
    refused = house.weft("tenant", "list", WEFT_SECRET_KEY="another key, such as one that was forgotten")
    assert (refused.returncode, refused.stdout) == (78, "")
    assert "WEFT_SECRET_KEY" in refused.stderr


def test_it_leaves_their_servers_alone_when_it_ends(house: House, peers: Peers) -> None:
    assert house.end(signal.SIGTERM) == 0
    assert house.processes() == {}
    assert [each["slug"] for each in house.answer("tenant", "list")] == ["acme"]
    with redis.Redis.from_url(peers.redis_url) as queue:
        assert queue.ping()


def test_an_older_postgresql_is_refused_before_anything_is_started(house: House) -> None:
    with peer(OldPostgres) as port:
        refused = house.weft("up", WEFT_DATABASE_URL=f"postgresql://anna:{PASSWORD.split()[0]}@127.0.0.1:{port}/weft")
    assert (refused.returncode, refused.stdout) == (78, "")
    assert "is 15.4, and Weft needs 17 or newer" in refused.stderr
    assert house.processes() == {}


def test_a_postgresql_that_does_not_answer_is_refused_by_its_variable(house: House) -> None:
    refused = house.weft("up", "--json", WEFT_DATABASE_URL=f"postgresql://anna:secret@127.0.0.1:{free_port()}/weft")
    assert refused.returncode == 78
    assert '"kind": "configuration"' in refused.stdout
    assert "WEFT_DATABASE_URL" in refused.stdout
    assert "secret" not in refused.stdout + refused.stderr


def test_a_process_that_cannot_run_ends_everything_and_its_reason_is_on_the_console(house: House) -> None:
    refused = house.weft("up", "--no-demo", WEFT_WORKER_METRICS_PORT="none")
    assert refused.returncode == 1
    said = refused.stderr.splitlines()
    assert any("WEFT_WORKER_METRICS_PORT" in line for line in said), said
    assert "worker cannot run with this configuration; its last lines above say why." in said
    assert not [line for line in said if "set aside" in line or "killing" in line], "what was about to start ends as well"
    assert house.processes() == {}
