"""Assets: what is plugged into thin clients, and the history of where each has been."""

from __future__ import annotations

from ctypes import POINTER, c_char_p, cast
from functools import partial
from typing import TYPE_CHECKING, Any, Iterable, Iterator, List, Optional, Sequence, Tuple

from ._declarations import AssetCategoryRecord, AssetDetailRecord, AssetHistoryRecord, AssetRecord
from ._library import NULL, lib, sizeof, texts, to_int, to_text
from ._values import Ident, Record, gather, ident, walk

if TYPE_CHECKING:
    from .fleet import Fleet

__all__ = ["Asset", "AssetCategory", "AssetDetail", "AssetEntry", "Assets"]

NOWHERE = -1


class AssetCategory(Record, AssetCategoryRecord):
    """id, name."""

    _struct = "itg_asset_category"


class AssetDetail(Record, AssetDetailRecord):
    """attribute_id, key, value, type."""

    _struct = "itg_asset_detail"


class AssetEntry(Record, AssetHistoryRecord):
    """One entry of the history: id, asset_id, unit_id, time, event."""

    _struct = "itg_asset_history"


class Asset(Record, AssetRecord):
    """An asset: id, thinclient_id (-1: on none), unique_id, connector, name, vendor, device_id."""

    _struct = "itg_asset"

    def categories(self) -> List[AssetCategory]:
        return gather(partial(self.fleet._call, "itg_asset_categories", self.id), partial(AssetCategory, self.fleet))

    def details(self) -> List[AssetDetail]:
        return gather(partial(self.fleet._call, "itg_asset_details", self.id), partial(AssetDetail, self.fleet))

    def history(self) -> Iterator[AssetEntry]:
        """Where it has been, the oldest first."""
        return self.fleet.assets.history(asset=self)

    def move(self, thinclient: Ident = NOWHERE, *, on_boot: bool = False) -> None:
        """Plugs it into a thin client, or into none."""
        self.fleet._call("itg_asset_move", self.id, ident(thinclient), bool(on_boot))
        self.__dict__.update(self.fleet.assets.get(self.id).__dict__)

    def delete(self) -> None:
        """Deletes it; its history stays."""
        self.fleet._call("itg_asset_delete", self.id)


class Assets:
    """The assets of a fleet."""

    def __init__(self, fleet: "Fleet") -> None:
        self._fleet = fleet

    def __iter__(self) -> Iterator[Asset]:
        return self.on(0)

    def on(self, thinclient: Ident) -> Iterator[Asset]:
        """Those on a thin client. @param thinclient: 0: all; -1: those on none"""
        return walk(lambda after, take: self._fleet._call("itg_asset_each", ident(thinclient), after, take), partial(Asset, self._fleet))

    def get(self, id: int) -> Asset:
        """NotFound if there is none."""
        found: Asset = self._fleet._fetch("itg_asset_get", "itg_asset_free", partial(Asset, self._fleet), ident(id))
        return found

    def history(self, *, asset: Ident = 0, unit_id: Optional[str] = None) -> Iterator[AssetEntry]:
        """Entries of the history: of one asset, of the thin client with this unit id, or all."""
        unit: Any = NULL if unit_id is None else unit_id
        return walk(lambda after, take: self._fleet._call("itg_asset_history_each", ident(asset), unit, after, take),
                    partial(AssetEntry, self._fleet))

    def create(self, name: str, *, thinclient: Ident = NOWHERE, unique_id: str = "", connector: str = "usb", vendor: str = "",
               device_id: str = "", categories: Sequence[str] = (), details: Iterable[Tuple[str, str, str]] = (),
               on_boot: bool = False) -> Asset:
        """Registers one. @param details: (key, value, type)"""
        made = lib.structs["itg_asset_input"]()
        made.size = sizeof(made)
        made.thinclient_id = to_int(ident(thinclient), "int64_t", "thinclient")
        made.on_boot = bool(on_boot)
        for member, text in (("name", name), ("unique_id", unique_id), ("connector", connector), ("vendor", vendor),
                             ("device_id", device_id)):
            setattr(made, member, to_text(text, member))
        names = texts(categories, "categories")
        made.categories, made.category_count = cast(names, POINTER(c_char_p)), len(names)
        detail = lib.structs["itg_asset_detail"]
        rows = [detail(0, *[to_text(part, "details") for part in row]) for row in details]
        made.details, made.detail_count = (detail * len(rows))(*rows), len(rows)
        return self.get(self._fleet._call("itg_asset_create", made))
