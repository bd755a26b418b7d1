"""Default directory rules: which directory a thin client belongs into."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Callable, Iterable, Iterator, List, Optional, Union

from ._declarations import RuleFlag, RuleMoment, RuleMoveRecord, RuleRecord
from ._library import NULL
from ._values import Ident, Record, gather, ident, to_enum, to_flags

if TYPE_CHECKING:
    from .fleet import Fleet

__all__ = ["Rule", "RuleMove", "Rules"]

Flags = Union[RuleFlag, str, Iterable[Union[RuleFlag, str]]]


class RuleMove(Record, RuleMoveRecord):
    """One thin client that a rule moves: thinclient_id, rule_id, from_id, to_id."""

    _struct = "itg_rule_move"


class Rule(Record, RuleRecord):
    """A rule: id, parent_id, position, expression, target_id (0: none), flags."""

    _struct = "itg_rule"

    def update(self, *, expression: Optional[str] = None, target: Ident = None, flags: Optional[Flags] = None, parent: Ident = None,
               position: Optional[int] = None) -> None:
        """Changes what is given. @param target: 0: none"""
        self.fleet._call("itg_rule_update", self.id, self.parent_id if parent is None else ident(parent),
                         self.position if position is None else position, NULL if expression is None else expression,
                         self.target_id if target is None else ident(target), self.flags if flags is None else to_flags(RuleFlag, flags))
        self.__dict__.update(self.fleet.rules.get(self.id).__dict__)

    def delete(self) -> None:
        """Deletes it and its children."""
        self.fleet._call("itg_rule_delete", self.id)


class Rules:
    """The rules of a fleet, an ordered tree."""

    def __init__(self, fleet: "Fleet") -> None:
        self._fleet = fleet

    def __iter__(self) -> Iterator[Rule]:
        """In the order of the tree: each in front of its children."""
        return iter(gather(partial(self._fleet._call, "itg_rule_each"), partial(Rule, self._fleet)))

    def get(self, id: int) -> Rule:
        """NotFound if there is none."""
        found: Rule = self._fleet._fetch("itg_rule_get", "itg_rule_free", partial(Rule, self._fleet), ident(id))
        return found

    def create(self, expression: str, target: Ident = 0, *, flags: Flags = RuleFlag(0), parent: Ident = 0, position: int = -1) -> Rule:
        """Makes one. @param flags: "override_membership", "at_boot", "leave_below", or several of them"""
        return self.get(self._fleet._call("itg_rule_create", ident(parent), position, expression, ident(target), to_flags(RuleFlag, flags)))

    def apply(self, thinclient: Ident = 0, *, moment: Union[str, RuleMoment] = "on_demand",
              on_move: Optional[Callable[[RuleMove], Any]] = None) -> int:
        """Moves thin clients where the rules want them, as one transaction.

        @param thinclient: 0: all of the fleet
        @param on_move: hears of each move; if it raises, nothing is moved. Not inside of another transaction
        @return how many were moved
        """
        if on_move is None:
            return self._apply(thinclient, moment, False, lambda move: None)
        moves: List[RuleMove] = []
        with self._fleet.transaction():
            count = self._apply(thinclient, moment, False, moves.append)
            for move in moves:
                on_move(move)
        return count

    def preview(self, thinclient: Ident = 0, *, moment: Union[str, RuleMoment] = "on_demand") -> List[RuleMove]:
        """The moves that apply() would make."""
        moves: List[RuleMove] = []
        self._apply(thinclient, moment, True, moves.append)
        return moves

    def _apply(self, thinclient: Ident, moment: Union[str, RuleMoment], dry_run: bool, heard: Callable[[RuleMove], Any]) -> int:
        return int(self._fleet._call("itg_rule_apply", to_enum(RuleMoment, moment), ident(thinclient), dry_run,
                                     lambda pointer: heard(RuleMove(self._fleet, pointer.contents))))
