"""Commands: sending and queuing them, and what became of them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Iterable, Iterator, List, Optional, Union

from ._declarations import Command, CommandEntryRecord, CommandResultRecord
from ._values import BATCH, Ident, Record, Time, gather, ident, to_enum, to_ms

if TYPE_CHECKING:
    from .fleet import Fleet

__all__ = ["CommandEntry", "CommandResult", "Commands"]


class CommandResult(Record, CommandResultRecord):
    """What became of a command at one thin client: id, mac, time, successful, message."""

    _struct = "itg_command_result"


class CommandEntry(Record, CommandEntryRecord):
    """One command to one thin client: id, thinclient_id, command, state, queued, sent, ended, expires, message, actor."""

    _struct = "itg_command_entry"

    def refresh(self) -> "CommandEntry":
        """Reads it again. @return itself"""
        self.__dict__.update(self.fleet.commands.get(self.id).__dict__)
        return self

    def cancel(self) -> None:
        """Ends it if it was not sent yet."""
        self.fleet._call("itg_command_cancel", self.id)


class Commands:
    """Commands: "reboot", "shutdown", "wakeup", "settings2tc", "tcreset2facdefs", or members of Command."""

    def __init__(self, fleet: "Fleet") -> None:
        self._fleet = fleet

    def send(self, command: Union[str, Command], thinclients: Iterable[Ident]) -> List[CommandResult]:
        """Sends it now, and waits for the answers. Everything is checked before anything is sent."""
        return gather(partial(self._fleet._call, "itg_command_send", to_enum(Command, command), [ident(tc) for tc in thinclients]),
                      partial(CommandResult, self._fleet))

    def queue(self, command: Union[str, Command], thinclients: Iterable[Ident], *, expires: Optional[Time] = None) -> List[int]:
        """Queues it for the next contact of each thin client. @return the commands' ids, in the order asked"""
        queued: List[int] = []
        self._fleet._call("itg_command_queue", to_enum(Command, command), [ident(tc) for tc in thinclients], to_ms(expires),
                          lambda thinclient, number: queued.append(number))
        return queued

    def get(self, id: int) -> CommandEntry:
        """NotFound if there is none, or none any more."""
        return gather(partial(self._fleet._call, "itg_command_get", ident(id)), partial(CommandEntry, self._fleet))[0]

    def cancel(self, id: int) -> None:
        """Ends one that was not sent yet."""
        self._fleet._call("itg_command_cancel", ident(id))

    def history(self, thinclient: Ident = 0, *, before: int = 0) -> Iterator[CommandEntry]:
        """Commands, the newest first. @param thinclient: 0: of all"""
        while True:
            batch: List[CommandEntry] = []

            def take(pointer: Any) -> bool:
                batch.append(CommandEntry(self._fleet, pointer.contents))
                return len(batch) >= BATCH

            self._fleet._call("itg_command_history", ident(thinclient), before, take)
            yield from batch
            if len(batch) < BATCH:
                return
            before = batch[-1].id

    def _forget(self, id: int) -> CommandResult:
        return gather(partial(self._fleet._call, "itg_thinclient_delete_online", id), partial(CommandResult, self._fleet))[0]
