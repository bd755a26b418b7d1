"""Views: expressions with a name."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Iterator, Optional

from ._declarations import Extent, ViewRecord
from ._library import NULL
from ._values import Record, gather, ident, walk

if TYPE_CHECKING:
    from .fleet import Fleet
    from .thinclients import Thinclient

__all__ = ["View", "Views"]


class View(Record, ViewRecord):
    """A view: id, name, expression."""

    _struct = "itg_view"

    def thinclients(self, *, details: bool = False, after: int = 0) -> Iterator["Thinclient"]:
        """The thin clients that match."""
        from .thinclients import Thinclient
        fleet, number = self.fleet, self.id
        return walk(lambda last, take: fleet._call("itg_view_select", number, Extent(bool(details)), last, take),
                    lambda struct: Thinclient(fleet, struct, details), after)

    def update(self, *, name: Optional[str] = None, expression: Optional[str] = None) -> None:
        """None: it stays as it is."""
        self.fleet._call("itg_view_update", self.id, NULL if name is None else name, NULL if expression is None else expression)
        self.__dict__.update(self.fleet.views.get(self.id).__dict__)

    def delete(self) -> None:
        self.fleet._call("itg_view_delete", self.id)


class Views:
    """The views of a fleet."""

    def __init__(self, fleet: "Fleet") -> None:
        self._fleet = fleet

    def __iter__(self) -> Iterator[View]:
        return iter(gather(partial(self._fleet._call, "itg_view_each"), partial(View, self._fleet)))

    def get(self, id: int) -> View:
        """NotFound if there is none."""
        found: View = self._fleet._fetch("itg_view_get", "itg_view_free", partial(View, self._fleet), ident(id))
        return found

    def create(self, name: str, expression: str) -> View:
        """Makes one."""
        return self.get(self._fleet._call("itg_view_create", name, expression))
