"""Imports for programs, through HTTP."""

import json
from typing import Any

from core.tenancy.tenant import LiveTenant
from infra.testing import Browser, Visitors
from infra.testing_jobs import Jobs
from tests.imports.club.importer import IMPORT

ROWS = "Kennung,Wer,Post\nA1,Ann,ann@x.example\nB2,B,\n"
MAPPING = json.dumps({"code": "Kennung", "name": "Wer", "email": "Post"})


async def send(program: Browser, content: str | bytes = ROWS, **fields: str) -> Any:
    form = {"importer": "club.members", **fields}
    return await program.post("/api/v1/imports", data=form, files={"file": ("members.csv", content, "text/csv")})


async def test_a_program_sends_a_file_and_asks_how_far_it_is(visitors: Visitors, tenant: LiveTenant, jobs: Jobs) -> None:
    program = await visitors.program(tenant, "core.import", IMPORT)
    answer = await send(program, mapping=MAPPING)
    assert (answer.status_code, answer.json()["state"], answer.json()["rows"]) == (202, "checking", 2)
    url = answer.headers["location"]
    await jobs.run_all()
    found = (await program.get(url)).json()
    assert (found["state"], found["expected"]) == ("checked", {"created": 1, "updated": 0, "unchanged": 0, "refused": 1})
    assert found["problems"] == [{"row": 3, "field": "name", "sentence": "Enter at least 2 characters.", "value": "B"}]
    assert found["mapping"] == {"code": "Kennung", "name": "Wer", "email": "Post"}
    assert (await program.post(f"{url}/save")).status_code == 202
    await jobs.run_all()
    assert (await program.get(url)).json()["saved"]["created"] == 1
    assert (await program.post(f"{url}/undo")).status_code == 202
    await jobs.run_all()
    found = (await program.get(url)).json()
    assert (found["state"], found["undone"]) == ("undone", 1)
    assert [each["id"] for each in (await program.get("/api/v1/imports")).json()] == [found["id"]]


async def test_a_program_can_have_everything_done_at_once(visitors: Visitors, tenant: LiveTenant, jobs: Jobs) -> None:
    program = await visitors.program(tenant)
    answer = await send(program, "no,name\nA1,Ann\nB2,Ben\n", then="save", options=json.dumps({"existing": "skip"}))
    await jobs.run_all()
    found = (await program.get(answer.headers["location"])).json()
    assert (found["state"], found["saved"]["created"]) == ("done", 2)


async def test_a_mapping_that_will_not_do_leaves_the_file_for_a_person_to_look_at(visitors: Visitors, tenant: LiveTenant) -> None:
    program = await visitors.program(tenant)
    for mapping, note in (
        ({"code": "Kennung"}, "Choose the column for “Name”"),
        ({"code": "Nummer", "name": "Wer"}, "The file has no column “Nummer”. Its columns are Kennung, Wer, Post."),
        ({"shoe": "Wer"}, "There is no field “shoe”."),
    ):
        found = (await send(program, mapping=json.dumps(mapping))).json()
        assert found["state"] == "mapping"
        assert note in found["note"]


async def test_what_a_program_sends_wrong_is_a_problem_that_names_the_field(visitors: Visitors, tenant: LiveTenant) -> None:
    program = await visitors.program(tenant)

    def field(answer: Any) -> str:
        assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json"), answer.text
        return str(answer.json()["errors"][0]["field"])

    assert field(await send(program, mapping="[1]")) == "mapping"
    assert field(await send(program, options='{"existing": "burn"}')) == "option.existing"
    assert field(await send(program, then="fly")) == "then"
    assert field(await send(program, b"%PDF-1.7")) == "file"
    assert field(await program.post("/api/v1/imports", data={"importer": "club.members"}, files={"x": (None, "y")})) == "file"
    assert (await send(program, importer="nobody.things")).status_code == 404
    assert (await program.post("/api/v1/imports", json={})).status_code == 400
    async with tenant.transaction() as db:
        assert await db.fetchval("SELECT count(*) FROM platform.file_waste") == 0
        assert await db.fetchval("SELECT count(*) FROM platform.import_batch") == 0


async def test_a_token_without_the_permissions_is_refused(visitors: Visitors, tenant: LiveTenant) -> None:
    assert (await send(await visitors.program(tenant, "core.jobs"))).status_code == 403
    assert (await send(await visitors.program(tenant, "core.import"))).status_code == 403
    assert (await send(visitors.visit(tenant))).status_code == 401


async def test_openapi_tells_of_the_form(visitors: Visitors, tenant: LiveTenant) -> None:
    schema = (await (await visitors.program(tenant)).get("/api/schema/openapi.json")).json()
    form = schema["paths"]["/api/v1/imports"]["post"]["requestBody"]["content"]["multipart/form-data"]["schema"]
    assert form["required"] == ["importer", "file"]
    assert form["properties"]["file"]["format"] == "binary"
