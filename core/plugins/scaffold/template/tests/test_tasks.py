"""Tasks as a person and a program meet them: on a real database, through the real pages."""

from datetime import UTC, datetime, timedelta

from weft import Numbered, Tenant
from weft.testing import Client, Clock, Events, Jobs, Visitors

from weft_sample_tasks import imports, permissions, services
from weft_sample_tasks.domain import TaskDraft
from weft_sample_tasks.events import TaskFinished


def draft(tenant: Tenant, title: str = "Paint the door", days: int = 0) -> TaskDraft:
    return TaskDraft(title=title, due_on=tenant.today() + timedelta(days=days))


async def test_a_task_is_made_listed_and_found(client: Client, tenant: Tenant) -> None:
    answer = await client.submit("/sample_tasks/new", {"title": "Paint the door", "due_on": tenant.today().isoformat()})
    assert answer.status_code == 303, answer.text
    assert "Paint the door" in (await client.get("/sample_tasks")).text
    assert "Paint the door" in (await client.get(answer.headers["location"])).text
    assert "Paint the door" in (await client.get("/search?q=paint")).text


async def test_a_wrong_field_is_told_beside_it_and_nothing_typed_is_lost(client: Client) -> None:
    answer = await client.submit("/sample_tasks/new", {"title": "Paint the door", "due_on": "2206-01-01"})
    assert answer.status_code == 422
    assert "check the year" in answer.text
    assert 'value="Paint the door"' in answer.text


async def test_two_people_who_change_one_task_see_both_versions(client: Client, tenant: Tenant) -> None:
    task = await services.add_task(tenant, draft(tenant))
    path, due = f"/sample_tasks/{task.id}/edit", tenant.today().isoformat()
    first = await client.submit(path, {"title": "Paint it red", "due_on": due, "version": "1"})
    second = await client.submit(path, {"title": "Paint it blue", "due_on": due, "version": "1"})
    assert (first.status_code, second.status_code) == (303, 409)
    assert "Paint it red" in second.text
    assert "Paint it blue" in second.text
    assert (await services.find_task(tenant, task.id)).title == "Paint it red"


async def test_a_finished_task_is_told_to_others(client: Client, tenant: Tenant, events: Events) -> None:
    task = await services.add_task(tenant, draft(tenant))
    answer = await client.submit(f"/sample_tasks/{task.id}/finish")
    assert answer.status_code == 303
    assert await events.of(tenant, TaskFinished) == [TaskFinished(task_id=task.id, title="Paint the door")]


async def test_a_reader_can_look_and_not_touch(visitors: Visitors, tenant: Tenant) -> None:
    reader = await visitors.sign_in(tenant, permissions.READ)
    assert (await reader.get("/sample_tasks")).status_code == 200
    assert (await reader.submit("/sample_tasks/new", {"title": "No", "due_on": "2026-01-01"})).status_code == 403


async def test_a_program_makes_a_task(visitors: Visitors, tenant: Tenant) -> None:
    program = await visitors.program(tenant)
    body = {"title": "Paint the door", "due_on": tenant.today().isoformat()}
    made = await program.request("POST", "/api/v1/sample_tasks/tasks", json=body)
    assert made.status_code == 201, made.text
    read = await program.get(f"/api/v1/sample_tasks/tasks/{made.json()['id']}")
    assert read.json() == made.json()


async def test_a_reminder_comes_in_the_morning(client: Client, tenant: Tenant, clock: Clock, jobs: Jobs) -> None:
    clock.set(datetime(2026, 5, 4, 3, 0, tzinfo=UTC))
    await services.add_task(tenant, draft(tenant, days=1))
    await jobs.run_all()
    assert "Due: Paint the door" not in (await client.get("/notifications")).text
    clock.forward(timedelta(hours=12))
    await jobs.run_all()
    assert "Due: Paint the door" in (await client.get("/notifications")).text


async def test_rows_of_a_file_make_tasks_and_update_them(tenant: Tenant) -> None:
    rows = [Numbered(2, draft(tenant, "One")), Numbered(3, draft(tenant, "Two")), Numbered(4, draft(tenant, "One", days=3))]
    async with tenant.transaction():
        outcome = await imports.write(tenant, rows, {})
    assert [each.action for each in outcome.written] == ["created", "created", "updated"]
    assert not outcome.problems


async def test_businesses_do_not_see_each_other(client: Client, other_tenant: Tenant) -> None:
    task = await services.add_task(other_tenant, draft(other_tenant, "Of the others"))
    assert "Of the others" not in (await client.get("/sample_tasks")).text
    assert (await client.get(f"/sample_tasks/{task.id}")).status_code == 404
