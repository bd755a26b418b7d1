"""IMI without a server: a request goes in, an answer comes out."""

from __future__ import annotations

import ctypes
import json
import threading
from typing import TYPE_CHECKING, Any, Dict, Iterator, List, Optional, Tuple

from ._library import from_text, lib, sizeof, to_text
from .errors import Closed, Code, make

if TYPE_CHECKING:
    from .fleet import Fleet

__all__ = ["Response"]

PREFIX = "/umsapi/v3"
PIECE = 65536
# Headers that the library looks at, and the members of itg_imi_request_t that hold them.
HEADERS = {"authorization": "authorization", "content-type": "content_type", "cookie": "cookie", "host": "host"}


class Answer:
    """An answer of the library, freed once."""

    def __init__(self, pointer: int) -> None:
        self.pointer = pointer
        self.ended = False
        self.lock = threading.Lock()

    def close(self) -> None:
        with self.lock:
            if self.pointer:
                pointer, self.pointer = self.pointer, 0
                lib.itg_imi_response_free(pointer)

    def read(self, size: int) -> Optional[bytes]:
        """@return b"" at the end, None if the rest cannot be had"""
        with self.lock:
            if self.ended:  # another thread may have seen the end first
                return b""
            if not self.pointer:
                raise Closed("the answer is closed")
            buffer = ctypes.create_string_buffer(size)
            got = lib.itg_imi_response_read(self.pointer, buffer, size)
            self.ended = got == 0
            return None if got < 0 else buffer.raw[:got]


class Response:
    """An answer. Its body is made while it is read: a list of 300,000 thin clients costs the memory of a piece.

        with fleet.request("GET", "/thinclients") as answer:
            for piece in answer:
                file.write(piece)
    """

    def __init__(self, fleet: "Fleet", answer: Answer) -> None:
        self._fleet = fleet
        self._answer = answer
        self._rest = b""
        self._ended = False
        self._closed = False
        #: The HTTP status.
        self.status: int = lib.itg_imi_response_status(answer.pointer)
        #: The headers in their order.
        self.headers: List[Tuple[str, str]] = list(self._headers())
        size = lib.itg_imi_response_size(answer.pointer)
        #: The length of the body in bytes; None for lists, which end when they end.
        self.size: Optional[int] = None if size < 0 else size

    def _headers(self) -> Iterator[Tuple[str, str]]:
        name, value, index = ctypes.c_char_p(), ctypes.c_char_p(), 0
        while lib.itg_imi_response_header(self._answer.pointer, index, ctypes.byref(name), ctypes.byref(value)):
            yield from_text(name.value), from_text(value.value)
            index += 1

    def header(self, name: str, default: Optional[str] = None) -> Optional[str]:
        """The first header of this name, in either case."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), default)

    def _piece(self) -> bytes:
        """The next bytes; b"" at the end, where the answer is freed."""
        if self._closed:
            raise Closed("the answer is closed")
        if self._ended:
            return b""
        handle = self._fleet._handle
        handle.enter()
        try:
            piece = self._answer.read(PIECE)
        finally:
            handle.leave()
        if not piece:
            self._ended = True
            self._free()
        if piece is None:
            raise make(Code.INTERNAL, detail="the answer breaks off: the rest of it cannot be read")  # type: ignore[attr-defined]
        return piece

    def read(self, size: int = -1) -> bytes:
        """The next bytes of the body, at most `size` of them; -1: all the rest. b"" at the end."""
        while (size < 0 or len(self._rest) < size) and not self._ended:
            self._rest += self._piece()
        size = len(self._rest) if size < 0 else size
        taken, self._rest = self._rest[:size], self._rest[size:]
        return taken

    def __iter__(self) -> Iterator[bytes]:
        """The body in pieces of some 64 KiB."""
        if self._rest:
            piece, self._rest = self._rest, b""
            yield piece
        while True:
            piece = self._piece()
            if not piece:
                return
            yield piece

    def text(self) -> str:
        """The rest of the body."""
        return b"".join(self).decode("utf-8")

    def json(self) -> Any:
        """The rest of the body, read as JSON."""
        return json.loads(self.text())

    def raise_for_status(self) -> "Response":
        """Makes an itg.Error of a refusal. @return itself otherwise"""
        if self.status < 400:
            return self
        body = self.json()
        code = lib.itg_error_from_code(str(body.get("errorCode")))
        raise make(code or Code.INTERNAL, body.get("message", ""), trace=body.get("stackTrace", ""))  # type: ignore[attr-defined]

    def _free(self) -> None:
        self._fleet._handle.answers.discard(self._answer)
        self._answer.close()

    def close(self) -> None:
        """Ends it, read or not."""
        self._rest, self._closed = b"", True
        self._free()

    def __enter__(self) -> "Response":
        return self

    def __exit__(self, *error: Any) -> None:
        self.close()

    def __del__(self) -> None:
        if "_closed" in self.__dict__:
            self._free()

    def __repr__(self) -> str:
        return "<Response %d %s>" % (self.status, self.header("Content-Type", ""))


def ask(fleet: "Fleet", method: str, target: str, body: Any, headers: Dict[str, str]) -> Response:
    request = lib.structs["itg_imi_request"]()
    request.size = sizeof(request)
    request.method = to_text(method, "method")
    request.target = to_text(target if isinstance(target, str) and target.startswith("/umsapi/") else _below(target), "target")
    for name, value in headers.items():
        member = HEADERS.get(name.lower())
        if member:
            setattr(request, member, to_text(value, "header " + name))
    if body is not None:
        content = body if isinstance(body, (bytes, bytearray)) else encode(body)
        request.body, request.body_size = bytes(content), len(content)
        if not request.content_type:
            request.content_type = b"application/json"
    handle = fleet._handle
    handle.enter()
    try:
        answer = Answer(lib.itg_imi_handle(handle.imi, request))
        handle.answers.add(answer)
        return Response(fleet, answer)
    finally:
        handle.leave()


def _below(target: str) -> str:
    if not isinstance(target, str):
        raise TypeError("target must be str, not %s" % type(target).__name__)
    return PREFIX + target


def encode(body: Any) -> bytes:
    return (body if isinstance(body, str) else json.dumps(body)).encode("utf-8")
