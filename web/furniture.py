"""What every template of ours and of plugins finds without importing it: the macros as `ui`, and parts that never change as `still()`."""

from functools import cache

from jinja2 import Environment
from markupsafe import Markup


def furnish(environment: Environment) -> None:
    """Add `ui` and `still` to an environment whose other globals stand.

    To import the macros in each template would make Jinja compare all globals for every import, which costs more than to render them.
    """
    environment.globals["still"] = cache(lambda name: _render(environment, name))
    environment.globals["ui"] = environment.get_template("ui.html").module


def _render(environment: Environment, name: str) -> Markup:
    return Markup(environment.get_template(name).render())  # noqa: S704  # rendered with autoescape
