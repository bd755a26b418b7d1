"""Users, their roles, and sessions."""

from __future__ import annotations

import ctypes
from functools import partial
from typing import TYPE_CHECKING, Iterator, Union

from . import _declarations as declared
from ._declarations import Role, UserRecord
from ._library import from_text
from ._values import Record, gather, to_enum

if TYPE_CHECKING:
    from .fleet import Fleet

__all__ = ["User", "Users"]


class User(Record, UserRecord):
    """A user: id, name, role."""

    _struct = "itg_user"

    def set_password(self, password: str) -> None:
        """Gives another password and ends the user's sessions."""
        self.fleet.users.set_password(self.name, password)

    def delete(self) -> None:
        """Deletes the user; sessions end."""
        self.fleet.users.delete(self.name)


class Users:
    """The users of a fleet."""

    def __init__(self, fleet: "Fleet") -> None:
        self._fleet = fleet

    def __iter__(self) -> Iterator[User]:
        """By name."""
        return iter(gather(partial(self._fleet._call, "itg_user_each"), partial(User, self._fleet)))

    def get(self, name: str) -> User:
        """LookupError if there is none."""
        for user in self:
            if user.name == name:
                return user
        raise LookupError("no user %r" % name)

    def create(self, name: str, role: Union[str, Role], password: str) -> User:
        """Adds one. @param role: "viewer", "operator" or "administrator" """
        self._fleet._call("itg_user_create", name, to_enum(Role, role), password)
        return self.get(name)

    def set_password(self, name: str, password: str) -> None:
        """Gives another password and ends the user's sessions."""
        self._fleet._call("itg_user_set_password", name, password)

    def delete(self, name: str) -> None:
        """Deletes one. AccessDenied for the last administrator."""
        self._fleet._call("itg_user_delete", name)

    def login(self, name: str, password: str) -> str:
        """Opens a session. @return its id, for Fleet.with_session()"""
        buffer = ctypes.create_string_buffer(declared.ITG_SESSION_ID_LENGTH + 1)
        self._fleet._call("itg_login", name, password, buffer)
        return from_text(buffer.value)

    def logout(self, session_id: str) -> None:
        """Ends a session."""
        self._fleet._call("itg_logout", session_id)
