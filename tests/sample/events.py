"""What the sample plugin tells others."""

from weft import Event


class NoteWritten(Event, frozen=True):
    """Somebody wrote a note."""

    title: str
