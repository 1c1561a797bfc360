"""The same for programs; `/api/v1/lists/sample_tasks.tasks` reads the list."""

from dataclasses import asdict
from datetime import date
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler
from msgspec import Struct
from weft import TheTenant, needs

from . import services
from .domain import Task, TaskDraft
from .permissions import EDIT, READ


class TaskView(Struct, frozen=True, kw_only=True):
    """A task, as programs read it."""

    id: UUID
    title: str
    due_on: date
    notes: str
    done: bool
    version: int


def _view(task: Task) -> TaskView:
    return TaskView(**asdict(task))


@get("/tasks/{task_id:uuid}", summary="Read a task", guards=[needs(READ)])
async def read_task(tenant: TheTenant, task_id: FromPath[UUID]) -> TaskView:
    """Return a task."""
    return _view(await services.find_task(tenant, task_id))


@post("/tasks", summary="Make a task", guards=[needs(EDIT)])
async def make_task(tenant: TheTenant, data: JSONBody[TaskDraft]) -> TaskView:
    """Make a task and return it."""
    return _view(await services.add_task(tenant, data))


ALL: tuple[ControllerRouterHandler, ...] = (read_task, make_task)
