"""The recycle bin."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Iterator

from ._values import Ident, ident, walk
from .directories import Object

if TYPE_CHECKING:
    from .fleet import Fleet

__all__ = ["RecycleBin"]


class RecycleBin:
    """What was put into the recycle bin by itself, and may be restored or deleted for good."""

    def __init__(self, fleet: "Fleet") -> None:
        self._fleet = fleet

    def __iter__(self) -> Iterator[Object]:
        """Its items by ascending id."""
        return walk(lambda after, take: self._fleet._call("itg_bin_each", after, take), partial(Object, self._fleet))

    def _on(self, function: str, item: Ident) -> None:
        kind: Any = getattr(item, "type", None)
        self._fleet._call(function, self._fleet._call("itg_object_type", item) if kind is None else kind, ident(item))
        if hasattr(item, "refresh") and function != "itg_bin_purge":
            item.refresh()

    def put(self, item: Ident) -> None:
        """Puts a thin client, profile or directory into it, a directory with all that is below."""
        self._on("itg_bin_put", item)

    def restore(self, item: Ident) -> None:
        """Takes it out again."""
        self._on("itg_bin_restore", item)

    def purge(self, item: Ident) -> None:
        """Deletes an item for good."""
        self._on("itg_bin_purge", item)

    def empty(self) -> int:
        """Deletes all items for good. @return how many objects are gone"""
        return int(self._fleet._call("itg_bin_empty"))
