"""What Prometheus finds: every figure is in the guide, none tells of one tenant, and each process has its own."""

import re
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from tests.telemetry.house import House
from tests.workers.waiting import until

GUIDE = Path(__file__).parents[2] / "docs" / "operations.md"


async def scrape(house: House, port: int) -> dict[str, list[Sample]]:
    """Return the samples of a process by the name of their metric as it is documented."""
    answer = await house.ask("GET", "/metrics", host="prometheus", port=port)
    assert answer.status_code == 200, answer.text
    found: dict[str, list[Sample]] = {}
    for family in text_string_to_metric_families(answer.text):
        name = f"{family.name}_total" if family.type == "counter" else family.name
        if not name.endswith("_created"):  # the client's own: when each series began
            found[name] = list(family.samples)
    return found


async def test_the_guide_names_every_metric_and_no_other(house: House) -> None:
    told = {*await scrape(house, house.port), *await scrape(house, house.worker_port)}
    ours = {name for name in told if name.startswith("weft_")}
    documented = set(re.findall(r"^\| `(weft_[a-z_]+)`", GUIDE.read_text(), re.MULTILINE))
    assert ours == documented


async def test_no_label_takes_as_many_values_as_there_are_tenants(house: House) -> None:
    allowed = {"method", "status", "side", "plugin", "hook", "pool", "state", "name", "queue", "after", "le"}
    for port in (house.port, house.worker_port):
        for name, samples in (await scrape(house, port)).items():
            if name.startswith("weft_"):
                assert {label for sample in samples for label in sample.labels} <= allowed, name


async def test_requests_are_counted_by_method_status_and_side(house: House) -> None:
    async def count(status: str, side: str) -> float:
        samples = (await scrape(house, house.port))["weft_request_seconds"]
        wanted = {"method": "GET", "status": status, "side": side}
        return sum(each.value for each in samples if each.name == "weft_request_seconds_count" and each.labels == wanted)

    platform, tenant = await count("200", "platform"), await count("404", "tenant")
    assert (await house.ask("GET", "/sign-in", host=house.installation.settings.base_host)).status_code == 200
    assert (await house.ask("GET", "/no-such-page")).status_code == 404
    assert await count("200", "platform") == platform + 1
    assert await count("404", "tenant") == tenant + 1


async def test_the_web_tells_of_its_pools_and_of_spares(house: House) -> None:
    samples = await scrape(house, house.port)
    pools = {(each.labels["pool"], each.labels["state"]): each.value for each in samples["weft_pool_connections"]}
    for pool in ("platform", "tenants", "isolated"):
        assert 0 <= pools[pool, "in_use"] <= pools[pool, "open"] <= pools[pool, "most"]
    assert pools["tenants", "most"] == house.installation.settings.pool_size
    assert [each.value for each in samples["weft_spare_tenants"]] == [
        await house.installation.runtime.platform.fetchval("SELECT count(*) FROM platform.tenant WHERE state = 'spare'")
    ]


async def test_the_worker_tells_of_its_jobs_on_a_port_of_its_own(house: House) -> None:
    async def ended() -> float:
        samples = (await scrape(house, house.worker_port))["weft_jobs_total"]
        wanted = {"name": "core.read_import", "state": "done"}
        return sum(each.value for each in samples if each.name == "weft_jobs_total" and each.labels == wanted)

    before = await ended()
    assert (await house.upload("Emmy Noether")).status_code == 201

    async def counted() -> bool:
        return await ended() == before + 1

    await until(counted, "the job is counted")
