"""Groups of users, and rights on directories and all below them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Iterable, Iterator, List, Tuple, Union

from ._declarations import AccessEntryRecord, AccessVerdictRecord, GroupRecord, Right, Subject
from ._library import NULL, lib
from ._values import Ident, Record, gather, ident, to_flags
from .users import User

if TYPE_CHECKING:
    from .fleet import Fleet

__all__ = ["AccessEntry", "AccessVerdict", "Group", "Groups", "Rights"]

Which = Union[Right, str, Iterable[Union[Right, str]]]


class Group(Record, GroupRecord):
    """A group: id, name, members (their number when it was read)."""

    _struct = "itg_group"

    def add(self, user: Union[str, User]) -> None:
        """Puts a user into it."""
        self.fleet._call("itg_group_add", self.name, getattr(user, "name", user))

    def remove(self, user: Union[str, User]) -> None:
        """Takes a user out of it."""
        self.fleet._call("itg_group_remove", self.name, getattr(user, "name", user))

    def users(self) -> List[User]:
        """The users in it, by name."""
        return gather(partial(self.fleet._call, "itg_group_members", self.name), partial(User, self.fleet))

    def delete(self) -> None:
        """Deletes it with its access entries."""
        self.fleet._call("itg_group_delete", self.name)


class Groups:
    """The groups of a fleet."""

    def __init__(self, fleet: "Fleet") -> None:
        self._fleet = fleet

    def __iter__(self) -> Iterator[Group]:
        """By name."""
        return iter(gather(partial(self._fleet._call, "itg_group_each"), partial(Group, self._fleet)))

    def get(self, name: str) -> Group:
        """LookupError if there is none."""
        for group in self:
            if group.name == name:
                return group
        raise LookupError("no group %r" % name)

    def create(self, name: str) -> Group:
        """Adds one, without members."""
        self._fleet._call("itg_group_create", name)
        return self.get(name)


class AccessEntry(Record, AccessEntryRecord):
    """What a user or group is allowed and denied on a directory: directory_id, kind, subject_id, subject, allow, deny."""

    _struct = "itg_access_entry"


class AccessVerdict(Record, AccessVerdictRecord):
    """One right, and why it is there or not: right, allowed, reason, directory_id, kind, subject."""

    _struct = "itg_access_verdict"

    @property
    def text(self) -> str:
        """The reason in words."""
        return str(lib.itg_access_reason_text(self.reason))


class Rights:
    """What users and groups may do, and where. Rights are members of Right, their names, or several of either."""

    def __init__(self, fleet: "Fleet") -> None:
        self._fleet = fleet

    def set(self, directory: Ident, *, user: Union[None, str, User] = None, group: Union[None, str, Group] = None,
            allow: Which = Right(0), deny: Which = Right(0)) -> None:
        """Says what a user or group is allowed and denied on a directory and below, in place of what was said before."""
        self._fleet._call("itg_access_set", ident(directory), *_subject(user, group), to_flags(Right, allow), to_flags(Right, deny))

    def entries(self, directory: Ident) -> List[AccessEntry]:
        """The entries of a directory."""
        return gather(partial(self._fleet._call, "itg_access_each", ident(directory)), partial(AccessEntry, self._fleet))

    def of(self, *, user: Union[None, str, User] = None, group: Union[None, str, Group] = None) -> List[AccessEntry]:
        """The entries of a user or group."""
        return gather(partial(self._fleet._call, "itg_access_of", *_subject(user, group)), partial(AccessEntry, self._fleet))

    def on(self, item: Ident, user: Union[None, str, User] = None) -> Right:
        """What a user may do to a thin client, profile or directory. @param user: None: who acts"""
        return Right(self._fleet._call("itg_access_rights", _name(user), ident(item)))

    def explain(self, item: Ident, user: Union[None, str, User] = None) -> List[AccessVerdict]:
        """The same right by right, with the reasons."""
        return gather(partial(self._fleet._call, "itg_access_explain", _name(user), ident(item)), partial(AccessVerdict, self._fleet))


def _name(user: Any) -> Any:
    return NULL if user is None else getattr(user, "name", user)


def _subject(user: Any, group: Any) -> Tuple[Subject, Any]:
    if (user is None) == (group is None):
        raise TypeError("either user or group must be given")
    if user is not None:
        return Subject.USER, getattr(user, "name", user)
    return Subject.GROUP, getattr(group, "name", group)
