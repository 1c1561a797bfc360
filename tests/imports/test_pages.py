"""The pages of the import centre, as somebody without a script uses them."""

import re

import pytest

from core.tenancy.tenant import LiveTenant
from infra.testing import Browser, Visitors
from infra.testing_jobs import Jobs
from tests.imports.club.importer import IMPORT

GOOD = "no,name,e-mail\nA1,Ann,ann@x.example\nB2,Ben,ben@x.example\n"
MIXED = "no,name,e-mail\nA1,Ann,ann@x.example\nB2,B,\nC3,=cmd|' /C calc'!A0,nowhere\n"


async def upload(client: Browser, content: str | bytes, name: str = "members.csv", into: str = "club.members") -> str:
    """Send a file through the form; returns the address of its page."""
    await client.get("/imports/new")
    form = {"_csrf_token": client.cookies["weft_csrf"], "into": into}
    answer = await client.post("/imports", data=form, files={"file": (name, content, "text/csv")})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def form_of(client: Browser, url: str) -> dict[str, str]:
    """Return what the form of the columns would send as it stands."""
    page = (await client.get(url)).text
    chosen = {"version": re.findall(r'name="version" value="(\d+)"', page)[0]}
    for name, body in re.findall(r'<select[^>]*name="([\w.]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        selected = re.findall(r'<option value="([^"]*)"[^>]* selected', body)
        chosen[name] = selected[0] if selected else ""
    return chosen


async def test_a_file_goes_from_upload_to_saved_and_back(client: Browser, jobs: Jobs) -> None:
    assert "Nothing has been imported yet" in (await client.get("/imports")).text
    url = await upload(client, MIXED)
    page = (await client.get(url)).text
    assert "members.csv into Members: 3 rows. 3 of 3 columns were recognised." in page
    answer = await client.submit(f"{url}/check", await form_of(client, url))
    assert answer.headers["location"] == url
    waiting = await client.get(url)
    assert "Checking the rows" in waiting.text
    assert (await client.get(f"{url}/progress", headers={"hx-request": "true"})).headers.get("hx-refresh") is None
    await jobs.run_all()
    assert (await client.get(f"{url}/progress", headers={"hx-request": "true"})).headers["hx-refresh"] == "true"
    page = (await client.get(url)).text
    assert "Save 1 row" in page
    assert "2 rows cannot be saved" in page
    assert "Enter at least 2 characters." in page
    await client.submit(f"{url}/save")
    await jobs.run_all()
    page = (await client.get(url)).text
    assert "Done" in page
    assert "2 rows were refused" in page
    history = (await client.get("/imports")).text
    assert "members.csv" in history
    assert "Undo the import" in history
    await client.submit(f"{url}/undo")
    await jobs.run_all()
    assert "Taken back" in (await client.get(url)).text
    assert "was undone" not in page


async def test_the_refused_rows_are_a_file_that_no_spreadsheet_runs_and_that_can_be_uploaded_again(client: Browser, jobs: Jobs) -> None:
    url = await upload(client, MIXED.replace(",", ";"))
    await client.submit(f"{url}/check", await form_of(client, url))
    await jobs.run_all()
    answer = await client.get(f"{url}/problems.csv")
    assert answer.headers["content-disposition"].startswith('attachment; filename="members - refused rows.csv"')
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert answer.content.decode("utf-8-sig").splitlines() == [
        "Row;What is wrong;no;name;e-mail",
        "3;Name: Enter at least 2 characters.;B2;B;",
        "4;E-mail: “nowhere” is not an e-mail address.;C3;'=cmd|' /C calc'!A0;nowhere",
    ]
    mended = answer.content.decode().replace(";B;", ";Bo;").replace(";nowhere", ";c@x.example")
    url = await upload(client, mended, "mended.csv")
    page = (await client.get(url)).text
    assert "3 of 5 columns were recognised" in page
    await client.submit(f"{url}/check", await form_of(client, url))
    await jobs.run_all()
    assert "Every row can be saved" in (await client.get(url)).text


async def test_what_a_file_cannot_be_is_told_where_it_was_chosen(client: Browser, tenant: LiveTenant) -> None:
    await client.get("/imports/new")
    form = {"_csrf_token": client.cookies["weft_csrf"], "into": "club.members"}
    answer = await client.post("/imports", data=form, files={"file": ("list.csv", b"%PDF-1.7", "text/csv")})
    assert answer.status_code == 422
    assert "This file is a PDF, which has no rows and columns to read." in answer.text
    answer = await client.post("/imports", data=form, files={"note": (None, b"x")})
    assert (answer.status_code, "Choose a file first." in answer.text) == (422, True)
    async with tenant.transaction() as db:
        assert await db.fetchval("SELECT count(*) FROM platform.file_waste") == 0


async def test_a_form_without_its_token_is_refused_before_its_file_is_stored(client: Browser, tenant: LiveTenant) -> None:
    await client.get("/imports/new")
    for token in ("", "0" * 128, client.cookies["weft_csrf"][:-1] + "x"):
        form = {"_csrf_token": token, "into": "club.members"}
        answer = await client.post("/imports", data=form, files={"file": ("list.csv", GOOD, "text/csv")})
        assert answer.status_code == 403
    answer = await client.put("/imports/file?into=club.members&name=x.csv", content=GOOD)
    assert answer.status_code == 403
    async with tenant.transaction() as db:
        assert await db.fetchval("SELECT count(*) FROM platform.file") == 0
        assert await db.fetchval("SELECT count(*) FROM platform.file_waste") == 0


async def test_a_script_sends_the_bytes_alone_and_is_told_where_to_go_on(client: Browser) -> None:
    await client.get("/imports/new")
    headers = {"x-csrftoken": client.cookies["weft_csrf"], "hx-request": "true"}
    answer = await client.put("/imports/file?into=club.members&name=members.csv", content=GOOD, headers=headers)
    assert answer.status_code == 201
    assert "Match the columns" in (await client.get(answer.json()["url"])).text
    answer = await client.put("/imports/file?into=club.members&name=x.csv", content=b"%PDF-1.7", headers=headers)
    assert (answer.status_code, answer.text) == (422, "This file is a PDF, which has no rows and columns to read.")


async def test_a_file_beyond_the_limit_is_refused_by_its_length_alone(client: Browser) -> None:
    await client.get("/imports/new")
    headers = {"x-csrftoken": client.cookies["weft_csrf"], "hx-request": "true", "content-length": "2000000000"}
    answer = await client.put("/imports/file?into=club.members&name=x.csv", content=b"x", headers=headers)
    assert (answer.status_code, "larger than 1 GB" in answer.text) == (422, True)


async def test_a_mapping_that_will_not_do_comes_back_as_it_was_sent_with_what_is_wrong(client: Browser) -> None:
    url = await upload(client, 'no,name,e-mail,owed\nA1,Ann,,"1,234"\nB2,Ben,,"5,678"\n')
    form = await form_of(client, url)
    assert form["map.3"] == ""
    answer = await client.submit(f"{url}/check", {**form, "map.0": "", "map.2": "name", "map.3": "credit"})
    assert answer.status_code == 422
    assert "Choose the column for “Member number”" in answer.text
    assert "is taken from the column “name” already" in answer.text
    assert "Say what “1,234” in the column “owed” means." in answer.text
    assert "1,234 is 1234" in answer.text
    assert re.search(r'name="map.3".*?value="credit" selected', answer.text, re.DOTALL)
    answer = await client.submit(f"{url}/check", {**form, "map.3": "credit", "sign.3": "."})
    assert answer.status_code == 303


async def test_the_encoding_is_shown_and_can_be_chosen(client: Browser) -> None:
    url = await upload(client, "no,name\nA1,Müller\n".encode("mac_roman"))
    page = (await client.get(url)).text
    assert "Müller" not in page
    form = await form_of(client, url)
    answer = await client.submit(f"{url}/reading", {"version": form["version"], "encoding": "mac_roman", "delimiter": ",", "heading": "1"})
    assert answer.status_code == 303
    assert "Müller" in (await client.get(url)).text
    answer = await client.submit(f"{url}/reading", {"version": form["version"], "encoding": "cp1252", "heading": "1"})
    assert (answer.status_code, "Somebody else has changed this import" in answer.text) == (409, True)
    version = (await form_of(client, url))["version"]
    answer = await client.submit(f"{url}/reading", {"version": version, "heading": "many"})
    assert (answer.status_code, "Enter a row number" in answer.text) == (422, True)


async def test_dates_that_could_be_read_in_two_ways_are_read_as_the_country_does_and_shown(client: Browser) -> None:
    url = await upload(client, "no,name,born\nA1,Ann,01/02/1990\nB2,Ben,03/04/1991\n")
    page = (await client.get(url)).text
    assert "It could be either: please check." in page
    assert (await form_of(client, url))["order.2"] == "dmy"


async def test_who_may_not_import_sees_no_door_to_it(visitors: Visitors, tenant: LiveTenant, client: Browser) -> None:
    url = await upload(client, GOOD)
    stranger = await visitors.sign_in(tenant, "core.jobs")
    for path in ("/imports", "/imports/new", url, f"{url}/file", f"{url}/problems.csv", f"{url}/progress"):
        assert (await stranger.get(path)).status_code == 403, path
    clerk = await visitors.sign_in(tenant, "core.import")
    assert "members.csv" not in (await clerk.get("/imports")).text
    assert "There is nothing to import into" in (await clerk.get("/imports/new")).text
    assert (await clerk.get(url)).status_code == 403
    member = await visitors.sign_in(tenant, "core.import", IMPORT)
    assert (await member.get(url)).status_code == 200


async def test_an_empty_file_with_the_headings_can_be_filled_in_and_uploaded(client: Browser, jobs: Jobs) -> None:
    answer = await client.get("/imports/template/club.members")
    assert answer.content.decode("utf-8-sig") == "Member number,Name,E-mail,Date of birth,Credit\r\n"
    url = await upload(client, answer.content + b"A1,Ann,,,\r\n")
    assert "5 of 5 columns were recognised" in (await client.get(url)).text


async def test_a_file_can_be_had_back_and_thrown_away(client: Browser) -> None:
    url = await upload(client, GOOD)
    answer = await client.get(f"{url}/file")
    assert (answer.text, answer.headers["content-type"]) == (GOOD, "application/octet-stream")
    assert (await client.submit(f"{url}/discard")).headers["location"] == "/imports"
    assert (await client.get(url)).status_code == 404


async def test_a_step_that_is_over_is_a_conflict_and_not_done_twice(client: Browser, jobs: Jobs) -> None:
    url = await upload(client, GOOD)
    form = await form_of(client, url)
    await client.submit(f"{url}/check", form)
    answer = await client.submit(f"{url}/check", form)
    assert answer.headers["location"] == url
    assert (await client.submit(f"{url}/save")).status_code == 409
    assert (await client.submit(f"{url}/undo")).status_code == 409
    await jobs.run_all()


async def test_a_long_history_has_pages(client: Browser) -> None:
    for number in range(32):
        await upload(client, f"no,name\nA{number},Ann\n", f"file {number}.csv")
    page = (await client.get("/imports")).text
    assert "file 31.csv" in page
    assert "file 1.csv" not in page
    following = re.findall(r'href="(/imports\?after=[^"]+)"', page)[0]
    page = (await client.get(following)).text
    assert "file 1.csv" in page
    assert "file 31.csv" not in page


@pytest.mark.parametrize("body", [b"", b"--x\r\n", b"no form at all", b'--x\r\nContent-Disposition: form-data; name="into"\r\n\r\nabc'])
async def test_a_broken_form_is_told_and_nothing_is_kept_of_it(client: Browser, tenant: LiveTenant, body: bytes) -> None:
    await client.get("/imports/new")
    headers = {"content-type": "multipart/form-data; boundary=x", "x-csrftoken": client.cookies["weft_csrf"]}
    answer = await client.post("/imports", content=body, headers=headers)
    assert answer.status_code in (400, 404), answer.text
    async with tenant.transaction() as db:
        assert await db.fetchval("SELECT count(*) FROM platform.file_waste") == 0
