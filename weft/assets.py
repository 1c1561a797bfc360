"""Files that browsers fetch as they are: scripts, style sheets, pictures."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Assets:
    """A folder inside the plugin's package. Its files are served below ``/static/<build>/<key>/``, and cached for ever by browsers.

    A template names one as ``{{ asset('shop/board.js') }}``; files name each other by relative paths. Scripts are modules, and nothing in
    them is loaded from another host or made from text (`eval`): the policy of our pages refuses both.
    """

    folder: Path
