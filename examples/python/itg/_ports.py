"""What a program may hand to a fleet: a clock, a log, a licence, a link to the devices."""

from __future__ import annotations

import logging
import time
from ctypes import pointer
from typing import Any, Callable, Dict, List, Optional, Union

from . import _declarations as declared
from ._library import lib, sizeof
from ._values import CONVERTERS, _enum_of

Log = Union[logging.Logger, Callable[[declared.LogLevel, str], Any]]

LEVELS = {declared.LogLevel.ERROR: logging.ERROR, declared.LogLevel.WARNING: logging.WARNING, declared.LogLevel.INFO: logging.INFO}


class Delivery:
    """One command on its way to one thin client."""

    def __init__(self, struct: Any) -> None:
        self._struct = struct
        #: The thin client's id.
        self.id: int = struct.id
        self.command: declared.Command = _enum_of(declared.Command)(struct.command)
        self.mac: str = CONVERTERS["str"](struct.mac)
        #: The last address, "" if unknown.
        self.last_ip: str = CONVERTERS["str"](struct.last_ip)

    def confirm(self, message: str = "OK") -> None:
        """The thin client did it."""
        self._answer(1, message)

    def fail(self, message: str) -> None:
        """The thin client could not, or said no."""
        self._answer(0, message)

    def _answer(self, done: int, message: str) -> None:
        text = message.encode("utf-8").replace(b"\0", b" ")
        # The struct has room for a NUL behind it; a cut character is left out.
        text = text[:declared.ITG_DELIVERY_MESSAGE_SIZE - 1].decode("utf-8", "ignore").encode("utf-8")
        self._struct.done, self._struct.message = done, text


class Link:
    """How commands reach thin clients; to be derived from. Methods are called from any thread that uses the fleet."""

    def online(self, id: int) -> bool:
        """Whether the thin client can be reached now. Called for each row of lists: must not wait."""
        return False

    def send(self, deliveries: List[Delivery]) -> None:
        """Delivers commands and waits for the answers, saying confirm() or fail() of each."""
        raise NotImplementedError


class Ports:
    """The callbacks of one open fleet; lives as long as any handle of it."""

    def __init__(self) -> None:
        self.kept: List[Any] = []

    def make(self, struct: str, stops: Dict[str, Any], **functions: Callable[..., Any]) -> Any:
        """A struct of functions, its size first."""
        port = lib.structs[struct]()
        port.size = sizeof(port)
        for name, function in functions.items():
            pointer = lib.callbacks["%s.%s" % (struct, name)].wrap(function, **({"stop": stops[name]} if name in stops else {}))
            self.kept.append(pointer)
            setattr(port, name, pointer)
        self.kept.append(port)
        return port

    def clock(self, now: Callable[[], Any]) -> Any:
        """@param now: gives milliseconds since 1970"""
        return self.make("itg_clock", {"now_ms": int(time.time() * 1000)}, now_ms=now)

    def log(self, log: Log) -> Any:
        def to_logger(level: int, text: bytes) -> None:
            log.log(LEVELS.get(level, logging.INFO), "%s", text.decode("utf-8", "replace"))  # type: ignore[union-attr, call-overload]

        def to_function(level: int, text: bytes) -> None:
            log(_enum_of(declared.LogLevel)(level), text.decode("utf-8", "replace"))  # type: ignore[operator]

        return self.make("itg_log", {}, line=to_logger if isinstance(log, logging.Logger) else to_function)

    def licence(self, allows: Callable[[str], bool]) -> Any:
        return self.make("itg_licence", {"allows": -1}, allows=lambda feature: bool(allows(CONVERTERS["str"](feature))))

    def link(self, link: Link) -> Any:
        def send(deliveries: Any, count: int) -> None:
            link.send([Delivery(deliveries[index]) for index in range(count)])

        return self.make("itg_link", {"online": 0}, online=lambda id: bool(link.online(id)), send=send)


def options(ports: Ports, numbers: Dict[str, int], wake_broadcast: Optional[bytes], **given: Any) -> Any:
    """itg_options_t. What is in it was checked before; given: clock, log, licence, link, None if there is none."""
    made = lib.structs["itg_options"]()
    made.size = sizeof(made)
    for name, number in numbers.items():
        setattr(made, name, number)
    made.wake_broadcast = wake_broadcast
    for name, port in given.items():
        if port is not None:
            setattr(made, name, pointer(getattr(ports, name)(port)))
    return made
