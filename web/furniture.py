"""What every template of ours and of plugins finds without importing it: the macros as `ui`, and parts that never change as `still()`."""

import re
from functools import cache

from jinja2 import Environment
from jinja2.ext import Extension
from markupsafe import Markup

_IMPORT = re.compile(r"""\{%-?\s*import\s+["']ui\.html["']\s+as\s+ui\s*-?%\}""")


class AtHand(Extension):
    """Lets a template say that it imports `ui`, as one reads it in any Jinja project, at no cost: it is there already."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """Return the source without that import."""
        return _IMPORT.sub("", source)


def furnish(environment: Environment) -> None:
    """Add `ui` and `still` to an environment whose other globals stand.

    To import the macros in each template would make Jinja compare all globals for every import, which costs more than to render them.
    """
    environment.globals["still"] = cache(lambda name: _render(environment, name))
    environment.globals["ui"] = environment.get_template("ui.html").module


def _render(environment: Environment, name: str) -> Markup:
    return as_ascii(environment.get_template(name).render())


def as_ascii(rendered: str) -> Markup:
    """Return rendered HTML with character references for all that is not ASCII.

    One character beyond it doubles a page's size in memory, and costs more to put together and to encode than all the rest of its frame.
    """
    return Markup(rendered.encode("ascii", "xmlcharrefreplace").decode())  # noqa: S704  # rendered with autoescape
