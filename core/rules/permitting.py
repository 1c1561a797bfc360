"""Rules about permissions: every door has a lock, and every key to it can be given to somebody."""

from collections.abc import Iterator

from core.auth.permissions import CORE
from core.rules.mounting import Route
from core.rules.rule import Problem, Rule
from core.rules.subject import Subject
from weft import ForAnyone, Permission


def guarded(subject: Subject) -> Iterator[Problem]:
    """Every route says who may use it."""
    for route in subject.mounted.routes:
        if route.is_public or route.is_for_anyone:
            yield from _public(subject, route)
        elif route.permission is None and not route.is_for_everyone:
            yield Problem(
                subject.place(route.handler),
                f"{route.method} {route.path} carries no guard: add guards=[needs(PERMISSION)], or for_everyone(“why”) if all may use it.",
            )
        if route.is_for_everyone and not any(getattr(guard, "why", "").strip() for guard in route.guards):
            yield Problem(subject.place(route.handler), f"{route.method} {route.path} is for everyone without a reason: write why.")


def _public(subject: Subject, route: Route) -> Iterator[Problem]:
    place = subject.place(route.handler)
    if not route.is_public:
        yield Problem(place, f"{route.method} {route.path} is for anyone, but people have to sign in there: list it in public().")
    elif not any(isinstance(guard, ForAnyone) and guard.why.strip() for guard in route.guards):
        yield Problem(
            place, f"{route.method} {route.path} is open to the whole world: add guards=[for_anyone(“why”)], with what it asks for."
        )


def offered(subject: Subject) -> Iterator[Problem]:
    """A permission that nobody can be given locks everybody out."""
    known = {each.name for each in CORE} | {each.name for key in subject.needed for each in subject.registry.declared("permissions", key)}
    for where, what, permission in _asked(subject):
        if permission.name not in known:
            yield Problem(where, f"{what} asks for “{permission.name}”, which nobody offers: list it in permissions().")


def _asked(subject: Subject) -> Iterator[tuple[str, str, Permission]]:
    for route in subject.mounted.routes:
        if route.permission:
            yield subject.place(route.handler), f"{route.method} {route.path}", route.permission
    for hook, each in subject.everything():
        if permission := getattr(each, "permission", None):
            yield subject.hook_place(hook), f"“{each.title}” in {hook}()", permission
    for role in subject.declared("role_templates"):
        for permission in role.permissions:
            yield subject.hook_place("role_templates"), f"The role “{role.title}”", permission


def roles(subject: Subject) -> Iterator[Problem]:
    """A permission in no role is one that an owner alone has, until somebody finds it."""
    templates = subject.declared("role_templates")
    given = {permission.name for role in templates for permission in role.permissions}
    for permission in subject.declared("permissions"):
        if permission.name not in given:
            yield Problem(
                subject.hook_place("permissions"),
                f"No role template gives “{permission.name}”: put it into one, so that a business has somebody who may.",
            )


def same_permission(subject: Subject) -> Iterator[Problem]:
    """A link is shown to those whom the page behind it lets in."""
    for hook in ("menu", "records", "listings", "actions"):
        for each in subject.declared(hook):
            route = subject.mounted.find(address_of(each.path), getattr(each, "method", "get"))
            if route and route.permission and route.permission != each.permission:
                yield Problem(
                    subject.hook_place(hook),
                    f"“{each.title}” in {hook}() is shown with “{each.permission.name}”, and {route.path} needs “{route.permission.name}”.",
                )


def address_of(path: str) -> str:
    """Return an address of a path with ``{id}`` in it, as a link has it."""
    return path.replace("{id}", "01890a5d-ac96-774b-bcce-b302099a8057")


RULES = (
    Rule("guarded", "Every route carries needs(…), or says that it is for everyone, or for anyone, and why", guarded),
    Rule("permissions", "Whatever asks for a permission asks for one that somebody offers", offered),
    Rule("roles", "Every permission is in a role template", roles),
    Rule("same-permission", "A link asks for the permission that its page needs", same_permission),
)
