"""A memory that does not grow: it holds what was noted last."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Recent(Generic[K, V]):
    """A value for each of the `most` keys that were noted last. Not safe between threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[K, V] = OrderedDict()

    def note(self, key: K, value: V) -> bool:
        """Keep `value` for `key`, as the newest; whether there was none."""
        is_new = key not in self._kept
        self._kept[key] = value
        self._kept.move_to_end(key)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return is_new

    def get(self, key: K) -> V | None:
        """What was noted for `key`, if it is still known."""
        return self._kept.get(key)

    def drop(self, key: K) -> bool:
        """Forget `key`; whether it was known."""
        is_known = key in self._kept
        self._kept.pop(key, None)
        return is_known

    def __contains__(self, key: K) -> bool:
        return key in self._kept

    def __len__(self) -> int:
        return len(self._kept)
