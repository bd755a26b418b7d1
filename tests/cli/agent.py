"""What the tests of itg agent share: the agent as a process, and a server that speaks /agent/v1 as a test tells it to, for
what a real one does not do on request, such as losing an answer or lying."""

import http.server
import json
import os
import select
import shutil
import signal
import ssl
import subprocess
import tempfile
import threading
import time

from itg import ITG, OK, TIMEOUT, CommandTest, Server


class Drop(Exception):
    """The connection ends without an answer."""


class AgentServer:
    """Registers whoever has the key, hands commands out until their results come, waits for work. `before(path, body)`, if
    set, may answer in its stead with (status, body), raise Drop, or return None."""

    def __init__(self, certificate, key, port=0):
        self.changed = threading.Condition()
        self.requests = []  # (path, token, body)
        self.commands = []  # [id, word], without a result yet
        self.results = {}  # id: [(state, message)]
        self.settings = None  # {"revision", "values"}
        self.next = 0
        self.uuid = "0f0e0d0c-0000-4000-8000-000000000001"
        self.key = "enrolment-key"
        self.tokens = {}
        self.registrations = 0
        self.before = None
        self.gone = False
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                try:
                    body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                    status, answer = server.handle(self.path, self.headers.get("Authorization"), body)
                    data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                    self.send_response(status)
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", str(len(data)))
                    self.end_headers()
                    self.wfile.write(data)
                except (Drop, OSError, ssl.SSLError):
                    self.close_connection = True

            def log_message(self, *arguments):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            allow_reuse_address = True

            def handle_error(self, request, address):
                pass

            def finish_request(self, request, address):
                # The handshake belongs into the thread, so that one that stalls stalls nobody else.
                with context.wrap_socket(request, server_side=True) as connection:
                    super().finish_request(connection, address)

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.server = Server(("127.0.0.1", port), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()

    @property
    def port(self):
        return self.server.server_address[1]

    @property
    def url(self):
        return "https://127.0.0.1:%d" % self.port

    def close(self):
        self.gone = True
        with self.changed:
            self.changed.notify_all()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    # What tests do.

    def command(self, id, word):
        with self.changed:
            self.commands.append((str(id), word))
            self.changed.notify_all()

    def set_settings(self, revision, **values):
        with self.changed:
            self.settings = {"revision": str(revision), "values": values}
            self.changed.notify_all()

    def wait_for(self, condition, timeout=30):
        """Waits until the condition holds, and gives what it gives."""
        end = time.monotonic() + timeout
        with self.changed:
            while True:
                value = condition()
                if value:
                    return value
                if time.monotonic() > end:
                    raise AssertionError("has not happened: %r" % (self.requests[-5:],))
                self.changed.wait(0.2)

    def bodies(self, path="/agent/v1/checkin"):
        with self.changed:
            return [body for each, token, body in self.requests if each == path]

    def reports(self):
        return [body for body in self.bodies() if "sequence" in body]

    # What the server does.

    def handle(self, path, authorization, body):
        token = authorization[7:] if authorization and authorization.startswith("Bearer ") else None
        with self.changed:
            self.requests.append((path, token, body))
            self.changed.notify_all()
        answer = self.before(path, body) if self.before else None
        if answer:
            return answer
        if path == "/agent/v1/register":
            return self.register(body)
        if token not in self.tokens:
            return self.refusal(401, "ITG-0B004", "No session found for requested session ID <>.")
        return (200, {}) if path == "/agent/v1/bye" else self.checkin(body)

    @staticmethod
    def refusal(status, code, message):
        return status, {"message": message, "errorCode": code, "time": "2024-03-01T12:00:00.000", "stackTrace": "[]"}

    def register(self, body):
        if body.get("key") != self.key:
            return self.refusal(403, "ITG-0B005", "Access denied.")
        with self.changed:
            self.registrations += 1
            token = "27.%d" % self.registrations
            self.tokens = {token: 27}
        return 200, {"id": "27", "token": token, "name": "ITC" + body["mac"], "serverUUID": self.uuid,
                     "nextCheckin": 0}

    def checkin(self, body):
        end = time.monotonic() + body.get("wait", 0)
        with self.changed:
            for result in body.get("results", ()):
                self.results.setdefault(result["id"], []).append((result["state"], result["message"]))
                self.commands = [each for each in self.commands if each[0] != result["id"]]
            self.changed.notify_all()
            while not self.gone:
                answer = {"nextCheckin": self.next}
                if self.commands:
                    answer["commands"] = [{"id": id, "command": word} for id, word in self.commands]
                said = body.get("settingsRevision")
                if self.settings and said is not None and said != self.settings["revision"]:
                    answer["settings"] = self.settings
                if len(answer) > 1 or time.monotonic() >= end:
                    return 200, answer
                self.changed.wait(max(0, min(0.2, end - time.monotonic())))
        raise Drop()


TREES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "data", "agent")
LEFT = 3

certificates = None


def make_certificates():
    """Two of them, as `itg serve` makes them. Called by setUpModule()."""
    global certificates
    certificates = tempfile.mkdtemp(prefix="itg-test-")
    for name in ("a", "b"):
        db = os.path.join(certificates, name)
        server = Server(["--db", db, "--listen", "127.0.0.1:0"], dict(os.environ), certificates)
        try:
            server.wait_ready().stop(signal.SIGTERM)
        finally:
            server.close()


def remove_certificates():
    shutil.rmtree(certificates, ignore_errors=True)


class Agent:
    """`itg agent` running."""

    def __init__(self, arguments, env, cwd):
        self.process = subprocess.Popen([ITG, "agent", *arguments], bufsize=0, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=env, cwd=cwd)
        self.text = ""

    def read_until(self, wanted):
        end = time.monotonic() + TIMEOUT
        while wanted not in self.text:
            if not select.select([self.process.stdout], [], [], max(0, end - time.monotonic()))[0]:
                raise AssertionError("no %r in %r" % (wanted, self.text))
            data = os.read(self.process.stdout.fileno(), 65536)
            if not data:
                raise AssertionError("ended without %r in %r" % (wanted, self.text))
            self.text += data.decode()
        return self.text

    def finish(self):
        """Waits for its end. @return exit status"""
        out, _ = self.process.communicate(timeout=TIMEOUT)
        self.text += (out or b"").decode()
        return self.process.returncode

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self.finish()

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()


class AgentTest(CommandTest):
    def setUp(self):
        super().setUp()
        self.state = self.path("state")
        self.root = self.path("root")
        shutil.copytree(os.path.join(TREES, "desk"), self.root)
        self.server = self.serve()

    def serve(self, name="a", port=0):
        server = AgentServer(self.certificate(name), os.path.join(certificates, name + ".key"), port)
        self.addCleanup(self.close_server, server)
        return server

    @staticmethod
    def close_server(server):
        if not server.gone:
            server.close()

    @staticmethod
    def certificate(name="a"):
        return os.path.join(certificates, name + ".crt")

    def arguments(self, *more):
        return ["--server", self.server.url, "--key", self.server.key, "--state", self.state, "--root", self.root,
                "--wait", "20", *more]

    def start(self, *more):
        agent = Agent(self.arguments(*more), self.environment(), self.directory)
        self.addCleanup(agent.close)
        return agent

    def once(self, *more, status=OK):
        agent = self.start("--once", *more)
        self.assertEqual(agent.finish(), status, agent.text)
        return agent.text

    def hook(self, name, text="exit 0\n"):
        """A hook that counts its runs."""
        path = self.path(name)
        with open(path, "w") as file:
            file.write("#!/bin/sh\necho \"$@\" >>%s.runs\n%s" % (path, text))
        os.chmod(path, 0o700)
        return path

    def runs(self, name):
        try:
            with open(self.path(name) + ".runs") as file:
                return file.read().splitlines()
        except FileNotFoundError:
            return []

    def boot(self, boot_id="99999999-2222-4333-8444-555555555555"):
        self.write_root("proc/sys/kernel/random/boot_id", boot_id)

    def write_root(self, path, text):
        with open(os.path.join(self.root, path), "w") as file:
            file.write(text + "\n")

    def kept(self, name="state.json"):
        with open(os.path.join(self.state, name)) as file:
            return json.load(file)
