"""Profiles, and what they are assigned to."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Iterable, Iterator, List, Optional, Tuple

from ._declarations import AssignmentRecord, ProfileRecord, Type
from ._library import lib, to_int
from ._values import Ident, Record, ident, walk
from .directories import ROOTS, Directory
from .settings import Settings

if TYPE_CHECKING:
    from .fleet import Fleet

__all__ = ["Assignment", "Profile", "Profiles"]


class Assignment(Record, AssignmentRecord):
    """A profile (the assignee) assigned to a thin client or directory (the receiver)."""

    _struct = "itg_assignment"

    def delete(self) -> None:
        """Takes it away."""
        self.fleet._call("itg_assignment_delete", _assignment(self.assignee_id, self.assignee_type, self.receiver_id, self.receiver_type))


def _assignment(assignee: int, assignee_type: int, receiver: int, receiver_type: int) -> Any:
    return lib.structs["itg_assignment"](to_int(assignee, "int64_t", "assignee"), assignee_type, to_int(receiver, "int64_t", "receiver"),
                                         receiver_type)


def _pair(fleet: "Fleet", assignee: Ident, receiver: Ident) -> Any:
    """An assignment; where only an id is given, its type is looked up."""
    def kind(item: Ident) -> int:
        known = getattr(item, "type", None)
        return int(fleet._call("itg_object_type", item) if known is None else known)

    return _assignment(ident(assignee), kind(assignee), ident(receiver), kind(receiver))


def _assignments(fleet: "Fleet", function: str, *inputs: Any) -> List[Assignment]:
    found: List[Assignment] = []
    fleet._call(function, *inputs, lambda pointer, position: found.append(Assignment(fleet, pointer.contents)))
    return found


def reaching(fleet: "Fleet", receiver: Any) -> List[Assignment]:
    return _assignments(fleet, "itg_assignment_reaching", receiver.type, receiver.id)


class Profile(Record, ProfileRecord):
    """A profile: id, type, name, parent_id, in_bin, firmware_id, overrides_sessions."""

    _struct = "itg_profile"

    @property
    def settings(self) -> Settings:
        """What it carries, like a dict: profile.settings["userinterface.language"] = "de"."""
        return Settings(self)

    @property
    def parent(self) -> Directory:
        return self.fleet._tree(Type(self.type + 1)).get(self.parent_id)

    def refresh(self) -> "Profile":
        """Reads it again. @return itself"""
        self.__dict__.update(Profiles(self.fleet, self.type).get(self.id).__dict__)
        return self

    def rename(self, name: str) -> None:
        self.fleet._call("itg_profile_rename", self.type, self.id, name)
        self.refresh()

    def delete(self) -> None:
        """Deletes it with its assignments."""
        self.fleet._call("itg_profile_delete", self.type, self.id)

    def move(self, directory: Ident) -> None:
        """Files it in another directory of its tree."""
        from .thinclients import _move
        _move(self.fleet, self, directory)
        self.refresh()

    def put_in_bin(self) -> None:
        self.fleet.bin.put(self)

    def restore(self) -> None:
        self.fleet.bin.restore(self)

    def assign(self, *receivers: Ident) -> None:
        """Assigns it to thin clients and directories, all or none."""
        self.fleet.profiles.assign([(self, receiver) for receiver in receivers])

    def unassign(self, *receivers: Ident) -> None:
        """Takes it away from each; InvalidAssignment, as an Error, from where it is not."""
        for receiver in receivers:
            self.fleet._call("itg_assignment_delete", _pair(self.fleet, self, receiver))

    def receivers(self) -> List[Assignment]:
        """What it is assigned to directly, directories first."""
        return [assignment for kind in (Type.THINCLIENT_DIRECTORY, Type.THINCLIENT)
                for assignment in _assignments(self.fleet, "itg_assignment_receivers", self.type, self.id, kind)]


class Profiles:
    """The standard profiles, or the master profiles, of a fleet."""

    def __init__(self, fleet: "Fleet", type: Type) -> None:
        self._fleet = fleet
        self.type = type

    def __iter__(self) -> Iterator[Profile]:
        """By ascending id, those in the recycle bin included."""
        return walk(lambda after, take: self._fleet._call("itg_profile_each", self.type, after, take), partial(Profile, self._fleet))

    def get(self, id: int) -> Profile:
        """NotFound if there is none of this kind."""
        found: Profile = self._fleet._fetch("itg_profile_get", "itg_profile_free", partial(Profile, self._fleet), self.type, ident(id))
        return found

    def __getitem__(self, id: int) -> Profile:
        return self.get(id)

    def named(self, name: str) -> Optional[Profile]:
        """The first of this name that is not in the recycle bin; None if there is none."""
        return next((profile for profile in self if profile.name == name and not profile.in_bin), None)

    def create(self, name: str, firmware: Ident, *, parent: Ident = None, overrides_sessions: bool = False) -> Profile:
        """Makes one. @param parent: None: the root"""
        above = ROOTS[Type(self.type + 1)] if parent is None else ident(parent)
        return self.get(self._fleet._call("itg_profile_create", self.type, name, above, ident(firmware), bool(overrides_sessions)))

    def assign(self, pairs: Iterable[Tuple[Ident, Ident]]) -> None:
        """Makes assignments (profile, receiver), all or none. Of mere ids the types are looked up."""
        self._fleet._call("itg_assignment_create", [_pair(self._fleet, *pair) for pair in pairs])
