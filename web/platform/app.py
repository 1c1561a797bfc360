"""The platform's application: everything at the base host, before and between tenants."""

from typing import Any
from urllib.parse import urlencode

from litestar import Litestar, Request, Router
from litestar.config.compression import CompressionConfig
from litestar.response import Response

from core.runtime import Runtime
from web.dependencies import dependencies
from web.errors import exception_handlers
from web.health import health_routes
from web.platform.account import SignInFirst, account_routes, signed_in
from web.platform.confirm import confirm_routes
from web.platform.front import front_routes
from web.platform.invitation import invitation_routes
from web.platform.mailbox import mailbox_routes, where_one_tries_things
from web.platform.reset import reset_routes
from web.platform.sign_in import sign_in_routes
from web.platform.sign_up import sign_up_routes
from web.tenant.app import BODY_LIMIT, csrf
from web.views import Views


def platform_app(runtime: Runtime, views: Views) -> Litestar:
    """Return the application behind the base host."""
    return Litestar(
        [
            Router(
                "/",
                route_handlers=[*front_routes, *sign_in_routes, *sign_up_routes, *reset_routes, *confirm_routes, *invitation_routes],
            ),
            Router("/", route_handlers=account_routes, guards=[signed_in]),
            Router("/", route_handlers=mailbox_routes, guards=[where_one_tries_things]),
            *health_routes(runtime),
        ],
        dependencies=dict(dependencies(views)),
        exception_handlers={**exception_handlers(views), SignInFirst: to_sign_in},
        csrf_config=csrf(runtime),
        compression_config=CompressionConfig(backend="gzip", gzip_compress_level=5, minimum_size=1500),
        openapi_config=None,
        logging_config=None,  # the process logs as it was told to; Litestar would set the root logger anew
        request_max_body_size=BODY_LIMIT,
        debug=False,
    )


def to_sign_in(_: Request[Any, Any, Any], wanted: SignInFirst) -> Response[Any]:
    """Send somebody who is not signed in to do so, and back to the page they wanted."""
    return Response(b"", status_code=303, headers={"Location": f"/sign-in?{urlencode({'next': wanted.to})}"})
