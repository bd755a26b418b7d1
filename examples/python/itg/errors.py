"""Errors: the catalogue's codes, and the exceptions that carry them.

    try:
        directory.delete()
    except itg.DirectoryNotEmpty as error:
        print(error.id, error)          # ITG-0A006 Directory with ID <5> is not empty. Remove content first.

Each code of the catalogue raises the most particular class that knows it: one for what happens every day, else that of
its group, which is the letters in front of the number.
"""

from __future__ import annotations

from datetime import datetime
from enum import IntEnum
from typing import Any, ClassVar, Dict, List, Tuple, Type

from . import _declarations as declared
from ._library import Function, lib
from ._values import to_time

__all__ = [
    "AccessDenied", "AuthenticationError", "Closed", "Code", "DatabaseError", "DirectoryNotEmpty", "DirectoryNotFound", "Duplicate",
    "Error", "FirmwareNotFound", "InRecycleBin", "InvalidBody", "InvalidCredentials", "InvalidJson", "InvalidName", "LicenceError",
    "NotAvailable", "NotFound", "ParentNotFound", "RequestError", "ServerError", "ThinclientNotFound",
]


def _catalogue() -> List[Tuple[str, int]]:
    """All codes that the library has; one that is newer than this package is named by its number: ITG_0A099."""
    numbers = [lib.itg_error_at(index) for index in range(lib.itg_error_count())]
    return [(declared.ERRORS.get(number) or lib.itg_error_code(number).replace("-", "_"), number) for number in numbers]


Code = IntEnum("Code", _catalogue(), module=__name__)  # type: ignore[misc]
Code.__doc__ = "The error catalogue's codes: Code.DIRECTORY_NOT_EMPTY == 0x0A006."


class Closed(ValueError):
    """The fleet, or the answer, was closed before."""


class Error(Exception):
    """The library refused; nothing was changed."""

    #: Names of the codes that raise this class; its subclasses' codes need not be among them.
    codes: ClassVar[Tuple[str, ...]] = ()

    def __init__(self, code: int, message: str = "", detail: str = "", trace: str = "", time_ms: int = 0) -> None:
        super().__init__(message or lib.itg_error_text(code))
        #: The catalogue's number, 0x0A006; a member of Code.
        self.code: int = Code(code) if code in Code._value2member_map_ else code
        #: The code as people see it, "ITG-0A006".
        self.id: str = lib.itg_error_code(code)
        #: The HTTP status that goes with it.
        self.http_status: int = lib.itg_error_http_status(code)
        #: The catalogue's text with its argument.
        self.message: str = str(self.args[0])
        #: What exactly was wrong; "" if there is nothing to add.
        self.detail: str = detail
        #: The operations that failed, innermost first.
        self.trace: Tuple[str, ...] = tuple(name for name in trace.strip("[]").split(", ") if name)
        #: When.
        self.time: "datetime | None" = to_time(time_ms)

    def __str__(self) -> str:
        return "%s: %s%s" % (self.id, self.message, " (%s)" % self.detail if self.detail else "")

    def __reduce__(self) -> Any:
        time_ms = int(self.time.timestamp() * 1000) if self.time else 0
        return make, (int(self.code), self.message, self.detail, "[%s]" % ", ".join(self.trace), time_ms)


class RequestError(Error):
    """ITG-0A...: what was asked cannot be done."""


class AuthenticationError(Error):
    """ITG-0B...: about who asks."""


class LicenceError(Error):
    """ITG-0C...: it is not licensed."""


class ServerError(Error):
    """ITG-FF...: it is not the asker's fault."""


class NotFound(RequestError):
    """There is no such thing."""

    codes = ("NO_HANDLER",)


class ThinclientNotFound(NotFound):
    codes = ("THINCLIENT_NOT_FOUND",)


class DirectoryNotFound(NotFound):
    codes = ("DIRECTORY_NOT_FOUND",)


class ParentNotFound(NotFound):
    codes = ("PARENT_NOT_FOUND",)


class FirmwareNotFound(NotFound):
    codes = ("FIRMWARE_NOT_FOUND",)


class DirectoryNotEmpty(RequestError):
    codes = ("DIRECTORY_NOT_EMPTY",)


class Duplicate(RequestError):
    """It is there already: a MAC, a unit id, a name, an assignment."""

    codes = ("DUPLICATE",)


class InvalidBody(RequestError):
    """A value that is none; the detail says which."""

    codes: ClassVar[Tuple[str, ...]] = ("INVALID_BODY", "NO_MAC", "MAC_LENGTH", "NUMBER_FORMAT", "NO_FIRMWARE", "EMPTY_LIST",
                                        "NO_VALID_PROPERTY")


class InvalidName(InvalidBody):
    codes = ("INVALID_NAME",)


class InvalidJson(RequestError):
    codes = ("INVALID_JSON",)


class InRecycleBin(RequestError):
    """It lies in the recycle bin."""

    codes = ("DIRECTORY_IN_BIN", "THINCLIENT_IN_BIN", "PROFILE_IN_BIN")


class InvalidCredentials(AuthenticationError):
    codes = ("INVALID_CREDENTIALS",)


class AccessDenied(AuthenticationError):
    """The user lacks the right."""

    codes = ("ACCESS_DENIED",)


class DatabaseError(ServerError):
    codes = ("DATABASE",)


class NotAvailable(ServerError):
    """Others held the fleet for too long; it may be tried again."""

    codes = ("NOT_AVAILABLE",)


GROUPS: Dict[str, Type[Error]] = {"0A": RequestError, "0B": AuthenticationError, "0C": LicenceError, "FF": ServerError}


def _classes() -> Dict[int, Type[Error]]:
    numbers = {name: number for number, name in declared.ERRORS.items()}
    found: Dict[int, Type[Error]] = {}
    waiting: List[Type[Error]] = [Error]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        found.update({numbers[name]: kind for name in kind.__dict__.get("codes", ())})
    return found


_CLASSES = _classes()


def class_of(code: int) -> Type[Error]:
    """The class that a code raises."""
    group = GROUPS.get(str(lib.itg_error_code(code))[4:6], Error)
    return _CLASSES.get(code, group)


def make(code: int, message: str = "", detail: str = "", trace: str = "", time_ms: int = 0) -> Error:
    """The exception of a code."""
    return class_of(code)(code, message, detail, trace, time_ms)


def _refuse(code: int, failure: Any) -> Error:
    def text(value: bytes) -> str:
        return value.decode("utf-8", "replace")

    return make(code, text(failure.message), text(failure.detail), text(failure.trace), failure.time_ms)


Function.refuse = staticmethod(_refuse)
