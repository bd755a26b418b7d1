"""The audit trail: who changed what, when, and how it was before and afterwards."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Dict, Iterator, Optional

from ._declarations import AuditRecord
from ._library import lib, sizeof, to_int, to_text
from ._values import BATCH, Ident, Record, Time, gather, ident, to_ms

if TYPE_CHECKING:
    from .fleet import Fleet

__all__ = ["AuditEntry", "AuditTrail"]


class AuditEntry(Record, AuditRecord):
    """id, time, actor, operation, object_type, object_id, object_name, before and after as JSON text."""

    _struct = "itg_audit"

    @property
    def changes(self) -> Dict[str, Any]:
        """The members that changed: {"site": ("Bremen", "Augsburg")}; None where there was none."""
        before, after = json.loads(self.before), json.loads(self.after)
        return {name: (before.get(name), after.get(name)) for name in [*before, *(name for name in after if name not in before)]}


class AuditTrail:
    """The audit trail of a fleet. Iterating gives all entries, the oldest first."""

    def __init__(self, fleet: "Fleet") -> None:
        self._fleet = fleet

    def __iter__(self) -> Iterator[AuditEntry]:
        return self.entries()

    def entries(self, *, since: Optional[Time] = None, until: Optional[Time] = None, actor: Optional[str] = None, object: Ident = 0,
                operation: Optional[str] = None, after: int = 0, newest_first: bool = False) -> Iterator[AuditEntry]:
        """The entries that fit all that is given.

        @param since, until: at this time or later; before this time
        @param actor: "": the host itself
        @param operation: such as "thinclient_update"
        @param after: to go on with: behind this entry's id
        """
        wanted = lib.structs["itg_audit_filter"]()
        wanted.size = sizeof(wanted)
        wanted.from_ms = to_int(to_ms(since), "int64_t", "since")
        wanted.until_ms = to_int(to_ms(until), "int64_t", "until")
        wanted.actor = None if actor is None else to_text(actor, "actor")
        wanted.object_id = to_int(ident(object), "int64_t", "object")
        wanted.operation = None if operation is None else to_text(operation, "operation")
        wanted.after_id = to_int(after, "int64_t", "after")
        wanted.newest_first = bool(newest_first)
        wanted.limit = BATCH
        return self._entries(wanted)

    def _entries(self, wanted: Any) -> Iterator[AuditEntry]:
        while True:
            batch = gather(partial(self._fleet._call, "itg_audit_each", wanted), partial(AuditEntry, self._fleet))
            yield from batch
            if len(batch) < BATCH:
                return
            wanted.after_id = batch[-1].id

    def prune(self, older_than: timedelta) -> int:
        """Removes entries by their age. @return how many"""
        return int(self._fleet._call("itg_audit_prune", older_than // timedelta(milliseconds=1)))
