"""Lists, answers and fleet files stream: nothing is open between items, and large fleets cost no memory."""

import io
import json
import os
import unittest

import itg
from itg._values import BATCH
from support import FleetTest, QUIET

MANY = 100000


def resident():
    """Memory of this process, in KiB."""
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS:"))


class Made:
    """A fleet file with many thin clients, made while it is read."""

    def __init__(self, count):
        self.pieces = self.make(count)
        self.rest = b""

    @staticmethod
    def make(count):
        yield '{"firmwares":[{"id":"1","product":"IGEL OS 11","version":"11.3"}],"thinclients":['
        for number in range(1, count + 1):
            yield '%s{"mac":"%012X","firmwareID":"1","id":"%d","site":"site %d"}' % ("," if number > 1 else "", number, number, number % 10)
        yield "]}"

    def read(self, size):
        while len(self.rest) < size:
            piece = next(self.pieces, None)
            if piece is None:
                break
            self.rest += piece.encode()
        piece, self.rest = self.rest[:size], self.rest[size:]
        return piece


class Walks(FleetTest):
    def fill(self, count):
        with self.fleet.transaction():
            for _ in range(count):
                self.thinclient()

    def test_batches_fit_together(self):
        for count in (0, 1, BATCH - 1, BATCH, BATCH + 1, 2 * BATCH, 2 * BATCH + 7):
            self.fill(count - len(list(self.fleet.thinclients)))
            ids = [tc.id for tc in self.fleet.thinclients]
            self.assertEqual((len(ids), len(set(ids)), sorted(ids)), (count, count, ids))
            self.assertEqual([tc.id for tc in self.fleet.thinclients.where("name==ITC*", details=True)], ids)
        self.assertEqual([tc.id for tc in self.fleet.thinclients.all(after=ids[BATCH])], ids[BATCH + 1:])

    def test_nothing_is_open_between_items(self):
        self.fill(BATCH + 10)
        walk = iter(self.fleet.thinclients)
        first = next(walk)
        with self.fleet.transaction():  # refused if this thread had a walk open
            first.site = "x"
            last = self.thinclient(name="last")
        seen = list(walk)
        self.assertEqual((len(seen), seen[-1]), (BATCH + 10, last))
        for tc in self.fleet.thinclients.where("site==x"):
            tc.delete()
        self.assertEqual(len(list(self.fleet.thinclients)), BATCH + 10)

    def test_the_audit_trail_and_the_history_go_on(self):
        self.fill(BATCH + 20)
        forwards = [e.id for e in self.fleet.audit]
        self.assertEqual(forwards, sorted(set(forwards)))
        self.assertGreater(len(forwards), BATCH)
        self.assertEqual([e.id for e in self.fleet.audit.entries(newest_first=True)], forwards[::-1])
        ids = [tc.id for tc in self.fleet.thinclients]
        queued = self.fleet.commands.queue("reboot", ids)
        self.assertEqual([e.id for e in self.fleet.commands.history()], queued[::-1])


class WalksInAFile(Walks):
    FILE = True


class Memory(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.fleet = itg.Fleet(":memory:", **QUIET)
        cls.addClassCleanup(cls.fleet.close)
        heard = []
        counts = cls.fleet.import_file(Made(MANY), progress=heard.append)
        assert counts.thinclients == MANY and heard == sorted(heard) and heard[-1] > MANY / 2

    def grows(self, items, limit=6000):
        """Takes all items. @return how many; fails if memory has grown from the first tenth on"""
        count, start = 0, 0
        for _ in items:
            count += 1
            if count == MANY // 10:
                start = resident()
        self.assertLess(resident() - start, limit)
        return count

    def test_thin_clients(self):
        self.assertEqual(self.grows(self.fleet.thinclients), MANY)
        self.assertEqual(self.grows(self.fleet.thinclients.all(details=True)), MANY)
        self.assertEqual(self.grows(self.fleet.thinclients.where("site=='site 3'")), MANY // 10)

    def test_an_answer_and_a_fleet_file(self):
        start = resident()
        with self.fleet.request("GET", "/thinclients?facets=details") as answer:
            self.assertGreater(sum(map(len, answer)), 80 * MANY)
        with open(os.devnull, "wb") as sink:
            self.assertEqual(self.fleet.export_file(sink).thinclients, MANY)
        self.assertLess(resident() - start, 6000)

    def test_calls_leave_nothing_behind(self):
        def calls(count):
            for index in range(count):
                try:
                    self.fleet.thinclients.get(-index - 5)
                except itg.ThinclientNotFound:
                    pass
                self.fleet.thinclients.get(1)
                self.fleet.request("GET", "/thinclients/1").json()
                list(self.fleet.firmwares)

        calls(1000)
        start = resident()
        calls(3000)
        self.assertLess(resident() - start, 1500)


class Files(FleetTest):
    FILE = True

    def test_to_and_from_paths_and_files(self):
        self.thinclient(site="Bremen \u20ac")
        path = os.path.join(self.directory, "fleet.json")
        counts = self.fleet.export_file(path)
        self.assertEqual((counts.firmwares, counts.thinclients), (1, 1))
        with open(path, encoding="utf-8") as file:
            self.assertEqual(json.load(file)["thinclients"][0]["site"], "Bremen \u20ac")
        text, binary = io.StringIO(), io.BytesIO()
        self.fleet.export_file(text)
        self.fleet.export_file(binary)
        self.assertEqual(text.getvalue().encode(), binary.getvalue())
        for source in (path, io.StringIO(text.getvalue()), io.BytesIO(binary.getvalue())):
            with itg.Fleet(":memory:") as other:
                self.assertEqual(other.import_file(source).thinclients, 1)
                self.assertEqual([tc.site for tc in other.thinclients], ["Bremen \u20ac"])
        self.assertEqual(sorted(os.listdir(self.directory)), ["fleet.db", "fleet.db-shm", "fleet.db-wal", "fleet.json"])

    def test_a_fleet_file_that_is_none(self):
        error = self.refused(itg.InvalidBody, "ITG-0A014", self.fleet.import_file,
                             io.StringIO('{"thinclients":[{"mac":"1","firmwareID":"1"}]}'))
        self.assertEqual(error.message, "thinclients[0].mac: MAC must be 12 characters long.")
        self.refused(itg.InvalidJson, "ITG-0A005", self.fleet.import_file, io.StringIO("{"))
        self.assertRaises(FileNotFoundError, self.fleet.import_file, os.path.join(self.directory, "none"))
        for source in (None, 7, object()):
            self.assertRaises((TypeError, AttributeError), self.fleet.import_file, source)

    def test_a_failing_export_leaves_the_old_file(self):
        path = os.path.join(self.directory, "fleet.json")
        with open(path, "w") as file:
            file.write("old")
        for _ in range(BATCH):
            self.thinclient()

        def fail(elements):
            raise OSError("enough")

        with itg.Fleet(":memory:") as other:
            other.import_file(Made(20000))
            with self.assertRaises(OSError):
                other.export_file(path, progress=fail)
        with open(path) as file:
            self.assertEqual(file.read(), "old")
        self.assertEqual([name for name in os.listdir(self.directory) if name.startswith("fleet.json")], ["fleet.json"])


class Answers(FleetTest):
    def test_requests(self):
        answer = self.fleet.request("PUT", "/directories/tcdirectories", {"name": "Bremen"})
        self.assertEqual((answer.status, answer.header("content-type"), answer.raise_for_status() is answer), (200, "application/json;charset=UTF-8", True))
        number = int(answer.json()["id"])
        self.assertEqual(self.fleet.directories.get(number).name, "Bremen")
        self.assertEqual(self.fleet.request("GET", "/umsapi/v3/directories/tcdirectories").json()[0]["id"], str(number))
        with self.assertRaises(itg.ThinclientNotFound) as caught:
            self.fleet.request("GET", "/thinclients/99").raise_for_status()
        self.assertEqual(caught.exception.message, "Thin client with ID <99> not found.")
        refused = self.fleet.request("PUT", "/thinclients", "{")
        self.assertEqual((refused.status, refused.json()["errorCode"]), (415, "ITG-0A005"))
        self.assertEqual(self.fleet.request("GET", "/thinclients", headers={"Authorization": "Basic eDp5"}).status, 401)
        self.assertEqual(self.fleet.request("GET", "/none").status, 404)

    def test_reading_in_pieces(self):
        for _ in range(BATCH):
            self.thinclient()
        whole = self.fleet.request("GET", "/thinclients").read()
        self.assertEqual(len(json.loads(whole)), BATCH)
        answer = self.fleet.request("GET", "/thinclients")
        parts = [answer.read(7), answer.read(0), answer.read(100000), *answer]
        self.assertEqual(b"".join(parts), whole)
        self.assertEqual((answer.read(), answer.read(5), list(answer)), (b"", b"", []))
        with self.fleet.request("GET", "/thinclients") as answer:
            answer.read(10)
        self.assertRaises(itg.Closed, answer.read)
        self.assertRaises(itg.Closed, answer.json)


if __name__ == "__main__":
    unittest.main()
