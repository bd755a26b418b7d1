"""Fleet files: a whole fleet as one JSON text."""

from __future__ import annotations

import codecs
import ctypes
import os
import tempfile
from typing import IO, TYPE_CHECKING, Any, Callable, Union

from ._declarations import CountsRecord
from ._library import NULL
from ._values import Record

if TYPE_CHECKING:
    from .fleet import Fleet

__all__ = ["Counts"]

Path = Union[str, "os.PathLike[str]"]
Source = Union[Path, IO[bytes], IO[str]]
Target = Union[Path, IO[bytes], IO[str]]
Progress = Callable[[int], Any]


class Counts(Record, CountsRecord):
    """How many elements of each kind an import or export handled."""

    _struct = "itg_fleetfile_counts"


def _is_path(value: Any) -> bool:
    return isinstance(value, (str, os.PathLike))


def import_fleet(fleet: "Fleet", source: Source, progress: Any) -> Counts:
    if _is_path(source):
        with open(source, "rb") as file:  # type: ignore[arg-type]
            return import_fleet(fleet, file, progress)
    read: Any = source.read  # type: ignore[union-attr]
    rest = b""

    def give(buffer: int, size: int) -> int:
        """A read from a text file may bring more bytes than characters were asked for."""
        nonlocal rest
        if not rest:
            piece = read(size)
            if not isinstance(piece, (str, bytes, bytearray, memoryview)):
                raise TypeError("read() of a fleet file gave %s" % type(piece).__name__)
            rest = piece.encode("utf-8") if isinstance(piece, str) else bytes(piece)
        piece, rest = rest[:size], rest[size:]
        ctypes.memmove(buffer, piece, len(piece))
        return len(piece)

    return Counts(fleet, fleet._call("itg_import", give, _progress(progress)))


def export_fleet(fleet: "Fleet", target: Target, progress: Any) -> Counts:
    if _is_path(target):
        return _export_to_path(fleet, os.fspath(target), progress)  # type: ignore[arg-type]
    write: Any = target.write  # type: ignore[union-attr]
    text = hasattr(target, "encoding")
    decode = _decoder() if text else None

    def take(bytes_: int, size: int) -> int:
        piece = ctypes.string_at(bytes_, size)
        written = write(decode(piece) if decode else piece)
        if not text and written is not None and written != size:
            raise OSError("only %d of %d bytes of the fleet file were written" % (written, size))
        return 0

    return Counts(fleet, fleet._call("itg_export", take, _progress(progress)))


def _decoder() -> Callable[[bytes], str]:
    return codecs.getincrementaldecoder("utf-8")().decode


def _export_to_path(fleet: "Fleet", path: str, progress: Any) -> Counts:
    """Into a file beside it, which then takes its place: there is no half a fleet file at any time."""
    number, beside = tempfile.mkstemp(prefix=os.path.basename(path) + ".", dir=os.path.dirname(path) or ".")
    try:
        with os.fdopen(number, "wb") as file:
            counts = export_fleet(fleet, file, progress)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except BaseException:
        os.unlink(beside)
        raise
    return counts


def _progress(progress: Any) -> Any:
    return NULL if progress is None else progress
