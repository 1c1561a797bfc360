"""Imports for programs: send a file with the mapping, ask how far it is, save it, take it back."""

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import OpenAPIMediaType, Operation, RequestBody, Schema
from litestar.openapi.spec.enums import OpenAPIFormat, OpenAPIType
from litestar.params import FromPath, QueryParameter

from core.auth.permissions import IMPORT
from core.imports import services
from core.imports.batch import Chain, Counts, Import, Phase, Problem
from core.imports.importers import find_importer
from core.tenancy.tenant import LiveTenant
from web.dependencies import TheTenant
from web.tenant.imports.upload import AROUND, LIMIT, Sent, take_form
from weft.errors import Invalid
from weft.permissions import needs


class ImportAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """An import as programs see it: `expected` is what the check counted, `saved` what became records so far."""

    id: UUID
    importer: str
    file_name: str
    state: str
    rows: int
    columns: list[str]
    mapping: dict[str, str]  # field → heading
    expected: Counts
    saved: Counts
    undone: int
    kept: int
    note: str
    problems: list[Problem]  # of the first 100 rows that have some


async def _answer(tenant: LiveTenant, found: Import) -> ImportAnswer:
    phase: Phase = "undo" if found.state == "undone" else "check" if found.state in ("checking", "checked") else "import"
    headings = [column.heading for column in found.columns]
    return ImportAnswer(
        id=found.id,
        importer=found.importer,
        file_name=found.file_name,
        state=found.state,
        rows=found.total,
        columns=headings,
        mapping={each.field: headings[each.column] for each in found.mapping},
        expected=found.expected,
        saved=found.counts,
        undone=found.undone,
        kept=found.kept,
        note=found.note,
        problems=await services.problems(tenant, found, phase, 100),
    )


@dataclass
class _Upload(Operation):
    """Tells OpenAPI of the form, which is read as it comes in and so is no parameter of the handler."""

    def __post_init__(self) -> None:
        form = Schema(
            type=OpenAPIType.OBJECT,
            required=["importer", "file"],
            properties={
                "importer": Schema(type=OpenAPIType.STRING, description="What the file holds, such as contacts.parties"),
                "mapping": Schema(type=OpenAPIType.STRING, description="JSON: field → heading; guessed when left out"),
                "options": Schema(type=OpenAPIType.STRING, description="JSON: the importer's own questions → answers"),
                "then": Schema(type=OpenAPIType.STRING, enum=["check", "save"], description="How far to go on: check (default) or save"),
                "file": Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY, description="Must come last"),
            },
        )
        self.request_body = RequestBody(content={"multipart/form-data": OpenAPIMediaType(schema=form)}, required=True)


@post(
    "/",
    summary="Import a file",
    request_max_body_size=LIMIT + AROUND,
    status_code=202,
    operation_class=_Upload,
    responses={202: ResponseSpec(ImportAnswer, description="The file is taken in, and checked or saved by a worker")},
)
async def start_import(tenant: TheTenant, request: Request[Any, Any, Any]) -> Response[ImportAnswer]:
    """Send a file as multipart/form-data. It is checked by a worker, and with ``then=save`` its good rows are saved."""
    chain: Chain = "check"

    def check(sent: Sent) -> None:
        nonlocal chain
        find_importer(tenant, sent.fields.get("importer", ""))
        chain = _chain(sent.fields.get("then", "check"))

    sent = await take_form(request, tenant.files, check)
    if sent.staged is None:
        raise Invalid.field("file", "Send a file as the part “file”, after the other fields.")
    try:
        wanted, options = (_json(sent.fields.get(name, ""), name) for name in ("mapping", "options"))
    except Invalid:
        await tenant.files.discard(sent.staged)
        raise
    found = await services.start(
        tenant,
        sent.fields["importer"],
        sent.staged,
        sent.name,
        media_type=sent.media_type,
        chain=chain,
        wanted=wanted,
        options=options,
    )
    return Response(await _answer(tenant, found), status_code=202, headers={"Location": f"/api/v1/imports/{found.id}"})


@get("/{import_id:uuid}", summary="How far an import is")
async def read_import(tenant: TheTenant, import_id: FromPath[UUID]) -> ImportAnswer:
    """Return where an import stands, what was counted, and what is wrong with rows."""
    return await _answer(tenant, await services.find(tenant, import_id))


@get("/", summary="The newest imports")
async def list_imports(tenant: TheTenant, size: Annotated[int, QueryParameter(ge=1, le=100)] = 30) -> list[ImportAnswer]:
    """Return the newest imports of the kinds that the token may bring in."""
    return [await _answer(tenant, each) for each in await services.newest(tenant, None, size)]


@post("/{import_id:uuid}/save", summary="Save a checked import", status_code=202)
async def save_import(tenant: TheTenant, import_id: FromPath[UUID]) -> ImportAnswer:
    """Have the rows saved that the check has found to be good."""
    return await _answer(tenant, await services.run(tenant, import_id))


@post("/{import_id:uuid}/undo", summary="Undo an import", status_code=202)
async def undo_import(tenant: TheTenant, import_id: FromPath[UUID]) -> ImportAnswer:
    """Have an import taken back; records that were changed since are left alone and listed."""
    return await _answer(tenant, await services.undo(tenant, import_id))


def _chain(then: str) -> Chain:
    if then == "check":
        return "check"
    if then == "save":
        return "import"
    raise Invalid.field("then", f"“{then}” is neither check nor save.")


def _json(text: str, name: str) -> dict[str, str]:
    try:
        return msgspec.json.decode(text, type=dict[str, str]) if text else {}
    except msgspec.DecodeError as wrong:
        raise Invalid.field(name, f'Send “{name}” as a JSON object of texts, such as {{"name": "Product name"}}.') from wrong


imports_api = Router(
    "/imports",
    route_handlers=[start_import, read_import, list_imports, save_import, undo_import],
    guards=[needs(IMPORT)],
    tags=["Imports"],
)
