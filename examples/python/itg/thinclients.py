"""Thin clients and their properties."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterator, List, Optional, Tuple

from . import _declarations as declared
from ._declarations import Access, Extent, Facet, Kind, ThinclientProperties
from ._library import from_text, lib, to_int
from ._values import Ident, ident, to_time, walk
from .inventory import Adapter, Inventory

if TYPE_CHECKING:
    from .attributes import AttributeValues
    from .commands import CommandResult
    from .directories import Directory
    from .fleet import Fleet
    from .profiles import Assignment
    from .settings import Effective
    from .templates import TemplateAssignment

__all__ = ["Property", "Thinclient", "Thinclients"]

CONVERT: Dict[int, Callable[[Any], Any]] = {
    Kind.TEXT: from_text, Kind.ID: int, Kind.COUNT: int, Kind.INT: int, Kind.REAL: float, Kind.BOOL: bool,
    Kind.MINUTE: to_time, Kind.MILLIS: to_time, Kind.SECOND: to_time,
}


class Property:
    """A line of the table of properties."""

    def __init__(self, index: int, struct: Any) -> None:
        self.index = index
        #: IMI's name, "unitID".
        self.key: str = from_text(struct.key)
        #: The attribute's name, "unit_id".
        self.name: str = from_text(struct.column)
        self.kind = Kind(struct.kind)
        self.facet = Facet(struct.facet)
        self.access = Access(struct.access)

    @property
    def writable(self) -> bool:
        """Whether it may be set at any time."""
        return self.access == Access.UPDATE or self.name == "name"

    def __repr__(self) -> str:
        return "<Property %s>" % self.name


#: All properties that the library has, in IMI's order, by the names of attributes.
PROPERTIES: Dict[str, Property] = {p.name: p for p in map(Property, range(1000), lib.properties)}
_BY_KEY = {p.key: p for p in PROPERTIES.values()}
_FULL = list(PROPERTIES.values())
_raw = attrgetter(*PROPERTIES)
_SHORT_NAMES = [p.name for p in _FULL if p.facet != Facet.DETAIL]
_raw_short = attrgetter(*_SHORT_NAMES)
_SHORT_PLACE = {name: place for place, name in enumerate(_SHORT_NAMES)}


class Thinclient(ThinclientProperties):
    """A thin client as it was read; refresh() reads it again.

    Every property is an attribute. What the list that it came from did not carry is read when it is first asked for. Setting a
    property that may be set is written at once; update() writes several together. tc["lastContact"] reads by IMI's names,
    dict(tc) gives all.
    """

    __slots__ = ("fleet", "_values", "_details")

    fleet: "Fleet"
    _values: Tuple[Any, ...]
    _details: bool

    def __init__(self, fleet: "Fleet", struct: Any, details: bool = True) -> None:
        put = object.__setattr__
        put(self, "fleet", fleet)
        put(self, "_values", _raw(struct) if details else _raw_short(struct))
        put(self, "_details", details)

    def __getattr__(self, name: str) -> Any:
        found = PROPERTIES.get(name)
        if found is None:
            raise AttributeError("a thin client has no property %r" % name)
        if self._details:
            return CONVERT[found.kind](self._values[found.index])
        if found.facet == Facet.DETAIL:
            self.refresh()
            return CONVERT[found.kind](self._values[found.index])
        return CONVERT[found.kind](self._values[_SHORT_PLACE[name]])

    def __setattr__(self, name: str, value: Any) -> None:
        found = PROPERTIES.get(name)
        if found is None or not found.writable:
            raise AttributeError("%s of a thin client cannot be set" % name)
        self.update(**{name: value})

    def __getitem__(self, key: str) -> Any:
        return getattr(self, _BY_KEY[key].name)

    def keys(self) -> List[str]:
        """IMI's names of all properties."""
        return list(_BY_KEY)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Thinclient) and other.fleet is self.fleet and bool(other.id == self.id)

    def __hash__(self) -> int:
        return hash(self.id)

    def __repr__(self) -> str:
        return "<Thinclient id=%d mac=%s name=%r>" % (self.id, self.mac, self.name)

    type = declared.Type.THINCLIENT

    def refresh(self) -> "Thinclient":
        """Reads all properties again. @return itself"""
        fresh = self.fleet.thinclients.get(self.id)
        object.__setattr__(self, "_values", fresh._values)
        object.__setattr__(self, "_details", True)
        return self

    # -- changing it

    def update(self, *, attributes: Optional[Dict[str, str]] = None, **properties: Optional[str]) -> None:
        """Sets properties, and device attributes by their identifiers. None and "" clear."""
        self.fleet._call("itg_thinclient_update", self.id, _entries(properties, attributes))
        self.refresh()

    def move(self, directory: Ident) -> None:
        """Files it in a directory, or the root. Error of its kind if it cannot."""
        _move(self.fleet, self, directory)
        self.refresh()

    def delete(self) -> None:
        """Deletes it for good."""
        self.fleet._call("itg_thinclient_delete", self.id)

    def delete_online(self) -> "CommandResult":
        """Deletes it if it is online and confirms; the result says whether it did."""
        return self.fleet.commands._forget(self.id)

    def put_in_bin(self) -> None:
        self.fleet.bin.put(self)

    def restore(self) -> None:
        self.fleet.bin.restore(self)

    # -- what goes with it

    @property
    def parent(self) -> "Directory":
        """The directory that it lies in, or the root."""
        return self.fleet.directories.get(self.parent_id)

    @property
    def online(self) -> bool:
        """Whether the device link says so, now."""
        return bool(self.fleet._call("itg_thinclient_online", self.id))

    @property
    def attributes(self) -> "AttributeValues":
        """Its device attributes, like a dict: tc.attributes["room"] = "4.12"."""
        from .attributes import AttributeValues
        return AttributeValues(self)

    @property
    def inventory(self) -> Inventory:
        """Network adapters, logins, the certificate and passwords for shadowing."""
        return Inventory(self.fleet, self.id)

    @property
    def adapters(self) -> List[Adapter]:
        return self.inventory.adapters()

    def effective(self) -> List["Effective"]:
        """The settings that are in force on it."""
        from .settings import effective
        return effective(self.fleet, "itg_effective_each", self.id)

    def explain(self) -> List["Effective"]:
        """Every setting that reaches it, with the verdict on it: which wins, and why the others do not."""
        from .settings import effective
        return effective(self.fleet, "itg_effective_explain", self.id)

    def settings_revision(self) -> Tuple[int, Optional[int]]:
        """The revision of what it receives, and the one that it has in force, None if it has confirmed none."""
        current, confirmed = self.fleet._call("itg_settings_revision", self.id)
        return current, None if confirmed < 0 else confirmed

    def confirm_settings(self, revision: int) -> None:
        """It has this revision in force."""
        self.fleet._call("itg_settings_confirm", self.id, revision)

    def assignments(self) -> List["Assignment"]:
        """The assignments that reach it, the strongest standard profile first."""
        from .profiles import reaching
        return reaching(self.fleet, self)

    def assign(self, *profiles: Any) -> None:
        """Assigns profiles to it, all or none."""
        self.fleet.profiles.assign([(profile, self) for profile in profiles])

    def template_values(self) -> List["TemplateAssignment"]:
        """The template values that are assigned to it directly."""
        return self.fleet.templates.assignments(self)

    def send(self, command: Any) -> "CommandResult":
        """Sends a command now and waits for what becomes of it."""
        return self.fleet.commands.send(command, [self])[0]


def _move(fleet: "Fleet", item: Any, directory: Ident) -> None:
    from .errors import Code, make
    code = Code.__members__
    reasons = {1: code["NO_HANDLER"], 2: code["THINCLIENT_IN_BIN"], 3: code["OBJECT_TYPE"], 4: code["PARENT_NOT_FOUND"]}
    _, result = fleet.move([item], directory, tree=item.type if item.type % 2 == 0 else item.type + 1)[0]
    if result:
        raise make(reasons[result], detail="not moved: " + lib.itg_move_result_name(result))


def _text(name: str, value: Any) -> str:
    """A property's value the way the library takes it."""
    found = PROPERTIES[name]
    if found.kind == Kind.ID:
        return str(to_int(ident(value), "int64_t", name))
    if value is None and found.access == Access.UPDATE:
        return ""
    if not isinstance(value, str):
        raise TypeError("%s must be str, not %s" % (name, type(value).__name__))
    return value


def _entries(properties: Dict[str, Any], attributes: Optional[Dict[str, str]]) -> List[Any]:
    """itg_value_t of each. Keeps what it points to alive itself: ctypes holds the bytes."""
    from ._library import to_text
    value_t = lib.structs["itg_value"]
    made = []
    for name, value in properties.items():
        if name not in PROPERTIES:
            raise TypeError("a thin client has no property %r" % name)
        made.append(value_t(PROPERTIES[name].key.encode(), to_text(_text(name, value), name)))
    for identifier, value in (attributes or {}).items():
        if value is not None and not isinstance(value, str):
            raise TypeError("attribute %s must be str, not %s" % (identifier, type(value).__name__))
        made.append(value_t(to_text("deviceAttributes." + identifier, "identifier"), to_text(value or "", identifier)))
    return made


class Thinclients:
    """The thin clients of a fleet."""

    def __init__(self, fleet: "Fleet") -> None:
        self._fleet = fleet

    def __iter__(self) -> Iterator[Thinclient]:
        return self.all()

    def all(self, *, details: bool = False, after: int = 0) -> Iterator[Thinclient]:
        """Thin clients by ascending id, those in the recycle bin included.

        @param details: read all properties at once; else those beyond the short form cost a look-up each when asked for
        @param after: only those with a higher id
        """
        fleet = self._fleet
        return walk(lambda last, take: fleet._call("itg_thinclient_each", Extent(bool(details)), last, take),
                    lambda struct: Thinclient(fleet, struct, details), after)

    def where(self, expression: str, *, details: bool = False, after: int = 0) -> Iterator[Thinclient]:
        """Those that match an expression: "site==Bremen;lastContact=lt=-7d"."""
        fleet = self._fleet
        return walk(lambda last, take: fleet._call("itg_thinclient_select", Extent(bool(details)), expression, last, take),
                    lambda struct: Thinclient(fleet, struct, details), after)

    def get(self, id: int) -> Thinclient:
        """ThinclientNotFound if there is none."""
        return self._get("itg_thinclient_get", ident(id))

    def by_mac(self, mac: str) -> Thinclient:
        """Looks one up by its MAC, in either case."""
        return self._get("itg_thinclient_by_mac", mac)

    def _get(self, function: str, key: Any) -> Thinclient:
        fleet = self._fleet
        found: Thinclient = fleet._fetch(function, "itg_thinclient_free", lambda struct: Thinclient(fleet, struct), key)
        return found

    def __getitem__(self, id: int) -> Thinclient:
        return self.get(id)

    def create(self, mac: str, firmware: Ident, *, parent: Ident = None, attributes: Optional[Dict[str, str]] = None,
               **properties: Optional[str]) -> Thinclient:
        """Adds one. @param properties: name (else "ITC" and the MAC), unit_id (else the MAC), site, department, ..."""
        given: Dict[str, Any] = {"mac": mac, "firmware_id": firmware, **properties}
        if parent is not None:
            given["parent_id"] = parent
        return self.get(self._fleet._call("itg_thinclient_create", _entries(given, attributes)))
