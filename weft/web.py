"""What a route's handler can ask for, by the names `tenant`, `ui` and `form`.

::

    @get("/parties", guards=[needs(READ)])
    async def parties(tenant: TheTenant, ui: TheUi) -> Response: ...
"""

from typing import TypeAlias

from litestar.di import NamedDependency
from litestar.params import SkipValidation

from weft.forms import Form
from weft.tenant import Tenant
from weft.ui import Ui

TheTenant: TypeAlias = NamedDependency[SkipValidation[Tenant]]
TheUi: TypeAlias = NamedDependency[SkipValidation[Ui]]
TheForm: TypeAlias = NamedDependency[SkipValidation[Form]]
