"""A fleet: opening it, transactions, upkeep; its collections are attributes."""

from __future__ import annotations

import os
import threading
import warnings
from datetime import datetime
from types import TracebackType
from typing import Any, Callable, Dict, List, Optional, Set, Tuple, Type, Union

from . import _declarations as declared
from ._library import Bytes, lib, raise_pending, sizeof, to_int, to_text
from ._ports import Link, Log, Ports, options
from ._values import Ident, ident, to_enum, to_time
from .access import Groups, Rights
from .assets import Assets
from .attributes import Attributes
from .audit import AuditTrail
from .bin import RecycleBin
from .commands import Commands
from .directories import Tree
from .errors import Closed, Error
from .files import Counts, Progress, Source, Target, export_fleet, import_fleet
from .firmwares import Firmwares
from .imi import Answer, Response, ask
from .jobs import Jobs
from .profiles import Profiles
from .rules import Rules
from .templates import Templates
from .thinclients import Thinclients
from .users import Users
from .views import Views

__all__ = ["Fleet", "Transaction"]


class Handle:
    """A handle of the library, which ends when nobody uses it any more and somebody closed it."""

    def __init__(self, pointer: int, ports: Ports) -> None:
        self._pointer = pointer
        self.ports = ports  # the library calls them until the handle is closed
        self._changed = threading.Condition()
        self._users: Dict[int, int] = {}  # thread: calls
        self._groups: Set[int] = set()  # threads with an open transaction
        self._closing = False
        self._closed = False
        self._imi = 0
        self.answers: Set[Answer] = set()  # not read to their end

    @property
    def imi(self) -> int:
        """The IMI interface, made when it is first needed; only between enter() and leave()."""
        with self._changed:
            if not self._imi:
                wanted = lib.structs["itg_imi_options"]()
                wanted.size, wanted.trusted = sizeof(wanted), 1
                self._imi = lib.itg_imi_new(self._pointer, wanted)
            return self._imi

    def enter(self) -> int:
        thread = threading.get_ident()
        with self._changed:
            if self._closing:
                raise Closed("the fleet is closed")
            self._users[thread] = self._users.get(thread, 0) + 1
        return self._pointer

    def leave(self) -> None:
        thread = threading.get_ident()
        with self._changed:
            self._users[thread] -= 1
            if self._users[thread] == 0:
                del self._users[thread]
            self._end_if_idle()

    def group(self, opened: bool) -> None:
        (self._groups.add if opened else self._groups.discard)(threading.get_ident())

    @property
    def closing(self) -> bool:
        return self._closing

    def close(self) -> None:
        """Waits for the calls of other threads. From inside a callback, the end comes when its call has returned."""
        thread = threading.get_ident()
        with self._changed:
            if self._closed:
                return
            if self._groups - {thread}:
                raise RuntimeError("another thread has a transaction open on this fleet")
            self._closing = True
        if thread in self._groups:  # else others would wait for it, and this for them
            self._undo_group()
        with self._changed:
            self._end_if_idle()
            while not self._closed and thread not in self._users:
                self._changed.wait()
        raise_pending()

    def _undo_group(self) -> None:
        self.group(False)
        try:
            lib.itg_rollback(self._pointer)
        except Error:
            pass  # it is over already, or a walk of this thread is under way

    def _end_if_idle(self) -> None:
        if self._closing and not self._users and not self._closed:
            self._closed = True
            try:
                for answer in list(self.answers):
                    answer.close()
                if self._imi:
                    lib.itg_imi_free(self._imi)
                lib.itg_close(self._pointer)
            finally:
                self._changed.notify_all()


class Transaction:
    """What `with fleet.transaction():` enters: all calls of this thread in it happen together or not at all.

    It is committed at the end of the block, and rolled back if the block raises. A call that is refused undoes only itself:
    who catches its error may go on. Other threads' changes wait meanwhile.
    """

    def __init__(self, fleet: "Fleet") -> None:
        self._fleet = fleet
        self._thread: Optional[int] = None

    def __enter__(self) -> "Transaction":
        self._fleet._call("itg_begin")
        self._fleet._handle.group(True)
        self._thread = threading.get_ident()
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]) -> None:
        if self._thread is None:
            return  # ended before
        if kind is None:
            self.commit()
        else:
            self.rollback()

    def commit(self) -> None:
        """Keeps what was done, before the end of the block."""
        self._end("itg_commit")

    def rollback(self) -> None:
        """Undoes what was done, without an exception."""
        self._end("itg_rollback")

    def _end(self, function: str) -> None:
        if self._thread is None:
            raise RuntimeError("the transaction has ended")
        if self._thread != threading.get_ident():
            raise RuntimeError("a transaction ends in the thread that began it")
        self._thread = None
        self._fleet._handle.group(False)
        if self._fleet.closed:
            return  # closing rolled it back
        self._fleet._call(function)


class Fleet:
    """An open fleet. Any number of threads may use it at once.

        with itg.Fleet("fleet.db") as fleet:
            for tc in fleet.thinclients:
                print(tc.id, tc.mac, tc.name)

    @param path: a file, made on first use, or ":memory:" for a fleet that ends with the object
    @param durability: "full": on disk before a call returns; "normal": the last changes may be lost with the power
    @param must_exist: a missing file is an error instead of a new fleet
    @param wake_broadcast: where Wake-on-LAN packets go; "none": nowhere; None: to 255.255.255.255
    @param wake_unicast: also to the thin client's last address
    @param clock: gives milliseconds since 1970; for tests
    @param log: a logging.Logger, or a function of a LogLevel and a line
    @param licence: says of a feature's name whether it is licensed
    @param link: how commands reach thin clients; without one all are offline
    @param audit_keep_ms: how long the audit trail is kept; 0: a year; -1: for ever; -2: nothing is recorded
    """

    def __init__(self, path: Union[str, "os.PathLike[str]"], *, durability: Union[str, declared.Durability] = "full",
                 busy_timeout_ms: int = 0, session_lifetime_ms: int = 0, must_exist: bool = False, wake_port: int = 0,
                 wake_broadcast: Optional[str] = None, wake_unicast: bool = True, clock: Optional[Callable[[], int]] = None,
                 log: Optional[Log] = None, licence: Optional[Callable[[str], bool]] = None, link: Optional[Link] = None,
                 audit_keep_ms: int = 0) -> None:
        if not isinstance(path, (str, os.PathLike)):
            raise TypeError("path must be str or os.PathLike, not %s" % type(path).__name__)
        numbers = {
            "durability": to_int(to_enum(declared.Durability, durability), "int32_t", "durability"),
            "busy_timeout_ms": to_int(busy_timeout_ms, "int32_t", "busy_timeout_ms"),
            "session_lifetime_ms": to_int(session_lifetime_ms, "int64_t", "session_lifetime_ms"),
            "must_exist": int(bool(must_exist)),
            "wake_port": to_int(wake_port, "int32_t", "wake_port"),
            "wake_no_unicast": int(not wake_unicast),
            "audit_keep_ms": to_int(audit_keep_ms, "int64_t", "audit_keep_ms"),
        }
        ports = Ports()
        broadcast = None if wake_broadcast is None else to_text(wake_broadcast, "wake_broadcast")
        made = options(ports, numbers, broadcast, clock=clock, log=log, licence=licence, link=link)
        self._start(Handle(lib.itg_open(Bytes(os.fsencode(path)), made), ports))

    def _start(self, handle: Handle) -> None:
        self._handle = handle

    # -- what is in it

    @property
    def thinclients(self) -> Thinclients:
        """The thin clients."""
        return Thinclients(self)

    @property
    def directories(self) -> Tree:
        """The directories of thin clients."""
        return Tree(self, declared.Type.THINCLIENT_DIRECTORY)

    @property
    def profile_directories(self) -> Tree:
        """The directories of profiles."""
        return Tree(self, declared.Type.PROFILE_DIRECTORY)

    @property
    def masterprofile_directories(self) -> Tree:
        """The directories of master profiles."""
        return Tree(self, declared.Type.MASTERPROFILE_DIRECTORY)

    @property
    def profiles(self) -> Profiles:
        """The standard profiles."""
        return Profiles(self, declared.Type.PROFILE)

    @property
    def masterprofiles(self) -> Profiles:
        """The master profiles."""
        return Profiles(self, declared.Type.MASTERPROFILE)

    @property
    def firmwares(self) -> Firmwares:
        """The firmwares."""
        return Firmwares(self)

    @property
    def templates(self) -> Templates:
        """Template keys, their values and who has them."""
        return Templates(self)

    @property
    def attributes(self) -> Attributes:
        """The definitions of custom device attributes."""
        return Attributes(self)

    @property
    def views(self) -> Views:
        """The views: expressions with a name."""
        return Views(self)

    @property
    def rules(self) -> Rules:
        """The default directory rules."""
        return Rules(self)

    @property
    def bin(self) -> RecycleBin:
        """The recycle bin."""
        return RecycleBin(self)

    @property
    def commands(self) -> Commands:
        """Sending and queuing commands; what became of them."""
        return Commands(self)

    @property
    def users(self) -> Users:
        """Users and sessions."""
        return Users(self)

    @property
    def groups(self) -> Groups:
        """Groups of users."""
        return Groups(self)

    @property
    def rights(self) -> Rights:
        """What users and groups may do, and where."""
        return Rights(self)

    @property
    def jobs(self) -> Jobs:
        """Commands that are sent when their time has come."""
        return Jobs(self)

    @property
    def audit(self) -> AuditTrail:
        """Who changed what, and when."""
        return AuditTrail(self)

    @property
    def assets(self) -> Assets:
        """What is plugged into thin clients."""
        return Assets(self)

    def _call(self, function: str, *inputs: Any) -> Any:
        """Calls a function on this handle. Closed if it was closed."""
        handle = self._handle
        pointer = handle.enter()
        try:
            return getattr(lib, function)(pointer, *inputs)
        finally:
            handle.leave()

    def _fetch(self, function: str, free: str, make: Callable[[Any], Any], *inputs: Any) -> Any:
        """Makes an object of a struct that the library allocates."""
        found = self._call(function, *inputs)
        try:
            return make(found.contents)
        finally:
            getattr(lib, free)(found)

    def _tree(self, type: declared.Type) -> Tree:
        return Tree(self, type)

    # -- its end

    def close(self) -> None:
        """Ends the fleet; a second time it does nothing. Answers that were not read to their end end with it."""
        self._handle.close()

    @property
    def closed(self) -> bool:
        return self._handle.closing

    def __enter__(self) -> "Fleet":
        if self.closed:
            raise Closed("the fleet is closed")
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]) -> None:
        self.close()

    def __del__(self) -> None:
        if "_handle" in self.__dict__ and not self.closed:
            warnings.warn("a fleet was not closed", ResourceWarning, source=self)
            self.close()

    def __repr__(self) -> str:
        return "<Fleet %s>" % ("closed" if self.closed else self.uuid)

    # -- as a whole

    @property
    def uuid(self) -> str:
        """Made with the file."""
        return str(self._call("itg_uuid"))

    @property
    def store_version(self) -> str:
        """Of the storage engine, such as "3.40.1"."""
        return str(self._call("itg_store_version"))

    def transaction(self) -> Transaction:
        """Groups the calls in a `with` block. See Transaction."""
        return Transaction(self)

    def step(self) -> Optional[datetime]:
        """Does what has become due: jobs, expired sessions. @return when it wants to be called again"""
        return to_time(self._call("itg_step"))

    def check(self) -> List[str]:
        """Looks the whole fleet over. @return what is wrong with it; empty if it is sound"""
        findings: List[str] = []
        self._call("itg_check", lambda finding: findings.append(finding.decode("utf-8", "replace")))
        return findings

    def import_file(self, source: Source, progress: Optional[Progress] = None) -> Counts:
        """Reads a fleet file into the fleet, all or nothing. @param source: a path, or a file to read from, binary or text"""
        return import_fleet(self, source, progress)

    def export_file(self, target: Target, progress: Optional[Progress] = None) -> Counts:
        """Writes the whole fleet as a fleet file. @param target: a path, or a file to write to, binary or text"""
        return export_fleet(self, target, progress)

    def move(self, items: "List[Ident]", target: Ident, *, tree: Union[str, declared.Type] = "thinclient_directory",
             ) -> List[Tuple[int, declared.MoveResult]]:
        """Moves objects into a directory of their tree, each for itself. @return what became of each id"""
        kind = to_enum(declared.Type, getattr(target, "type", tree))
        numbers = [to_int(ident(item), "int64_t", "id") for item in items]
        entry = lib.structs["itg_move_entry"]
        entries = (entry * len(numbers))(*[entry(id=number) for number in numbers])
        self._call("itg_move", kind, ident(target), entries)
        return [(moved.id, declared.MoveResult(moved.result)) for moved in entries]

    # -- as somebody

    def _child(self, pointer: int) -> "Fleet":
        child = Fleet.__new__(Fleet)
        child._start(Handle(pointer, self._handle.ports))
        return child

    def as_user(self, name: str) -> "Fleet":
        """The same fleet with the rights of a user; to be closed like this one."""
        return self._child(self._call("itg_as", name))

    def with_password(self, name: str, password: str) -> "Fleet":
        """The same for a user who gives a password. InvalidCredentials if it is wrong."""
        return self._child(self._call("itg_password_use", name, password))

    def with_session(self, session_id: str) -> "Fleet":
        """The same for the user of a session, whose lifetime begins anew."""
        return self._child(self._call("itg_session_use", session_id))

    # -- IMI

    def request(self, method: str, target: str, body: Any = None, *, headers: Optional[Dict[str, str]] = None) -> Response:
        """Asks what any IMI client could ask, with the rights of this fleet object.

            fleet.request("GET", "/thinclients?facets=details").json()

        @param target: below /umsapi/v3; one that begins with /umsapi/ is taken as it is
        @param body: bytes or str as they are, anything else as JSON
        @param headers: Authorization, Cookie, Content-Type and Host are looked at
        @return the answer, whatever its status; raise_for_status() makes an Error of a refusal
        """
        return ask(self, method, target, body, headers or {})


def expression_check(expression: str) -> None:
    """InvalidBody if the text is no expression; its detail says where."""
    lib.itg_expression_check(expression)


