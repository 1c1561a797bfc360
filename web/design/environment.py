"""The Jinja environment of the design page: the real templates, the made-up globals."""

from pathlib import Path
from typing import Literal

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, select_autoescape

from web.design import formats
from web.furniture import furnish

TEMPLATES = Path(__file__).parents[1] / "templates"
SAMPLES = Path(__file__).parent / "templates"

Theme = Literal["light", "dark", "system"]


def make_environment() -> Environment:
    """An environment that fulfils the contract in `web/templates/README.md`."""
    env = Environment(
        loader=ChoiceLoader([FileSystemLoader(TEMPLATES), FileSystemLoader(SAMPLES)]),
        autoescape=select_autoescape(default=True),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters.update(formats.FILTERS)
    env.globals.update(formats.GLOBALS)
    furnish(env)
    return env
