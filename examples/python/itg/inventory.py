"""What a thin client reports beside its properties: network adapters, logins; passwords for shadowing it."""

from __future__ import annotations

import ctypes
from functools import partial
from typing import TYPE_CHECKING, Any, Iterable, List, Mapping, Optional, Union

from . import _declarations as declared
from ._declarations import AdapterRecord, LoginRecord, LoginResult, Logon
from ._library import from_text, lib, to_text
from ._values import Record, Time, gather, to_enum, to_ms

if TYPE_CHECKING:
    from .fleet import Fleet

__all__ = ["Adapter", "Inventory", "Login"]


class Adapter(Record, AdapterRecord):
    """A network adapter: type, mac, name, state."""

    _struct = "itg_adapter"


class Login(Record, LoginRecord):
    """A login: username, result, login, logoff, type."""

    _struct = "itg_login"


class Inventory:
    """What one thin client reported."""

    def __init__(self, fleet: "Fleet", id: int) -> None:
        self._fleet = fleet
        self._id = id

    def adapters(self) -> List[Adapter]:
        """Its network adapters."""
        return gather(partial(self._fleet._call, "itg_thinclient_adapters", self._id), partial(Adapter, self._fleet))

    def set_adapters(self, adapters: Iterable[Union[Adapter, Mapping[str, str]]]) -> None:
        """Replaces them. @param adapters: of what is a dict, "type", "mac", "name" and "state"; what is missing is "" """
        struct = lib.structs["itg_adapter"]
        rows = [struct(*[to_text(_part(row, name), name) for name in ("type", "mac", "name", "state")]) for row in adapters]
        self._fleet._call("itg_thinclient_set_adapters", self._id, rows)

    def logins(self) -> List[Login]:
        """Its logins that are kept, the oldest first."""
        return gather(partial(self._fleet._call, "itg_login_each", self._id), partial(Login, self._fleet))

    def add_login(self, username: str, *, result: Union[str, LoginResult] = "ok", login: Optional[Time] = None,
                  logoff: Optional[Time] = None, type: Union[str, Logon] = "unknown") -> None:
        """Adds a login to the end of its history."""
        self._fleet._call("itg_login_add", self._id, username, to_enum(LoginResult, result), to_ms(login), to_ms(logoff),
                          to_enum(Logon, type))

    def end_login(self, logoff: Time) -> None:
        """The user of the latest login logged off."""
        self._fleet._call("itg_login_end", self._id, to_ms(logoff))

    @property
    def certificate(self) -> str:
        """What it shows when it is shadowed, PEM; "" if there is none."""
        buffer = ctypes.create_string_buffer(declared.ITG_LIMIT_CERTIFICATE + 1)
        self._fleet._call("itg_shadow_certificate", self._id, buffer, len(buffer))
        return from_text(buffer.value)

    @certificate.setter
    def certificate(self, pem: str) -> None:
        self._fleet._call("itg_shadow_set_certificate", self._id, pem)

    def shadow_password(self) -> str:
        """A one-time password for shadowing it, valid for five minutes."""
        buffer = ctypes.create_string_buffer(declared.ITG_SHADOW_PASSWORD_SIZE)
        self._fleet._call("itg_shadow_password", self._id, buffer)
        return from_text(buffer.value)

    def verify_shadow_password(self, password: str) -> None:
        """Uses a one-time password up; InvalidCredentials if it is none."""
        self._fleet._call("itg_shadow_verify", self._id, password)


def _part(row: Any, name: str) -> Any:
    return row.get(name, "") if isinstance(row, Mapping) else getattr(row, name)
