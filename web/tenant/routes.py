"""The shell's own pages, collected."""

from litestar import Router
from litestar.types import ControllerRouterHandler

from web.tenant.audit import audit_router
from web.tenant.backups import backups_router
from web.tenant.checks import checks_router
from web.tenant.dashboard import dashboard_routes
from web.tenant.enter import enter, sign_out_here
from web.tenant.files import show_file
from web.tenant.help import help_page
from web.tenant.imports.routes import imports_router
from web.tenant.jobs import jobs_router
from web.tenant.me import me_routes
from web.tenant.module_changes import changes_router
from web.tenant.module_faults import faults_router
from web.tenant.modules import modules_router
from web.tenant.notifications import notification_routes
from web.tenant.papers import papers_router
from web.tenant.people.routes import people_routes
from web.tenant.reports.routes import reports_router
from web.tenant.search import search_page
from web.tenant.settings import settings_router
from web.tenant.webhooks import webhooks_router

PAGES: list[ControllerRouterHandler] = [
    audit_router,
    backups_router,
    checks_router,
    enter,
    help_page,
    sign_out_here,
    search_page,
    show_file,
    *dashboard_routes,
    *me_routes,
    *notification_routes,
    *people_routes(),
    imports_router,
    jobs_router,
    modules_router,
    faults_router,
    changes_router,
    reports_router,
    papers_router,
    settings_router,
    webhooks_router,
]


def shell_routes() -> list[ControllerRouterHandler]:
    """Return every route that the platform itself brings to a tenant's host."""
    return [Router("/", route_handlers=PAGES, include_in_schema=False)]
