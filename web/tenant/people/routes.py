"""The pages about people, collected."""

from litestar.types import ControllerRouterHandler

from web.tenant.people.closing import closing_routes
from web.tenant.people.invitations import invitation_routes
from web.tenant.people.members import member_routes
from web.tenant.people.onboarding import onboarding_routes
from web.tenant.people.roles import role_routes
from web.tenant.people.tokens import token_routes


def people_routes() -> list[ControllerRouterHandler]:
    """Return every route about people, roles, tokens, the first days of a business and its end."""
    return [*member_routes, *invitation_routes, *role_routes, *token_routes, *onboarding_routes, *closing_routes]
