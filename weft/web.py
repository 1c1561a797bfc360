"""What a route's handler can ask for, by the names `tenant`, `ui` and `form`.

::

    @get("/parties", guards=[needs(READ)])
    async def parties(tenant: TheTenant, ui: TheUi) -> Response: ...
"""

from typing import TypeAlias

from litestar.di import NamedDependency

from weft.forms import Form
from weft.tenant import Tenant
from weft.ui import Ui

TheTenant: TypeAlias = NamedDependency[Tenant]
TheUi: TypeAlias = NamedDependency[Ui]
TheForm: TypeAlias = NamedDependency[Form]
