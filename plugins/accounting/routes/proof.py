"""The proof of the books, seals and what can be shown to strangers, and the auditor's bundle."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Response, Stream

from weft import Conflict, Invalid, TheTenant, TheUi, needs

from ..permissions import READ
from ..services import bundling, pages, proving, sealing


@get("/reports/proof", guards=[needs(READ)])
async def proof_page(tenant: TheTenant, ui: TheUi) -> Response[str]:
    """Show what the latest proofs found, and the seals."""
    runs, heads = await proving.latest(tenant), await sealing.heads(tenant, 10)
    return await ui.page("accounting/proof.html", proofs=runs, heads=heads, bundles=await bundling.latest(tenant))


@post("/reports/proof", guards=[needs(READ)])
async def ask_proof(tenant: TheTenant, ui: TheUi) -> Response[Any]:
    """Ask a worker to prove the books."""
    await proving.ask(tenant)
    return ui.redirect("/accounting/reports/proof", toast="The books are being proved: the result is here in a moment.")


@post("/reports/bundles", guards=[needs(READ)])
async def ask_bundle(tenant: TheTenant, ui: TheUi) -> Response[Any]:
    """Ask a worker for the auditor's bundle."""
    await bundling.ask_for_bundle(tenant)
    return ui.redirect("/accounting/reports/proof", toast="The bundle is being made: you are told when it is here.")


@get("/reports/bundles/{bundle_id:uuid}", guards=[needs(READ)])
async def read_bundle(tenant: TheTenant, bundle_id: FromPath[UUID]) -> Stream:
    """Send a bundle."""
    bundle = await bundling.find(tenant, bundle_id)
    headers = {"content-disposition": f'attachment; filename="{bundle.name}"', "content-length": str(bundle.bytes)}
    return Stream(tenant.files.read(bundle.file), media_type="application/zip", headers=headers)


@get("/reports/growth", guards=[needs(READ)])
async def growth(tenant: TheTenant, ui: TheUi, older: FromQuery[str] = "", size: FromQuery[str] = "") -> Response[Any]:
    """Send the proof that older books are the beginning of newer ones, as JSON; what cannot be proven is told on the proof's page."""
    try:
        if not older.isdigit() or (size and not size.isdigit()):
            raise Invalid.field("older", "Enter how many entries were sealed then, as the seal or the older bundle says.")
        made = await sealing.prove_growth(tenant, int(older), int(size) if size else None)
    except Invalid as wrong:
        runs, heads = await proving.latest(tenant), await sealing.heads(tenant, 10)
        context = {"proofs": runs, "heads": heads, "bundles": await bundling.latest(tenant), "older": older}
        return await ui.rejected("accounting/proof.html", wrong, **context)
    return _paper(msgspec.json.encode(made), f"growth-{made.older}-{made.size}.json")


@get("/entries/{entry_id:uuid}/proof", guards=[needs(READ)])
async def entry_proof(tenant: TheTenant, ui: TheUi, entry_id: FromPath[UUID]) -> Response[str]:
    """Show the proof that an entry is in the books, to be printed."""
    entry = (await pages.entry_page(tenant, entry_id)).entry
    try:
        made, problem = await sealing.prove_entry(tenant, entry_id), ""
    except Conflict as wrong:
        made, problem = None, wrong.message
    return await ui.page("accounting/entry_proof.html", entry=entry, proof=made, problem=problem, business=tenant.name)


@get("/entries/{entry_id:uuid}/proof.json", guards=[needs(READ)])
async def entry_proof_file(tenant: TheTenant, entry_id: FromPath[UUID]) -> Response[bytes]:
    """Send that proof as JSON."""
    made = await sealing.prove_entry(tenant, entry_id)
    return _paper(msgspec.json.encode(made), f"entry-{made.position}.json")


def _paper(content: bytes, name: str) -> Response[bytes]:
    return Response(content, media_type="application/json", headers={"content-disposition": f'attachment; filename="{name}"'})


proof_routes = [proof_page, ask_proof, ask_bundle, read_bundle, growth, entry_proof, entry_proof_file]
