"""What a tenant admin can set, told by a struct.

Subclass `Settings`; each field with a default is one entry of the settings page. `msgspec.Meta(title=, description=)` gives label and help,
and its limits are checked. `bool` becomes a switch, `Literal` a choice, `Decimal`, `int`, `str`, `date` a field of their kind.
"""

import msgspec


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of one plugin in one tenant; every field needs a default."""
