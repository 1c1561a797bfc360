"""How a file is to be read: found out when it comes in, shown to the person, and theirs to change."""

from typing import Literal

import msgspec

Kind = Literal["csv", "xlsx", "own"]


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What a reader needs to know to give the same rows each time.

    `heading` is the row the headings are in, counted from 1; 0 when the file has none, and then its columns are called after their letters.
    What stands above it is left out. `notes` are sentences for the person about what was found.
    """

    kind: Kind
    suffix: str = ""  # of the file's name, such as ".vcf"; tells the importer's own reader
    encoding: str = ""  # a codec of Python's
    delimiter: str = ""
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    heading: int = 1
    notes: tuple[str, ...] = ()


MOST_COLUMNS = 500


def letters(place: int) -> str:
    """Return what a spreadsheet calls a column, counted from 0: A to Z, AA, AB…"""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def unique_headings(cells: list[str]) -> list[str]:
    """Return headings that tell columns apart: empty ones get the column's letter, repeated ones a number.

    >>> unique_headings(["name", "", "Name", "name"])
    ['name', 'Column B', 'Name', 'name (2)']
    """
    taken: set[str] = set()
    found = []
    for place, cell in enumerate(cells):
        bare = " ".join(cell.split())[:200] or f"Column {letters(place)}"
        heading, number = bare, 1
        while heading in taken:
            number += 1
            heading = f"{bare} ({number})"
        taken.add(heading)
        found.append(heading)
    return found
