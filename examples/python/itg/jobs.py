"""Jobs: commands that are sent when their time has come, by Fleet.step()."""

from __future__ import annotations

from ctypes import POINTER, c_int64, cast
from functools import partial
from typing import TYPE_CHECKING, Any, Dict, Iterable, Iterator, List, Optional, Union

from ._declarations import Command, JobRecord, JobResultRecord, JobRunRecord, Weekday
from ._library import ids, lib, sizeof, to_int, to_text
from ._values import Ident, Record, Time, gather, ident, to_enum, to_flags, to_ms

if TYPE_CHECKING:
    from .fleet import Fleet

__all__ = ["Job", "JobResult", "JobRun", "Jobs"]

Days = Union[Weekday, str, Iterable[Union[Weekday, str]]]


class JobResult(Record, JobResultRecord):
    """A thin client at which a run failed: thinclient_id, mac, time, message."""

    _struct = "itg_job_result"


class JobRun(Record, JobRunRecord):
    """One run of a job: id, job_id, state, due, started, ended, missed, total, succeeded, failed, refused, error, message."""

    _struct = "itg_job_run"

    def results(self) -> List[JobResult]:
        """The thin clients at which it failed, as far as they are kept."""
        return gather(partial(self.fleet._call, "itg_job_results", self.id), partial(JobResult, self.fleet))


class Job(Record, JobRecord):
    """A job: id, name, command, disabled, thinclients, directories, expression, start, every_s, weekdays, expires, due."""

    _struct = "itg_job"

    def update(self, **changes: Any) -> None:
        """Changes what is given, by the names that Jobs.create() has; the rest stays."""
        given: Dict[str, Any] = {"name": self.name, "command": self.command, "disabled": self.disabled, "thinclients": self.thinclients,
                 "directories": self.directories, "expression": self.expression, "start": self.start, "every_s": self.every_s,
                 "weekdays": self.weekdays, "expires": self.expires}
        unknown = set(changes) - set(given)
        if unknown:
            raise TypeError("a job has no %s" % ", ".join(sorted(unknown)))
        given.update(changes)
        self.fleet._call("itg_job_update", self.id, _spec(**given))
        self.__dict__.update(self.fleet.jobs.get(self.id).__dict__)

    def delete(self) -> None:
        """Deletes it with its history."""
        self.fleet._call("itg_job_delete", self.id)

    def run(self) -> JobRun:
        """Runs it now, and waits for the end."""
        number = self.fleet._call("itg_job_run", self.id)
        return next(run for run in self.runs() if run.id == number)

    def runs(self) -> List[JobRun]:
        """Its runs that are kept, the latest first."""
        return gather(partial(self.fleet._call, "itg_job_runs", self.id), partial(JobRun, self.fleet))


class Jobs:
    """The jobs of a fleet."""

    def __init__(self, fleet: "Fleet") -> None:
        self._fleet = fleet

    def __iter__(self) -> Iterator[Job]:
        return iter(gather(partial(self._fleet._call, "itg_job_each"), partial(Job, self._fleet)))

    def get(self, id: int) -> Job:
        """NotFound if there is none."""
        found: Job = self._fleet._fetch("itg_job_get", "itg_job_free", partial(Job, self._fleet), ident(id))
        return found

    def create(self, name: str, command: Union[str, Command], start: Time, *, thinclients: Iterable[Ident] = (),
               directories: Iterable[Ident] = (), expression: str = "", every_s: int = 0, weekdays: Days = Weekday(0),
               expires: Optional[Time] = None, disabled: bool = False) -> Job:
        """Makes one. Its targets add up.

        @param directories: all thin clients below them
        @param expression: all thin clients that match when it runs
        @param every_s: again so many seconds after each time
        @param weekdays: "monday", ..., members of Weekday, or several: on these days at the start's local time of day
        """
        spec = _spec(name, command, start, thinclients, directories, expression, every_s, weekdays, expires, disabled)
        return self.get(self._fleet._call("itg_job_create", spec))


def _spec(name: str, command: Union[str, Command], start: Optional[Time], thinclients: Iterable[Ident], directories: Iterable[Ident],
          expression: str, every_s: int, weekdays: Days, expires: Optional[Time], disabled: bool) -> Any:
    spec = lib.structs["itg_job_spec"]()
    spec.size = sizeof(spec)
    spec.name = to_text(name, "name")
    spec.command = to_int(to_enum(Command, command), "int32_t", "command")
    spec.disabled = bool(disabled)
    spec.expression = to_text(expression, "expression")
    spec.start_ms = to_int(to_ms(start), "int64_t", "start")
    spec.every_s = to_int(every_s, "int64_t", "every_s")
    spec.weekdays = to_int(to_flags(Weekday, weekdays), "uint32_t", "weekdays")
    spec.expires_ms = to_int(to_ms(expires), "int64_t", "expires")
    for member, count, items in (("thinclients", "thinclient_count", thinclients), ("directories", "directory_count", directories)):
        numbers = ids([ident(item) for item in items], member)
        setattr(spec, member, cast(numbers, POINTER(c_int64)))
        setattr(spec, count, len(numbers))
    return spec
