"""Two programs on one file: while one serves, others import, export, change, and are killed."""

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import threading
import time
import unittest

from host import ITG, TIMEOUT, Client, ContractTest, Host, basic


def small_fleet(first, count):
    return json.dumps({"thinclients": [{"id": str(first + i), "mac": "00E0C9%06X" % (first + i), "firmwareID": "2"}
                                       for i in range(count)]}).encode()


class WhileServing(ContractTest):
    def test_what_another_program_does_is_seen_at_once(self):
        self.ok("GET", "/thinclients/27")
        self.host.run("tc", "update", "27", "site=shell")
        self.assertEqual(self.ok("GET", "/thinclients/27?facets=details").json["site"], "shell")
        self.ok("PUT", "/thinclients/27", {"site": "wire"})
        self.assertIn(b"wire", self.host.run("tc", "show", "27"))

    def test_a_newer_program_migrates_the_file(self):
        """What this one prepared for the old schema is then a cache out of step: it neither reads nor writes."""
        error = (500, "ITG-FF003", "Cache error")
        with contextlib.closing(sqlite3.connect(self.host.db)) as db:
            version = db.execute("PRAGMA user_version").fetchone()[0]
            before = self.ok("GET", "/thinclients").body
            db.execute("PRAGMA user_version = %d" % (version + 1))
            self.assert_error(self.api.request("GET", "/thinclients"), *error)
            self.assert_error(self.api.request("PUT", "/thinclients/27", {"site": "lost"}), *error)
            self.assert_error(self.api.request("POST", "/login", headers=[basic("alice")]), *error)
            db.execute("PRAGMA user_version = %d" % version)
        self.assertEqual(self.ok("GET", "/thinclients").body, before)

    def test_import_and_export(self):
        self.host.run("import", "-", stdin=small_fleet(200000, 2000))
        self.assertEqual(self.ok("GET", "/thinclients/201999").json["mac"], "00E0C9%06X" % 201999)
        self.assertEqual(len(json.loads(self.host.export())["thinclients"]), len(self.ok("GET", "/thinclients").json))

    def test_an_import_that_fails_changes_nothing(self):
        before = self.host.export()
        broken = small_fleet(300000, 3000)[:-200]
        self.host.run("import", "-", stdin=broken, status=1)
        duplicate = json.loads(small_fleet(300000, 10))
        duplicate["thinclients"][9]["mac"] = "00e0c514325b"
        self.host.run("import", "-", stdin=json.dumps(duplicate).encode(), status=1)
        self.assertEqual(self.host.export(), before)

    def test_neither_starves(self):
        """A client writes without a pause, and so does the command; both get their turns."""
        stop = threading.Event()
        waits = []

        def write():
            client = Client(self.host, "oscar")
            number = 0
            while not stop.is_set():
                number += 1
                started = time.monotonic()
                if client.request("PUT", "/thinclients/27", {"site": str(number)}).status != 200:
                    waits.append(10 * TIMEOUT)
                waits.append(time.monotonic() - started)
            client.close()

        writers = [threading.Thread(target=write) for _ in range(4)]
        for writer in writers:
            writer.start()
        try:
            for number in range(20):
                self.host.run("tc", "update", "95", "site=%d" % number)
        finally:
            stop.set()
            for writer in writers:
                writer.join(60)
        self.assertGreater(len(waits), 20)
        self.assertLess(max(waits), 20)
        self.assertIn(b"19", self.host.run("tc", "show", "95", "--json"))

    def test_a_program_that_is_killed_in_the_middle_leaves_nothing(self):
        before = self.host.export()
        process = subprocess.Popen([ITG, "import", "-", "--db", self.host.db], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        process.stdin.write(small_fleet(400000, 20000)[:-100])
        process.stdin.flush()
        time.sleep(0.3)
        process.kill()
        process.wait(TIMEOUT)
        process.stdin.close()
        self.assertEqual(self.host.export(), before)
        self.ok("PUT", "/thinclients/27", {"site": "after the kill"})


class Crash(unittest.TestCase):
    def test_a_server_that_is_killed_keeps_what_it_acknowledged(self):
        host = Host()
        client = Client(host, "alice")
        acknowledged = []
        for number in range(50):
            answer = client.request("PUT", "/thinclients", {"mac": "00E0CA%06X" % number, "firmwareID": "2"})
            self.assertEqual(answer.status, 200)
            acknowledged.append(answer.json["id"])
        host.process.send_signal(signal.SIGKILL)
        host.process.wait(TIMEOUT)
        host.end()
        there = {tc["id"] for tc in json.loads(host.export())["thinclients"]}
        self.assertLessEqual(set(acknowledged), there)
        client.close()
        host.start()
        again = Client(host, cookie=client.cookie)
        self.assertEqual(again.request("GET", "/thinclients/" + acknowledged[-1]).status, 200)
        again.close()
        host.stop()

    def test_two_servers_on_one_file(self):
        host = Host()
        other = Host.__new__(Host)
        other.dir, other.db = host.dir, host.db
        os.makedirs(os.path.join(host.dir, "other"))
        other.dir = os.path.join(host.dir, "other")
        other.start()
        one, two = Client(host, "alice"), Client(other, "oscar")
        for number in range(30):
            for client in (one, two):
                answer = client.request("PUT", "/thinclients/27", {"site": str(number)})
                self.assertEqual(answer.status, 200, answer.body)
        # a session is the fleet's, not the server's
        borrowed = Client(other, cookie=one.cookie)
        self.assertEqual(borrowed.request("GET", "/thinclients/27?facets=details").json["site"], "29")
        for client in (one, two, borrowed):
            client.close()
        self.assertEqual(other.end()[0], 0)
        host.stop()


class FirstStart(unittest.TestCase):
    def test_password_of_the_first_user_is_shown_once_and_works(self):
        host = Host(fleet=None, users={})
        password = host.said.decode().split("password ")[1].split(" ")[0]
        client = Client(host)
        client.login("admin", password)
        self.assertEqual(client.request("GET", "/thinclients").body, b"[]")
        self.assertEqual(client.request("GET", "/profiles").body, b"[]")
        self.assertEqual(client.request("GET", "/firmwares").body, b'{"FwResource":[]}')
        self.assertEqual(client.request("GET", "/directories/tcdirectories").body, b"[]")
        client.close()
        host.end()
        host.start()
        self.assertNotIn(b"password", host.said)
        host.stop()


if __name__ == "__main__":
    unittest.main()
