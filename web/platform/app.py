"""The platform's application: everything at the base host, before and between tenants."""

from litestar import Litestar, Router
from litestar.config.compression import CompressionConfig

from core.runtime import Runtime
from web.dependencies import dependencies
from web.errors import exception_handlers
from web.health import health_routes
from web.platform.sign_in import open_tenant, sign_in, sign_in_form
from web.tenant.app import BODY_LIMIT, csrf
from web.views import Views


def platform_app(runtime: Runtime, views: Views) -> Litestar:
    """Return the application behind the base host."""
    return Litestar(
        [Router("/", route_handlers=[sign_in_form, sign_in, open_tenant]), *health_routes(runtime)],
        dependencies=dict(dependencies(views)),
        exception_handlers=exception_handlers(views),
        csrf_config=csrf(runtime),
        compression_config=CompressionConfig(backend="gzip", gzip_compress_level=5, minimum_size=1500),
        openapi_config=None,
        request_max_body_size=BODY_LIMIT,
        debug=False,
    )
