"""An empty file with an importer's headings, to fill in."""

import csv
import io
from typing import Any

from core.imports.fields import fields_of
from weft.data import Importer


def template_file(importer: Importer[Any]) -> bytes:
    """Return a CSV file (RFC 4180, UTF-8 with a byte order mark) with nothing but headings; those that are required come first."""
    fields = sorted(fields_of(importer), key=lambda field: not field.required)
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow([field.title for field in fields])
    return b"\xef\xbb\xbf" + text.getvalue().encode()
