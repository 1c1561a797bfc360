"""What can go wrong in a plugin, and what a person is told.

::

    WeftError
    ├── Refused        403  you may not do this
    ├── Missing        404  there is no such thing
    ├── Conflict       409  its state forbids this
    │   └── Stale      409  somebody else changed it since it was read; 412 where a program named that state by If-Match
    ├── Invalid        422  a value is wrong; carries field → sentence
    └── Unavailable    503  try again later; a job that raises it is retried

Subclass one of the five with a sentence that a customer may read. Only `web` knows status codes, only `workers` knows retries.
"""

from collections.abc import Mapping


class WeftError(Exception):
    """The root: its text is shown to people, so it says what happened and how to mend it."""

    title = "Something went wrong"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Refused(WeftError):
    """The person may not do this."""

    title = "Not allowed"


class Missing(WeftError):
    """The thing asked for does not exist in this tenant."""

    title = "Not found"


class Conflict(WeftError):
    """The thing was changed meanwhile, or its state forbids the action."""

    title = "Changed meanwhile"


class Stale(Conflict):
    """Somebody else has changed the record since it was read; raise one whose `current` is the record as it stands, with its `version`."""


class Invalid(WeftError):
    """One or more values are wrong; `fields` maps a field's name to a sentence about it."""

    title = "Please check your entries"

    def __init__(self, message: str = "", fields: Mapping[str, str] | None = None) -> None:
        self.fields: dict[str, str] = dict(fields or {})
        super().__init__(message or "; ".join(self.fields.values()) or self.title)

    @classmethod
    def field(cls, name: str, sentence: str) -> "Invalid":
        """Return the error of one field."""
        return cls(fields={name: sentence})


class Unavailable(WeftError):
    """Something outside is down; the same call may succeed later."""

    title = "Temporarily unavailable"
