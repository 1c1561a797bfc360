"""The pages: request to service to template. No rule, and no SQL."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler
from weft import Conflict, Form, Invalid, TheForm, TheTenant, TheUi, needs

from . import services
from .domain import Task, TaskDraft
from .listing import TASKS
from .permissions import EDIT, READ
from .records import TASK

FORM = "sample_tasks/form.html"


@get("/", guards=[needs(READ)])
async def list_tasks(ui: TheUi) -> Response[Any]:
    """Show the tasks."""
    return await ui.listing(TASKS, template="sample_tasks/tasks.html")


@get("/new", guards=[needs(EDIT)])
async def ask_for_task(ui: TheUi, tenant: TheTenant) -> Response[Any]:
    """Show an empty form."""
    return await ui.page(FORM, form=Form.of(due_on=tenant.today().isoformat()), task=None, errors={}, problem="")


@post("/new", guards=[needs(EDIT)])
async def add_task(ui: TheUi, tenant: TheTenant, form: TheForm) -> Response[Any]:
    """Make a task."""
    try:
        task = await services.add_task(tenant, form.read(TaskDraft))
    except Invalid as wrong:
        return await ui.rejected(FORM, wrong, form=form, task=None)
    return ui.redirect(TASK.url(task.id), toast="The task is there.")


@get("/{task_id:uuid}", guards=[needs(READ)])
async def show_task(ui: TheUi, tenant: TheTenant, task_id: FromPath[UUID]) -> Response[Any]:
    """Show one task, with what happened to it."""
    task = await services.find_task(tenant, task_id)
    history = await ui.history(TASK.name, task_id)
    slots = {"sample_tasks.task.side": task_id}
    return await ui.page("sample_tasks/task.html", slots=slots, task=task, today=tenant.today(), history=history)


@get("/{task_id:uuid}/edit", guards=[needs(EDIT)])
async def ask_for_change(ui: TheUi, tenant: TheTenant, task_id: FromPath[UUID]) -> Response[Any]:
    """Show the form with what is there."""
    task = await services.find_task(tenant, task_id)
    return await ui.page(FORM, form=_form_of(task), task=task, errors={}, problem="")


@post("/{task_id:uuid}/edit", guards=[needs(EDIT)])
async def change_task(ui: TheUi, tenant: TheTenant, form: TheForm, task_id: FromPath[UUID]) -> Response[Any]:
    """Change a task; whoever was slower sees what the other one wrote beside their own."""
    version = form.get("version")
    try:
        draft = form.read(TaskDraft)
        await services.change_task(tenant, task_id, draft, int(version) if version.isdigit() else 0)
    except (Invalid, Conflict) as wrong:
        task = await services.find_task(tenant, task_id)
        return await ui.rejected(FORM, wrong, form=form, task=task, theirs=isinstance(wrong, Conflict))
    return ui.redirect(TASK.url(task_id), toast="The task is saved.")


@post("/{task_id:uuid}/finish", guards=[needs(EDIT)])
async def finish_task(ui: TheUi, tenant: TheTenant, task_id: FromPath[UUID]) -> Response[Any]:
    """Mark a task as done."""
    task = await services.finish_task(tenant, task_id)
    return ui.redirect(TASK.url(task.id), toast="The task is done.")


def _form_of(task: Task) -> Form:
    return Form.of(title=task.title, due_on=task.due_on.isoformat(), notes=task.notes, version=str(task.version))


ALL: tuple[ControllerRouterHandler, ...] = (list_tasks, ask_for_task, add_task, show_task, ask_for_change, change_task, finish_task)
