"""Values on their way between C and Python: times, enums, records."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Callable, ClassVar, Dict, Iterator, List, Optional, Tuple, TypeVar, Union

from . import _declarations as declared
from ._library import from_text

if TYPE_CHECKING:
    from .fleet import Fleet

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
BATCH = 500  # items that a walk takes in one read transaction

Time = Union[datetime, int]  # a datetime without zone is local time; an int is milliseconds since 1970 UTC
Ident = Any  # an id, or an object of this package that has one
T = TypeVar("T")


def to_time(ms: int) -> Optional[datetime]:
    """Milliseconds since 1970 as UTC; None for 0, which is how the library says that it does not know."""
    if ms == 0:
        return None
    try:
        return EPOCH + timedelta(milliseconds=ms)
    except OverflowError:
        return (datetime.max if ms > 0 else datetime.min).replace(tzinfo=timezone.utc)


def to_ms(time: Optional[Time]) -> int:
    """What the library takes for a time; 0 for None."""
    if time is None:
        return 0
    if isinstance(time, datetime):
        return (time.astimezone(timezone.utc) - EPOCH) // timedelta(milliseconds=1)
    return time  # looked at like all integers


def ident(item: Ident) -> Any:
    """The id of an object, or the id itself."""
    return getattr(item, "id", item)


def to_enum(kind: Any, value: Any) -> Any:
    """A member of an enum by its value or its name in either case; one that a newer library made up stays a number."""
    if isinstance(value, str):
        try:
            return kind[value.upper()]
        except KeyError:
            names = ", ".join(repr(member.name.lower()) for member in kind)
            raise ValueError("%r is none of %s" % (value, names)) from None
    return value


def to_flags(kind: Any, value: Any) -> Any:
    """A set of flags: itself, a name, or several of either."""
    if isinstance(value, (int, str)):
        return to_enum(kind, value)
    total = kind(0)
    for item in value:
        total |= to_enum(kind, item)
    return total


def _enum_of(kind: Any) -> Callable[[int], Any]:
    def convert(value: int) -> Any:
        try:
            return kind(value)
        except ValueError:
            return value

    return convert


CONVERTERS: Dict[str, Callable[[Any], Any]] = {"str": from_text, "int": int, "float": float, "bool": bool, "Optional[datetime]": to_time}


def _converter(hint: str) -> Callable[[Any], Any]:
    return CONVERTERS.get(hint) or _enum_of(getattr(declared, hint))


def _plan(struct: str, record: Any) -> List[Tuple[str, str, Optional[Callable[[Any], Any]]]]:
    """How the attributes of a record are made from the members of its struct; None for arrays."""
    members = {name for _, name in declared.STRUCTS[struct]}
    return [(attribute if attribute in members else attribute + "_ms", attribute,
             None if hint == "Tuple[int, ...]" else _converter(hint))
            for attribute, hint in record.__annotations__.items()]


# The members that say how many the arrays of itg_job_t hold.
COUNTS = {"directories": "directory_count", "thinclients": "thinclient_count"}


class Record:
    """What a C struct held when it was read. Attributes do not change afterwards."""

    _struct: ClassVar[str] = ""
    _members: ClassVar[List[Tuple[str, str, Optional[Callable[[Any], Any]]]]] = []
    fleet: "Fleet"

    def __init_subclass__(cls, **more: Any) -> None:
        super().__init_subclass__(**more)
        if cls._struct:
            record = next(base for base in cls.__mro__ if base.__module__ == declared.__name__)
            cls._members = _plan(cls._struct, record)

    def __init__(self, fleet: "Fleet", struct: Any) -> None:
        values = self.__dict__
        values["fleet"] = fleet
        self._fill(struct)

    def _fill(self, struct: Any) -> None:
        values = self.__dict__
        for member, attribute, convert in self._members:
            if convert is None:
                values[attribute] = tuple(getattr(struct, member)[:getattr(struct, COUNTS[member])])
            else:
                values[attribute] = convert(getattr(struct, member))

    def _shown(self) -> Tuple[Any, ...]:
        return tuple(self.__dict__[attribute] for _, attribute, _ in self._members)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError("%s of a %s cannot be set" % (name, type(self).__name__))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Record) and type(other) is type(self) and other._shown() == self._shown()

    def __hash__(self) -> int:
        return hash(self._shown())

    def __repr__(self) -> str:
        values = self.__dict__
        return "<%s %s>" % (type(self).__name__, " ".join("%s=%r" % (name, values[name]) for _, name, _ in self._members[:4]))


def walk(fetch: Callable[[int, Callable[[Any], Any]], Any], make: Callable[[Any], T], after: int = 0,
         key: Callable[[Any], Any] = attrgetter("id")) -> Iterator[T]:
    """Items one by one, read in batches: no transaction is open while the caller has one in hand.

    @param fetch: walks behind an id, giving each C struct to a function
    """
    while True:
        batch: List[T] = []

        def collect(pointer: Any) -> bool:
            batch.append(make(pointer.contents))
            return len(batch) >= BATCH

        fetch(after, collect)
        yield from batch
        if len(batch) < BATCH:
            return
        after = key(batch[-1])


def gather(fetch: Callable[[Callable[[Any], Any]], Any], make: Callable[[Any], T]) -> List[T]:
    """All items of a walk that has no place to go on from; such lists are short."""
    found: List[T] = []
    fetch(lambda pointer: found.append(make(pointer.contents)))
    return found
