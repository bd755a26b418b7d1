"""What the end-to-end tests share: `itg serve` and thin clients as real processes, and an IMI client."""

import base64
import http.client
import json
import os
import ssl
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))

from itg import ITG, OK, TIMEOUT, CommandTest, Server, Terminal  # noqa: E402, F401


class LiveTest(CommandTest):
    """A fleet that is served. The server may be killed and started again on the same port."""

    interval = 2

    def setUp(self):
        super().setUp()
        self.key = self.ok("key", "add", "test").out.strip()
        self.port = 0
        self.password = None
        self.server = None
        self.start_server()

    def start_server(self):
        end = time.monotonic() + TIMEOUT
        while True:
            server = Server(["--listen", "127.0.0.1:%d" % self.port, "--interval", str(self.interval),
                             "--wake-broadcast", "none", "--no-wake-unicast"], self.environment(), self.directory)
            self.addCleanup(server.close)
            try:
                server.wait_ready()
                break
            except AssertionError:  # somebody else's connection has taken the port for a moment
                server.close()
                if time.monotonic() > end:
                    raise
                time.sleep(0.1)
        self.server = server
        self.port = server.port
        self.password = server.password or self.password
        self.url = "https://127.0.0.1:%d" % self.port

    def kill_server(self):
        self.server.process.kill()
        self.server.close()

    def imi(self, method, path, body=None):
        """Asks as admin. @return status, answer"""
        context = ssl._create_unverified_context()
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=context, timeout=TIMEOUT)
        try:
            token = base64.b64encode(("admin:" + self.password).encode()).decode()
            connection.request(method, "/umsapi/v3" + path, None if body is None else json.dumps(body),
                               {"Authorization": "Basic " + token, "Content-Type": "application/json"})
            answer = connection.getresponse()
            text = answer.read()
            return answer.status, json.loads(text) if text else None
        finally:
            connection.close()

    def get(self, path):
        status, answer = self.imi("GET", path)
        self.assertEqual(status, 200, answer)
        return answer

    def until(self, condition, seconds=30):
        """Waits until something holds, and gives it."""
        end = time.monotonic() + seconds
        while True:
            value = condition()
            if value:
                return value
            if time.monotonic() > end:
                raise AssertionError("has not happened within %d s" % seconds)
            time.sleep(0.05)

    def simulate(self, *arguments):
        result = self.ok("simulate", "--server", self.url, "--key", self.key, "--json", *arguments)
        return result.json

    def check(self):
        self.ok("check")
