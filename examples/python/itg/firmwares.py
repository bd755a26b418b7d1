"""Firmwares: what a thin client runs and a profile is written for."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Iterator

from ._declarations import FirmwareRecord
from ._values import Record, ident, walk

if TYPE_CHECKING:
    from .fleet import Fleet

__all__ = ["Firmware", "Firmwares"]


class Firmware(Record, FirmwareRecord):
    """A firmware: id, product, version, type."""

    _struct = "itg_firmware"


class Firmwares:
    """The firmwares of a fleet."""

    def __init__(self, fleet: "Fleet") -> None:
        self._fleet = fleet

    def __iter__(self) -> Iterator[Firmware]:
        return walk(lambda after, take: self._fleet._call("itg_firmware_each", after, take), partial(Firmware, self._fleet))

    def get(self, id: int) -> Firmware:
        """FirmwareNotFound if there is none."""
        found: Firmware = self._fleet._fetch("itg_firmware_get", "itg_firmware_free", partial(Firmware, self._fleet), ident(id))
        return found

    def create(self, product: str, version: str, type: str = "LX") -> Firmware:
        """Registers one."""
        return self.get(self._fleet._call("itg_firmware_create", product, version, type))
