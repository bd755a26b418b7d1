"""Custom device attributes: definitions, and the values of thin clients."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Iterator, List, MutableMapping, Optional, Sequence, Union

from ._declarations import AttributeRecord, AttributeType, Overwrite
from ._library import NULL, from_text
from ._values import Record, to_enum, walk

if TYPE_CHECKING:
    from .fleet import Fleet
    from .thinclients import Thinclient

__all__ = ["Attribute", "AttributeValues", "Attributes"]


class Attribute(Record, AttributeRecord):
    """A definition: id, identifier, name, type, overwrite."""

    _struct = "itg_attribute"

    def choices(self) -> List[str]:
        """The allowed values of a range."""
        found: List[str] = []
        self.fleet._call("itg_attribute_choices", self.id, lambda choice: found.append(from_text(choice)))
        return found

    def update(self, *, name: Optional[str] = None, overwrite: Union[None, str, Overwrite] = None,
               choices: Optional[Sequence[str]] = None) -> None:
        """None: it stays as it is."""
        self.fleet._call("itg_attribute_update", self.id, NULL if name is None else name,
                         0 if overwrite is None else to_enum(Overwrite, overwrite), NULL if choices is None else choices)
        self.__dict__.update(self.fleet.attributes.get(self.identifier).__dict__)

    def delete(self) -> None:
        """Deletes it and all its values."""
        self.fleet._call("itg_attribute_delete", self.id)


class Attributes:
    """The definitions of a fleet."""

    def __init__(self, fleet: "Fleet") -> None:
        self._fleet = fleet

    def __iter__(self) -> Iterator[Attribute]:
        return walk(lambda after, take: self._fleet._call("itg_attribute_each", after, take), partial(Attribute, self._fleet))

    def get(self, identifier: str) -> Attribute:
        """NotFound if there is none."""
        found: Attribute = self._fleet._fetch("itg_attribute_by_identifier", "itg_attribute_free",
                                              partial(Attribute, self._fleet), identifier)
        return found

    def create(self, identifier: str, name: str, type: Union[str, AttributeType] = "string", *, overwrite: Union[str, Overwrite] = "all",
               choices: Sequence[str] = ()) -> Attribute:
        """Defines one. @param type: "string", "number", "date" or "range", which needs choices"""
        self._fleet._call("itg_attribute_create", identifier, name, to_enum(AttributeType, type), to_enum(Overwrite, overwrite),
                          choices if choices else NULL)
        return self.get(identifier)


class AttributeValues(MutableMapping[str, str]):
    """The values that a thin client has, by identifier. Each access asks the fleet."""

    def __init__(self, thinclient: "Thinclient") -> None:
        self._thinclient = thinclient

    def _read(self) -> "dict[str, str]":
        found: "dict[str, str]" = {}

        def take(attribute: Any, value: bytes) -> None:
            found[from_text(attribute.contents.identifier)] = from_text(value)

        self._thinclient.fleet._call("itg_attribute_values", self._thinclient.id, take)
        return found

    def __getitem__(self, identifier: str) -> str:
        return self._read()[identifier]

    def __setitem__(self, identifier: str, value: str) -> None:
        self._thinclient.update(attributes={identifier: value})

    def __delitem__(self, identifier: str) -> None:
        if identifier not in self._read():
            raise KeyError(identifier)
        self._thinclient.update(attributes={identifier: ""})

    def report(self, identifier: str, value: str) -> None:
        """Sets a value as the thin client itself would."""
        self._thinclient.fleet._call("itg_attribute_report", self._thinclient.id, identifier, value)

    def __iter__(self) -> Iterator[str]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())

    def __repr__(self) -> str:
        return "<AttributeValues %r>" % self._read()
