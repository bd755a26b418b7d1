"""`itg serve` under test, a client that sends what it is told, and what every test of the contract asks."""

import base64
import http.client
import json
import os
import re
import select
import shutil
import signal
import ssl
import subprocess
import tempfile
import time
import unittest

from fleet import FLEET

ITG = os.environ.get("ITG") or "itg"
TIMEOUT = 60  # seconds that anything may take; generous, for builds with sanitizers
HOST = "ums.example.com:8443"  # what clients say in their Host header, so that links are the same each time
BASE = "https://%s/umsapi/v3" % HOST
JSON = "application/json;charset=UTF-8"
PASSWORD = "correct horse battery"
USERS = {"alice": "administrator", "oscar": "operator", "victor": "viewer"}


def itg(*arguments, db, stdin=b"", status=0):
    """Runs the command. @return its standard output"""
    done = subprocess.run([ITG, *arguments, "--db", db], input=stdin, capture_output=True, timeout=TIMEOUT)
    if done.returncode != status:
        raise AssertionError("itg %s: exit status %d, %r" % (" ".join(arguments), done.returncode, done.stderr))
    return done.stdout


class Host:
    """A directory with a fleet in it, served until stop()."""

    def __init__(self, *arguments, fleet=FLEET, users=USERS):
        self.dir = tempfile.mkdtemp(prefix="itg-contract-")
        self.db = os.path.join(self.dir, "fleet.db")
        if fleet:
            self.run("import", "-", stdin=json.dumps(fleet).encode())
        for name, role in users.items():
            self.run("user", "add", name, "--role", role, "--password-stdin", stdin=PASSWORD.encode() + b"\n")
        self.start(*arguments)

    def run(self, *arguments, **more):
        return itg(*arguments, db=self.db, **more)

    def start(self, *arguments):
        self.log = open(os.path.join(self.dir, "log"), "ab+")
        self.process = subprocess.Popen(
            [ITG, "serve", "--db", self.db, "--listen", "127.0.0.1:0", "--wake-broadcast", "none", "--no-wake-unicast",
             *arguments], stdout=subprocess.PIPE, stderr=self.log)
        self.said = b""
        end = time.monotonic() + TIMEOUT
        while not re.search(rb"Serving IMI v3 on \S+:(\d+)/umsapi/v3", self.said):
            if not select.select([self.process.stdout], [], [], max(0, end - time.monotonic()))[0]:
                raise AssertionError("does not serve: %r" % self.said)
            data = os.read(self.process.stdout.fileno(), 4096)
            if not data:
                raise AssertionError("ended instead of serving: %r" % self.errors())
            self.said += data
        self.port = int(re.search(rb":(\d+)/umsapi/v3", self.said).group(1))
        self.plain = "--plain-http" in arguments
        if not self.plain:
            self.tls = ssl.create_default_context(cafile=self.db + ".crt")

    def errors(self):
        self.log.seek(0)
        return self.log.read()

    def export(self):
        """The whole fleet as text, read by another process."""
        return self.run("export", "-")

    def end(self):
        """Ends the server, the way a service manager does. @return exit status, standard error"""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(TIMEOUT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        errors = self.errors()
        self.log.close()
        return self.process.returncode, errors

    def stop(self):
        status, errors = self.end()
        check = subprocess.run([ITG, "check", "--db", self.db], capture_output=True, timeout=TIMEOUT)
        shutil.rmtree(self.dir)
        if status != 0 or b"Sanitizer" in errors or b"runtime error" in errors or check.returncode != 0:
            raise AssertionError("the server ended with status %d, the check with %d: %s %s" % (
                status, check.returncode, errors.decode(), check.stdout.decode()))


class Target(str):
    """A request target to be sent as it is; other paths are taken below /umsapi/v3."""


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = response.getheaders()
        self.body = response.read()

    def header(self, name):
        """The header's only value; None without it."""
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        if len(values) > 1:
            raise AssertionError("header %s comes %d times" % (name, len(values)))
        return values[0] if values else None

    @property
    def json(self):
        return json.loads(self.body)


class Client:
    """One connection, kept alive. It sends Host, Cookie and what it is told to, nothing of its own."""

    def __init__(self, host, user=None, cookie=None):
        self.host = host
        self.cookie = cookie
        self.connection = self.connect()
        if user:
            self.login(user)

    def connect(self):
        if self.host.plain:
            return http.client.HTTPConnection("localhost", self.host.port, timeout=TIMEOUT)
        return http.client.HTTPSConnection("localhost", self.host.port, timeout=TIMEOUT, context=self.host.tls)

    def request(self, method, path, body=None, headers=()):
        """Sends one request. body: bytes or text as they are, anything else as JSON. headers: (name, value) pairs."""
        if body is not None and not isinstance(body, (bytes, str)):
            body = json.dumps(body)
        if isinstance(body, str):
            body = body.encode()
        names = [name.lower() for name, _ in headers]
        target = path if isinstance(path, Target) or path.startswith("/umsapi/") else "/umsapi/v3" + path
        connection = self.connection
        connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
        if "host" not in names:
            connection.putheader("Host", HOST)
        if self.cookie and "cookie" not in names:
            connection.putheader("Cookie", "JSESSIONID=" + self.cookie)
        for name, value in headers:
            connection.putheader(name, value)
        if body is not None:
            if "content-type" not in names:
                connection.putheader("Content-Type", "application/json")
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        return Answer(connection.getresponse())

    def login(self, user, password=PASSWORD):
        answer = self.request("POST", "/login", headers=[basic(user, password)])
        if answer.status != 200:
            raise AssertionError("login of %s: %d %r" % (user, answer.status, answer.body))
        self.cookie = answer.json["message"].split("=")[1]
        return answer

    def close(self):
        self.connection.close()


def basic(user, password=PASSWORD):
    return "Authorization", "Basic " + base64.b64encode(("%s:%s" % (user, password)).encode()).decode()


ERROR = re.compile(rb'\{"message":("(?:[^"\\]|\\.)*"),"errorCode":"(ITG-[0-9A-F]{5})","time":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3})",'
                   rb'"stackTrace":"(\[[a-z0-9_]+(?:, [a-z0-9_]+)*\])"\}')


class ContractTest(unittest.TestCase):
    """Tests of one served fleet. Each class has a server of its own; self.api is an administrator's client."""

    ARGUMENTS = ()
    FLEET = FLEET
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.host = Host(*cls.ARGUMENTS, fleet=cls.FLEET)
        cls.addClassCleanup(cls.host.stop)

    def setUp(self):
        self.api = self.client("alice")

    def client(self, user=None, cookie=None):
        client = Client(self.host, user, cookie)
        self.addCleanup(client.close)
        return client

    def ok(self, method, path, body=None, client=None, **more):
        answer = (client or self.api).request(method, path, body, **more)
        self.assertEqual(answer.status, 200, answer.body)
        self.assertEqual(answer.header("Content-Type"), JSON)
        return answer

    def says(self, method, path, body, text, client=None, **more):
        """The request succeeds with exactly this text."""
        answer = self.ok(method, path, body, client, **more)
        self.assertEqual(answer.body.decode(), text)
        return answer

    def assert_error(self, answer, status, code, message):
        self.assertEqual((answer.status, answer.body.decode()[:300]), (status, answer.body.decode()[:300]))
        self.assertEqual(answer.header("Content-Type"), JSON)
        match = ERROR.fullmatch(answer.body)
        self.assertIsNotNone(match, answer.body)
        self.assertEqual((match.group(2).decode(), json.loads(match.group(1))), (code, message))
        stamp = time.mktime(time.strptime(match.group(3)[:19].decode(), "%Y-%m-%dT%H:%M:%S"))
        self.assertLess(abs(time.time() - stamp), TIMEOUT)
        return answer

    def refused(self, method, path, body, status, code, message, client=None, **more):
        """The request is refused with this error, and the fleet is afterwards what it was before."""
        before = self.host.export()
        answer = (client or self.api).request(method, path, body, **more)
        self.assert_error(answer, status, code, message)
        self.assertEqual(self.host.export(), before, "%s %s was refused and yet changed the fleet" % (method, path))
        return answer


if __name__ == "__main__":
    unittest.main()
