"""What the sample plugin tells others."""

from weft import Event


class NoteWritten(Event):
    """Somebody wrote a note."""

    title: str
