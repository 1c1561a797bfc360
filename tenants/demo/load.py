"""Loads the demo's businesses through the same doors that people use: founding, roles, and the import centre."""

from collections.abc import Callable
from importlib.resources import files
from uuid import UUID

import structlog

from core.imports import services
from core.imports.batch import Import, ImportJob
from core.imports.jobs import JOB_OF
from core.people.members import add_member
from core.runtime import Runtime
from core.tenancy.pending import Actor
from core.tenancy.tenant import LiveTenant
from tenants.demo.businesses import BUSINESSES, PASSWORD, Business, Colleague, Delivery
from tenants.found import Founder, find_or_add_person, found_tenant
from tenants.modules import Modules, enable
from tenants.provisioner import Provisioner
from tenants.requirements import in_order
from weft.errors import Unavailable
from weft.tenant import Person

Log = structlog.get_logger("weft.demo")
Progress = Callable[[int, int], None]


async def load_demo(runtime: Runtime, provisioner: Provisioner, modules: Modules, *, progress: Progress = lambda done, of: None) -> int:
    """Make the businesses that are not there yet; returns how many those were. `progress` is told steps done and in all."""
    missing = [each for each in BUSINESSES if await runtime.catalogue.by_slug(each.new.slug) is None]
    steps, done = sum(2 + len(each.deliveries) for each in missing), 0
    for business in missing:
        tenant = await _found(runtime, provisioner, modules, business)
        progress(done := done + 1, steps)
        for delivery in business.deliveries:
            await _bring_in(tenant, delivery)
            progress(done := done + 1, steps)
        await _tell_stories(tenant, modules)
        progress(done := done + 1, steps)
    return len(missing)


async def _tell_stories(tenant: LiveTenant, modules: Modules) -> None:
    """Let each module fill the business with what it has of the past."""
    for key in in_order(modules.registry.plugins, tenant.catalogue_entry.enabled):
        if (life := modules.plugin(key).lifecycle()) and life.on_demo:
            await life.on_demo(tenant)
            Log.info("a module has told its story", module=key, business=tenant.slug)


async def sign_ins(runtime: Runtime) -> list[tuple[str, str, str]]:
    """Return who may sign in to the demo's businesses that are there: slug, e-mail and role."""
    there = [each for each in BUSINESSES if await runtime.catalogue.by_slug(each.new.slug) is not None]
    return [(business.new.slug, colleague.email, colleague.title) for business in there for colleague in business.people]


async def _found(runtime: Runtime, provisioner: Provisioner, modules: Modules, business: Business) -> LiveTenant:
    owner, *others = business.people
    founder = Founder(owner.email, owner.name, PASSWORD)
    founded = await found_tenant(runtime, provisioner, modules, business.new, founder)
    for key in business.modules:
        await enable(provisioner, runtime, modules, founded.tenant_id, key)
    for colleague in others:
        await _join(runtime, founded.tenant_id, colleague)
    actor = Actor("session", owner.name, Person(founded.person_id, owner.name, owner.email), None)
    await runtime.platform.execute("UPDATE platform.tenant SET onboarded = true WHERE id = $1", founded.tenant_id)
    return await runtime.tenant_by_id(founded.tenant_id, actor)


async def _join(runtime: Runtime, tenant_id: UUID, colleague: Colleague) -> None:
    async with runtime.platform.transaction() as db:
        roles = await db.fetch(
            "SELECT id FROM platform.role WHERE tenant_id = $1 AND template = ANY ($2)", tenant_id, list(colleague.roles)
        )
        if len(roles) != len(colleague.roles):
            raise Unavailable(
                f"The demo wants {', '.join(colleague.roles)} for {colleague.name}, and the modules offer only {len(roles)} of these."
            )
        person_id = await find_or_add_person(db, Founder(colleague.email, colleague.name, PASSWORD))
        await add_member(db, tenant_id, person_id, [role["id"] for role in roles])


async def _bring_in(tenant: LiveTenant, delivery: Delivery) -> None:
    """Import a file as a person would, and do the worker's part at once: no worker need run yet."""
    content = _content(tenant, delivery)
    staged = await tenant.files.stage(content)
    found = await services.start(tenant, delivery.importer, staged, delivery.file, chain="import", wanted=delivery.wanted)
    while found.state in JOB_OF:
        before = found.state
        await JOB_OF[before].run(tenant, ImportJob(found.id))
        found = await services.find(tenant, found.id)
        if found.state == before:
            raise Unavailable(f"The demo's file {delivery.file} could not be brought in: it stays “{before}”.")
    _check(found, delivery)


def _check(found: Import, delivery: Delivery) -> None:
    if found.state != "done":
        raise Unavailable(f"The demo's file {delivery.file} could not be brought in: {found.note or found.state}.")
    Log.info("a file of the demo is in", file=delivery.file, saved=found.counts.saved, refused=found.counts.refused)


def _content(tenant: LiveTenant, delivery: Delivery) -> bytes:
    if not delivery.package:
        return files("tenants.demo").joinpath("data", delivery.file).read_bytes()
    plugin = tenant.house.registry.plugins[delivery.package]
    package = type(plugin).__module__.rpartition(".")[0]
    return files(package).joinpath("demo", delivery.file).read_bytes()
