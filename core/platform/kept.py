"""What was looked up in the platform's tables and has not changed since."""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Kept(Generic[K, V]):
    """At most so many values, those asked for last. Each knows what it is about, so that a change drops what it concerns, however many
    others there are: with thousands of businesses changes come all the time.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[K, tuple[V, tuple[str, ...]]] = OrderedDict()
        self._about: dict[str, set[K]] = {}

    def get(self, key: K) -> V | None:
        """Return a value that is kept."""
        found = self._values.get(key)
        if found is None:
            return None
        self._values.move_to_end(key)
        return found[0]

    def put(self, key: K, value: V, *about: str) -> None:
        """Keep a value until something it is `about` changes, or it has not been asked for longest."""
        self.drop(key)
        self._values[key] = value, about
        for each in about:
            self._about.setdefault(each, set()).add(key)
        if len(self._values) > self._most:
            self.drop(next(iter(self._values)))

    def replace(self, key: K, value: V) -> None:
        """Keep another value in place of one that is kept; does nothing when none is."""
        if found := self._values.get(key):
            self._values[key] = value, found[1]

    def drop(self, key: K) -> None:
        """Forget a value, if it is kept."""
        _, about = self._values.pop(key, (None, ()))
        for each in frozenset(about):  # somebody may say the same twice
            keys = self._about[each]
            keys.discard(key)
            if not keys:
                del self._about[each]

    def changed(self, what: str) -> None:
        """Forget everything that is about something."""
        for key in tuple(self._about.get(what, ())):
            self.drop(key)

    def clear(self) -> None:
        """Forget everything."""
        self._values.clear()
        self._about.clear()

    def __len__(self) -> int:
        return len(self._values)
