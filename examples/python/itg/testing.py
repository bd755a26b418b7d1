"""A server to test IMI clients against: `itg serve` on a free port of this machine, with a fleet of the test's choice.

    with itg.testing.Server(lambda fleet: fleet.directories.create("Bremen")) as server:
        client = MyClient(server.url, server.user, server.password, cafile=server.ca_file)

pytest finds it as the fixture itg_server, see itg.pytest_plugin; unittest enters it in setUpClass:

    cls.server = cls.enterClassContext(itg.testing.Server())          # Python 3.11; before: .start() and addClassCleanup(.stop)
"""

from __future__ import annotations

import io
import json
import os
import re
import secrets
import select
import shutil
import signal
import ssl
import subprocess
import tempfile
import time
from typing import IO, Any, Callable, Mapping, Optional, Sequence, Union

from .fleet import Fleet

__all__ = ["Filling", "Server", "find_command"]

#: What a server's fleet is made from: nothing, a fleet file (its path or its content as a dict), or a function that fills it.
Filling = Union[None, str, "os.PathLike[str]", Mapping[str, Any], Callable[[Fleet], Any]]

TIMEOUT = 60  # seconds for anything; generous, for builds with sanitizers


def find_command() -> str:
    """The command itg: the environment's ITG, the build tree beside a checkout, or PATH. FileNotFoundError if there is none."""
    named = os.environ.get("ITG")
    if named:
        return named
    built = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "build", "lib", "cli", "itg")
    found = os.path.normpath(built) if os.path.exists(built) else shutil.which("itg")
    if not found:
        raise FileNotFoundError("the command itg is not found: install it, build it in build/ of its checkout, or let ITG name it")
    return found


class Server:
    """A served fleet, in a directory of its own that goes with it.

    @param fleet: what is in it
    @param arguments: more options of `itg serve`
    @param user, password: an administrator that it gets; a password is made up
    @param tls: False: plain HTTP
    """

    def __init__(self, fleet: Filling = None, *, arguments: Sequence[str] = (), user: str = "admin", password: Optional[str] = None,
                 tls: bool = True) -> None:
        self._filling = fleet
        self._arguments = list(arguments) + ([] if tls else ["--plain-http"])
        self._tls = tls
        self._process: Optional["subprocess.Popen[bytes]"] = None
        self._directory = ""
        self._log: Optional[IO[bytes]] = None
        self.user = user
        self.password = password or secrets.token_urlsafe(12)
        #: Where it serves, "https://localhost:40123/umsapi/v3".
        self.url = ""
        self.port = 0
        #: Its certificate, which is its own authority; "" without TLS.
        self.ca_file = ""
        #: The fleet's file. A Fleet may be opened on it while it is served.
        self.db = ""

    # -- its life

    def start(self) -> "Server":
        """Fills the fleet and starts to serve. Whatever fails, nothing is left behind."""
        if self._process:
            raise RuntimeError("the server runs already")
        command = find_command()
        self._directory = tempfile.mkdtemp(prefix="itg-server-")
        try:
            self.db = os.path.join(self._directory, "fleet.db")
            with self.fleet() as fleet:
                _fill(fleet, self._filling)
                fleet.users.create(self.user, "administrator", self.password)
            self._serve(command)
        except BaseException:
            self._clean_up(check=False)
            raise
        return self

    def _serve(self, command: str) -> None:
        # The server's own words, for those who look for what went wrong.
        self._log = open(os.path.join(self._directory, "log"), "wb+")
        self._process = subprocess.Popen(
            [command, "serve", "--db", self.db, "--listen", "127.0.0.1:0", "--wake-broadcast", "none", "--no-wake-unicast",
             *self._arguments],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self._log, bufsize=0)
        said, end = b"", time.monotonic() + TIMEOUT
        assert self._process.stdout
        while True:
            match = re.search(rb"Serving IMI v3 on (https?://\S+:(\d+)/\S+)", said)
            if match:
                break
            ready = select.select([self._process.stdout], [], [], max(0.0, end - time.monotonic()))[0]
            piece = os.read(self._process.stdout.fileno(), 4096) if ready else b""
            if not piece:
                raise RuntimeError("itg serve does not serve: %s%s" % (said.decode(), self.log()))
            said += piece
        self.url, self.port = match.group(1).decode(), int(match.group(2))
        self.ca_file = self.db + ".crt" if self._tls else ""

    def stop(self) -> None:
        """Ends the server, the way a service manager does, and removes its directory. A second time it does nothing."""
        self._clean_up(check=True)

    def _clean_up(self, check: bool) -> None:
        process, self._process = self._process, None
        try:
            if process:
                self._end(process)
                if check and process.returncode != 0:
                    raise RuntimeError("itg serve ended with status %d: %s" % (process.returncode, self.log()))
        finally:
            if self._log:
                self._log.close()
                self._log = None
            if self._directory:
                shutil.rmtree(self._directory, ignore_errors=True)
                self._directory = ""

    def _end(self, process: "subprocess.Popen[bytes]") -> None:
        assert process.stdout
        with process.stdout:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            try:
                process.wait(TIMEOUT)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def log(self) -> str:
        """What the server has written to its standard error."""
        if not self._log:
            return ""
        with open(self._log.name, "rb") as file:
            return file.read().decode("utf-8", "replace")

    def __enter__(self) -> "Server":
        return self.start()

    def __exit__(self, *error: Any) -> None:
        self.stop()

    def __del__(self) -> None:
        process = self.__dict__.get("_process")
        if process and process.poll() is None:
            process.kill()
            process.wait()

    # -- what clients need

    def ssl_context(self) -> ssl.SSLContext:
        """Trusts this server and no other."""
        return ssl.create_default_context(cafile=self.ca_file)

    def fleet(self) -> Fleet:
        """The served fleet, opened in this process: to look at what a client did, or to prepare more. To be closed."""
        return Fleet(self.db, wake_broadcast="none", wake_unicast=False)

    def __repr__(self) -> str:
        return "<Server %s>" % (self.url or "not running")


def _fill(fleet: Fleet, filling: Filling) -> None:
    if filling is None:
        return
    if callable(filling):
        filling(fleet)
    elif isinstance(filling, Mapping):
        fleet.import_file(io.StringIO(json.dumps(filling)))
    else:
        fleet.import_file(filling)
