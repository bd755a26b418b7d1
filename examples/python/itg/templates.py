"""Template keys: names in settings, "${NAME}", that have other values on other thin clients."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Iterable, Iterator, List, Optional, Tuple, Union

from . import _declarations as declared
from ._declarations import TemplateAssignmentRecord, TemplateKeyRecord, TemplateType, TemplateValueRecord
from ._library import NULL, lib, to_int
from ._values import Ident, Record, gather, ident, to_enum, walk

if TYPE_CHECKING:
    from .fleet import Fleet

__all__ = ["TemplateAssignment", "TemplateKey", "TemplateValue", "Templates"]


class TemplateValue(Record, TemplateValueRecord):
    """A value of a key: id, value, description, key_id, key_name, type."""

    _struct = "itg_template_value"

    def update(self, value: Optional[str] = None, description: Optional[str] = None) -> None:
        """None: it stays as it is."""
        self.fleet._call("itg_template_value_update", self.id, _or_null(value), _or_null(description))
        fresh = next(found for found in self.fleet.templates.get(self.key_id).values() if found.id == self.id)
        self.__dict__.update(fresh.__dict__)

    def delete(self) -> None:
        self.fleet._call("itg_template_value_delete", self.id)

    def assign(self, *receivers: Ident) -> None:
        """Assigns it to thin clients and directories, in place of another value of its key; all or none."""
        self.fleet.templates.assign([(self, receiver) for receiver in receivers])


class TemplateKey(Record, TemplateKeyRecord):
    """A key: id, name, type, parent_id."""

    _struct = "itg_template_key"

    def values(self) -> List[TemplateValue]:
        """Its values."""
        return gather(partial(self.fleet._call, "itg_template_value_each", self.id), partial(TemplateValue, self.fleet))

    def add(self, value: str, description: str = "") -> TemplateValue:
        """Gives it one more value."""
        number = self.fleet._call("itg_template_value_create", self.id, value, description)
        return next(found for found in self.values() if found.id == number)

    def delete(self) -> None:
        """Deletes it with its values; keys below it go to its parent."""
        self.fleet._call("itg_template_key_delete", self.id)

    def unassign(self, receiver: Ident) -> None:
        """Takes its value away from a thin client or directory."""
        self.fleet._call("itg_template_unassign", ident(receiver), self.id)


class TemplateAssignment(Record, TemplateAssignmentRecord):
    """receiver_id, receiver_type, key_id, value_id."""

    _struct = "itg_template_assignment"


class Templates:
    """The template keys of a fleet."""

    def __init__(self, fleet: "Fleet") -> None:
        self._fleet = fleet

    def __iter__(self) -> Iterator[TemplateKey]:
        return walk(lambda after, take: self._fleet._call("itg_template_key_each", after, take), partial(TemplateKey, self._fleet))

    def get(self, id: int) -> TemplateKey:
        """NotFound if there is none."""
        return gather(partial(self._fleet._call, "itg_template_key_get", ident(id)), partial(TemplateKey, self._fleet))[0]

    def create(self, name: str, type: Union[str, TemplateType] = "string", parent: Ident = declared.ITG_ROOT_TEMPLATES) -> TemplateKey:
        """Makes a key. @param type: "string", "integer", "float" or "boolean" """
        return self.get(self._fleet._call("itg_template_key_create", name, to_enum(TemplateType, type), ident(parent)))

    def assign(self, pairs: Iterable[Tuple[TemplateValue, Ident]]) -> None:
        """Assigns values to receivers, all or none."""
        self._fleet._call("itg_template_assign", [self._pair(value, receiver) for value, receiver in pairs])

    def _pair(self, value: TemplateValue, receiver: Ident) -> Any:
        kind = getattr(receiver, "type", None)
        if kind is None:
            kind = self._fleet._call("itg_object_type", receiver)
        return lib.structs["itg_template_assignment"](to_int(ident(receiver), "int64_t", "receiver"), kind, value.key_id, value.id)

    def assignments(self, receiver: Any) -> List[TemplateAssignment]:
        """What is assigned directly to a thin client or directory."""
        return gather(partial(self._fleet._call, "itg_template_assignments", receiver.type, receiver.id),
                      partial(TemplateAssignment, self._fleet))


def _or_null(text: Optional[str]) -> Any:
    return NULL if text is None else text
