"""``python -m infra.face``: compare the face with its last release; ``python -m infra.face release``: note what is released."""

import sys
from pathlib import Path

import msgspec

import weft
from infra.face.comparing import breaks
from infra.face.reading import read_face
from weft._version import __version__

RELEASED = Path(__file__).with_name("released.json")


def compared() -> tuple[str, list[str], bool]:
    """Return the version of the last release, what of it does not hold any more, and whether the first number says so."""
    released = msgspec.json.decode(RELEASED.read_bytes())
    return released["version"], breaks(released["face"], read_face(weft)), _first(__version__) > _first(released["version"])


def main(words: list[str]) -> int:
    """Run from the command line and return the exit code: 3 where the face breaks what was released."""
    version, broken, told = compared() if RELEASED.exists() else ("nothing", [], True)
    for sentence in broken:
        print(f"✗ {sentence}")  # noqa: T201
    if broken and not told:
        print(f"The face breaks what {version} promised: mend it, or raise the first number in weft/_version.py.")  # noqa: T201
        return 3
    if words == ["release"]:
        lines = [msgspec.json.encode({name: facts}).decode()[1:-1] for name, facts in read_face(weft).items()]  # one for each name
        RELEASED.write_text(f'{{"version": "{__version__}", "face": {{\n' + ",\n".join(lines) + "\n}}\n")
    print(f"✓ {__version__} keeps what {version} promised." if not broken else f"{__version__} breaks {version}, and says so.")  # noqa: T201
    return 0


def _first(version: str) -> int:
    return int(version.partition(".")[0])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
