"""What the sample plugin keeps."""

from piccolo.columns import UUID, Integer, Text
from piccolo.table import Table


class Note(Table, tablename="notes_note"):
    """A note."""

    id = UUID(primary_key=True, default=None)
    title = Text(default="")
    version = Integer(default=1)
