"""What a route's handler can ask for, by the names `tenant`, `ui` and `form`.

::

    @get("/parties", guards=[needs(READ)])
    async def parties(tenant: TheTenant, ui: TheUi) -> Response: ...
"""

from typing import Any, TypeAlias

from litestar.di import NamedDependency
from litestar.params import SkipValidation

from weft.forms import Form
from weft.tenant import Tenant
from weft.ui import Ui

TheTenant: TypeAlias = NamedDependency[SkipValidation[Tenant]]
TheUi: TypeAlias = NamedDependency[SkipValidation[Ui]]
TheForm: TypeAlias = NamedDependency[SkipValidation[Form]]


USUAL_BUDGET = 60  # statements and transactions of one page


def query_budget(most: int, why: str = "") -> dict[str, Any]:
    """Return what says how many statements a route may send at most, for `weft plugin check`: ``@get("/", opt=query_budget(12), …)``.

    Without it a page may send 60. More than that needs a sentence that says `why`; raises `ValueError` without one, and for none at all.
    """
    if most < 1 or (most > USUAL_BUDGET and not why.strip()):
        raise ValueError(f"A route that sends {most} statements, more than the usual {USUAL_BUDGET}, must say why.")
    return {"weft_statements": most}
