"""``python -m infra.docs`` writes those pages of docs/ that are made from the code; with ``--check`` it only says which are stale."""

import sys
from collections.abc import Mapping
from pathlib import Path

from infra.docs.examples import ROOT
from infra.docs.fixtures import fixtures_part, with_part
from infra.docs.hooks import hooks_page


def pages() -> Mapping[Path, str]:
    """Return what each page should say."""
    docs = ROOT / "docs"
    return {docs / "hooks.md": hooks_page(), docs / "testing-plugins.md": with_part(docs / "testing-plugins.md", fixtures_part())}


def stale() -> list[Path]:
    """Return the pages that say something else."""
    return [path for path, text in pages().items() if not path.is_file() or path.read_text(encoding="utf-8") != text]


def main() -> int:
    """Write the pages, or check them; returns the exit code."""
    old = stale()
    for path in old:
        sys.stdout.write(f"{path.relative_to(ROOT)}\n")
        if "--check" not in sys.argv:
            path.write_text(pages()[path], encoding="utf-8")
    return 3 if old and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
