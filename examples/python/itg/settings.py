"""Settings of profiles, and what of them is in force on a thin client."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Iterator, List, MutableMapping, Union

from ._declarations import EffectiveRecord, Verdict
from ._library import from_text, lib
from ._values import Record
from .errors import Code, RequestError

if TYPE_CHECKING:
    from .fleet import Fleet
    from .profiles import Profile

__all__ = ["Effective", "Settings"]

Value = Union[str, int, float, bool]


class Effective(Record, EffectiveRecord):
    """A setting as a thin client gets it: key, value, the profile it comes from, and the verdict on it."""

    _struct = "itg_effective"

    @property
    def content(self) -> Value:
        """The value as Python has it; `value` is JSON text."""
        value: Value = json.loads(self.value)
        return value

    @property
    def applies(self) -> bool:
        """Whether it is in force."""
        return self.verdict == Verdict.APPLIES

    @property
    def reason(self) -> str:
        """The verdict in words."""
        return str(lib.itg_verdict_text(self.verdict))


def effective(fleet: "Fleet", function: str, thinclient: int) -> List[Effective]:
    found: List[Effective] = []
    fleet._call(function, thinclient, lambda pointer: found.append(Effective(fleet, pointer.contents)))
    return found


class Settings(MutableMapping[str, Value]):
    """The settings of a profile: keys, and values that are str, int, float or bool. Each access asks the fleet."""

    def __init__(self, profile: "Profile") -> None:
        self._profile = profile

    def _read(self) -> "dict[str, Value]":
        found: "dict[str, Value]" = {}
        self._call("itg_setting_each", lambda pointer: _add(found, pointer.contents))
        return found

    def _call(self, function: str, *inputs: Any) -> Any:
        return self._profile.fleet._call(function, self._profile.type, self._profile.id, *inputs)

    def __getitem__(self, key: str) -> Value:
        return self._read()[key]

    def __setitem__(self, key: str, value: Value) -> None:
        if not isinstance(value, (str, int, float)):
            raise TypeError("a setting must be str, int, float or bool, not %s" % type(value).__name__)
        if isinstance(value, str):
            value.encode("utf-8")  # JSON would escape lone surrogates, and pass
        self._call("itg_setting_set", key, json.dumps(value, ensure_ascii=False, allow_nan=False))

    def __delitem__(self, key: str) -> None:
        try:
            self._call("itg_setting_unset", key)
        except RequestError as error:
            if error.code == Code["NO_VALID_PROPERTY"]:
                raise KeyError(key) from None
            raise

    def __iter__(self) -> Iterator[str]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())

    def items(self) -> Any:
        return self._read().items()

    def values(self) -> Any:
        return self._read().values()

    def __repr__(self) -> str:
        return "<Settings %r>" % self._read()


def _add(found: "dict[str, Value]", setting: Any) -> None:
    found[from_text(setting.key)] = json.loads(from_text(setting.value))
