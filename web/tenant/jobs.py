"""The Jobs page: what runs, waits, failed and comes back by the clock; and what an admin can do about it."""

from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

from litestar import Router, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Response

from core.auth.permissions import JOBS
from core.messaging import jobs, schedules
from core.messaging.jobs import JobView, Tab
from core.messaging.repertoire import Repertoire
from web.dependencies import TheUi
from web.tenant.clock_words import in_words
from web.ui import LiveUi
from weft.permissions import needs

TITLES = {Tab.RUNNING: "Running", Tab.WAITING: "Waiting", Tab.FAILED: "Failed", Tab.DONE: "Done"}
STATES = {
    "running": {"label": "Running", "tone": "accent", "live": True},
    "queued": {"label": "About to run", "tone": "info"},
    "waiting": {"label": "Waiting", "tone": "neutral"},
    "done": {"label": "Done", "tone": "good"},
    "dead": {"label": "Failed", "tone": "bad"},
    "cancelled": {"label": "Cancelled", "tone": "neutral"},
}


def _repertoire(ui: LiveUi) -> Repertoire:
    return ui.views.repertoire


def origin(ui: LiveUi) -> Callable[[str], str]:
    """Return what tells which module a job is of, by the job's name."""
    titles = {key: plugin.title for key, plugin in ui.door.tenant.house.registry.plugins.items()}
    return lambda name: titles.get(name.partition(".")[0], "Weft")


async def _tabs(ui: LiveUi, here: str) -> list[dict[str, Any]]:
    counts = await jobs.count_jobs(ui.door.tenant)
    found: list[dict[str, Any]] = [
        {
            "label": title,
            "href": f"/jobs?tab={tab.value}",
            "active": here == tab.value,
            "count": counts[tab] if tab is not Tab.DONE else None,
        }
        for tab, title in TITLES.items()
    ]
    return [*found, {"label": "Schedules", "href": "/jobs/schedules", "active": here == "schedules"}]


@get("/")
async def jobs_page(
    ui: TheUi, tab: Annotated[Tab, QueryParameter(name="tab")] = Tab.RUNNING, after: Annotated[str, QueryParameter(name="after")] = ""
) -> Response[str]:
    """Show one tab: what runs oldest first, what waits by its time, what ended latest first."""
    tenant = ui.door.tenant
    page = await jobs.list_jobs(ui.door.runtime.platform, _repertoire(ui), tenant, tab, after)
    return await ui.page("jobs/page.html", tab=tab.value, tabs=await _tabs(ui, tab.value), page=page, states=STATES, origin=origin(ui))


@get("/{job_id:uuid}")
async def job_page(ui: TheUi, job_id: FromPath[UUID]) -> Response[str]:
    """Show one job, with what it said when it failed."""
    return await ui.page("jobs/job.html", job=await _find(ui, job_id), states=STATES, origin=origin(ui))


@get("/{job_id:uuid}/progress")
async def job_progress(ui: TheUi, job_id: FromPath[UUID]) -> Response[str]:
    """Return how far a job is: what a page that shows it asks for until it is done."""
    return await ui.fragment("jobs/_progress.html", job=await _find(ui, job_id), states=STATES)


@post("/{job_id:uuid}/retry")
async def retry_job(ui: TheUi, job_id: FromPath[UUID]) -> Response[Any]:
    """Try a job again."""
    await jobs.retry(ui.door.runtime.platform, _repertoire(ui), ui.door.tenant, job_id)
    return ui.redirect(f"/jobs/{job_id}", toast="The job will be tried again.")


@post("/retry-failed")
async def retry_failed(ui: TheUi) -> Response[Any]:
    """Try everything that failed again."""
    count = await jobs.retry_all(ui.door.runtime.platform, ui.door.tenant)
    return ui.redirect("/jobs?tab=waiting", toast=f"{count} {'job' if count == 1 else 'jobs'} will be tried again.")


@post("/{job_id:uuid}/cancel")
async def cancel_job(ui: TheUi, job_id: FromPath[UUID]) -> Response[Any]:
    """Call a job off."""
    await jobs.cancel(ui.door.runtime.platform, _repertoire(ui), ui.door.tenant, job_id)
    return ui.redirect(f"/jobs/{job_id}", toast="The job is called off.")


@get("/schedules")
async def schedules_page(ui: TheUi) -> Response[str]:
    """Show what runs by the clock."""
    found = await schedules.list_schedules(_repertoire(ui), ui.door.tenant)
    return await ui.page("jobs/schedules.html", tabs=await _tabs(ui, "schedules"), schedules=found, in_words=in_words)


@post("/schedules/{name:str}/{what:str}")
async def steer_schedule(ui: TheUi, name: FromPath[str], what: FromPath[str]) -> Response[Any]:
    """Pause a schedule, resume it, or run it now."""
    platform, repertoire, tenant = ui.door.runtime.platform, _repertoire(ui), ui.door.tenant
    if what == "pause":
        await schedules.pause(platform, repertoire, tenant, name)
        return ui.redirect("/jobs/schedules", toast="It is paused: its times pass by until you resume it.")
    if what == "resume":
        await schedules.resume(platform, repertoire, tenant, name)
        return ui.redirect("/jobs/schedules", toast="It runs by the clock again.")
    job_id = await schedules.run_now(platform, repertoire, tenant, name)
    return ui.redirect("/jobs?tab=running", toast="It runs now.") if job_id else ui.redirect("/jobs/schedules")


async def _find(ui: LiveUi, job_id: UUID) -> JobView:
    return await jobs.find_job(ui.door.runtime.platform, _repertoire(ui), ui.door.tenant, job_id)


jobs_router = Router(
    "/jobs",
    route_handlers=[jobs_page, job_page, job_progress, retry_job, retry_failed, cancel_job, schedules_page, steer_schedule],
    guards=[needs(JOBS)],
)
