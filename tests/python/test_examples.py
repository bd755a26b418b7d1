"""The example scripts and the server for tests, each run as its users run it."""

import base64
import csv
import html.parser
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request
import xml.etree.ElementTree
from datetime import datetime, timezone

import itg
import itg.testing
from support import FleetTest

EXAMPLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "examples", "python")


class ScriptTest(FleetTest):
    FILE = True

    def run_script(self, name, *arguments, status=0):
        """@return standard output, or standard error if the status says so"""
        done = subprocess.run([sys.executable, "-B", "-W", "error", os.path.join(EXAMPLES, name), *arguments], capture_output=True, text=True,
                              timeout=120, cwd=self.directory)
        self.assertEqual((done.returncode, done.stderr if not status else ""), (status, ""), done.stderr)
        return done.stderr if status else done.stdout

    def write(self, name, text):
        with open(os.path.join(self.directory, name), "w", encoding="utf-8") as file:
            file.write(text)
        return name


class Page(html.parser.HTMLParser):
    """Sees that what is opened is closed, cells and rows of tables apart."""

    def __init__(self):
        super().__init__()
        self.open = []

    def handle_starttag(self, tag, attributes):
        if tag not in ("meta", "td", "th", "tr", "rect"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in ("td", "th", "tr", "rect"):
            assert self.open.pop() == tag, (tag, self.open)


class Readme(unittest.TestCase):
    def test_its_code_runs(self):
        """README's blocks one after the other, in one directory."""
        with open(os.path.join(EXAMPLES, "README.md"), encoding="utf-8") as file:
            blocks = re.findall(r"^```python\n(.*?)^```$", file.read(), flags=re.S | re.M)
        with tempfile.TemporaryDirectory() as directory:
            said = [subprocess.run([sys.executable, "-B", "-W", "error", "-c", block], cwd=directory, capture_output=True, text=True, timeout=120)
                    for block in blocks]
        self.assertEqual([done.stderr for done in said], [""] * 4)
        self.assertEqual(said[0].stdout, "".join("%d 00E0C500000%d ITC00E0C500000%d Bremen/Sales\n" % (n + 2, n, n) for n in (1, 2, 3)))
        self.assertEqual(said[1].stdout, "sessions.browser[0].url https://intranet.example.com in force\nuserinterface.language de in force\n")
        self.assertEqual(said[2].stdout, "ITG-0A006 400 Directory with ID <1> is not empty. Remove content first.\n")
        self.assertEqual(said[3].stdout.count("PENDING"), 3)


class Report(ScriptTest):
    def test_the_report(self):
        now = int(time.time() * 1000)

        def text(days):
            return datetime.fromtimestamp(now / 1000 - days * 86400, timezone.utc).strftime("%Y-%m-%d %H:%M:%S.000")

        rows = [{"mac": "00E0C5%06X" % n, "firmwareID": "1", "id": str(100 + n), **more} for n, more in enumerate((
            {"site": "Bremen", "memorySize": 4096, "lastContact": text(0)}, {"site": "Bremen", "memorySize": 3900, "lastContact": text(3)},
            {"site": "<b>&\"", "name": "=1+1", "lastContact": text(40)}, {}))]
        source = self.write("fleet.json", json.dumps({"thinclients": rows}))
        self.fleet.import_file(os.path.join(self.directory, source))
        said = self.run_script("report.py", "fleet.db", "--csv", "out.csv", "--html", "out.html")
        self.assertEqual(said, "4 thin clients: out.csv, out.html\n")
        with open(os.path.join(self.directory, "out.csv"), newline="", encoding="utf-8") as file:
            table = list(csv.DictReader(file))
        self.assertEqual([(r["id"], r["mac"], r["site"], r["memory_size"]) for r in table],
                         [("100", "00E0C5000000", "Bremen", "4096"), ("101", "00E0C5000001", "Bremen", "3900"),
                          ("102", "00E0C5000002", '<b>&"', "0"), ("103", "00E0C5000003", "", "0")])
        self.assertEqual((table[2]["name"], table[3]["last_contact"], table[0]["last_contact"]), ("'=1+1", "", text(0)[:-4]))
        with open(os.path.join(self.directory, "out.html"), encoding="utf-8") as file:
            page = file.read()
        parser = Page()
        parser.feed(page)
        self.assertEqual(parser.open, [])
        self.assertNotIn("<b>", page)
        charts = re.findall(r"<h2>(.*?)</h2>\n(<svg.*?</svg>)", page, flags=re.S)
        shown = {title: [g[0].text for g in xml.etree.ElementTree.fromstring(svg)] for title, svg in charts}
        self.assertEqual(shown["Site"], ["Bremen: 2", '<b>&": 1', "unknown: 1"])
        self.assertEqual(shown["Memory"], ["4 GiB: 2", "unknown: 2"])
        self.assertEqual(sorted(shown["Last contact"]), ["never: 1", "within a day: 1", "within a week: 1", "within a year: 1"])
        self.assertEqual(shown["Firmware"], ["IGEL OS 11 11.3.100.1: 4"])
        self.assertIn("<td>=1+1<td>00E0C5000002", page)

    def test_an_empty_fleet_and_none(self):
        self.assertEqual(self.run_script("report.py", "fleet.db", "--csv", "out.csv", "--html", "out.html"), "0 thin clients: out.csv, out.html\n")
        self.assertIn("ITG-FF002", self.run_script("report.py", "none.db", "--csv", "none.csv", "--html", "none.html", status=1))
        self.assertEqual([name for name in os.listdir(self.directory) if name.startswith("none")], [])


class Filing(ScriptTest):
    def state(self):
        return [(tc.name, tc.parent.path, tc.site) for tc in self.fleet.thinclients]

    def setUp(self):
        super().setUp()
        for name in "abc":
            self.thinclient(name=name)

    def test_filing(self):
        plan = self.write("plan.csv", "mac,directory,site\n00:E0:C5:00:00:01,Bremen/Sales,Bremen\n00e0c5000002,Bremen,\n00E0C5000003,,\n")
        self.assertEqual(self.run_script("file_by_csv.py", "fleet.db", plan, "--dry-run"), "2 of 3 thin clients would be changed\n")
        self.assertEqual(self.state(), [("a", "", ""), ("b", "", ""), ("c", "", "")])
        self.assertEqual(self.run_script("file_by_csv.py", "fleet.db", plan), "2 of 3 thin clients changed\n")
        self.assertEqual(self.state(), [("a", "Bremen/Sales", "Bremen"), ("b", "Bremen", ""), ("c", "", "")])
        self.assertEqual(self.run_script("file_by_csv.py", "fleet.db", plan), "0 of 3 thin clients changed\n")

    def test_wrong_plans_change_nothing(self):
        plan = self.write("plan.csv", "mac,directory\n00E0C5000001,Bremen\n00E0C5FFFFFF,Bremen\n1,Bremen\n")
        said = self.run_script("file_by_csv.py", "fleet.db", plan, status=1)
        self.assertIn("plan.csv:3: ITG-0A001: ", said)
        self.assertIn("plan.csv:4: ITG-0A014: ", said)
        self.assertIn("2 of 3 lines are wrong; nothing was changed", said)
        for text, complaint in (("directory\nx\n", "no column mac"), ("mac,colour\n1,2\n", "no such column: colour"), ("", "no column mac"),
                                ("mac,site\n00E0C5000001\n", "plan.csv:2: not as many cells"), ("mac\n1,2\n", "not as many cells")):
            self.assertIn(complaint, self.run_script("file_by_csv.py", "fleet.db", self.write("plan.csv", text), status=1))
        self.assertEqual(self.state(), [("a", "", ""), ("b", "", ""), ("c", "", "")])
        self.assertEqual(list(self.fleet.directories), [])


class Reassigning(ScriptTest):
    def setUp(self):
        super().setUp()
        self.old, self.new = (self.fleet.profiles.create(name, self.firmware) for name in ("VPN 2023", "VPN 2024"))
        self.bremen = self.fleet.directories.create("Bremen")
        self.a, self.b = self.thinclient(site="A"), self.thinclient(site="B")
        self.old.assign(self.a, self.b, self.bremen)
        self.new.assign(self.b)

    def receivers(self):
        return [[a.receiver_id for a in profile.receivers()] for profile in (self.old, self.new)]

    def test_reassigning(self):
        before = self.receivers()
        said = self.run_script("reassign_profiles.py", "fleet.db", "VPN 2023", str(self.new.id), "--dry-run")
        self.assertIn("3 assignments would be changed, 1 of them to receivers that had the new profile already", said)
        self.assertEqual(self.receivers(), before)
        self.run_script("reassign_profiles.py", "fleet.db", "VPN 2023", "VPN 2024", "--where", "site==A")
        self.assertEqual(self.receivers(), [[self.bremen.id, self.b.id], [self.a.id, self.b.id]])
        self.run_script("reassign_profiles.py", "fleet.db", "VPN 2023", "VPN 2024")
        self.assertEqual(self.receivers(), [[], [self.bremen.id, self.a.id, self.b.id]])

    def test_refusals(self):
        before = self.receivers()
        self.assertIn("no profile none", self.run_script("reassign_profiles.py", "fleet.db", "none", "VPN 2024", status=1))
        self.assertIn("ITG-0A004", self.run_script("reassign_profiles.py", "fleet.db", "VPN 2023", "VPN 2024", "--where", "site==", status=1))
        self.fleet.bin.put(self.a)  # it cannot be given a profile meanwhile, so nobody is
        self.assertIn("ITG-0A018", self.run_script("reassign_profiles.py", "fleet.db", "VPN 2023", "VPN 2024", status=1))
        self.assertEqual(self.receivers(), before)


class Inventory(ScriptTest):
    def test_the_list(self):
        self.thinclient(name="desk", site="Bremen")
        self.assertEqual(self.run_script("inventory.py", "fleet.db"), "1\t00E0C5000001\tdesk\tBremen\n")
        self.assertIn("ITG-FF002", self.run_script("inventory.py", "none.db", status=1))


@unittest.skipUnless(os.environ.get("ITG"), "the command itg was not built")
class Servers(unittest.TestCase):
    def get(self, server, path):
        login = base64.b64encode(("%s:%s" % (server.user, server.password)).encode()).decode()
        request = urllib.request.Request(server.url + path)
        request.add_unredirected_header("Authorization", "Basic " + login)
        context = server.ssl_context() if server.ca_file else None
        with urllib.request.urlopen(request, timeout=60, context=context) as answer:
            return json.loads(answer.read())

    def test_each_way_to_fill_it(self):
        fleet = {"directories": [{"id": "5", "name": "Bremen", "objectType": "tcdirectory"}]}
        with itg.testing.Server(fleet) as server:
            self.assertEqual(self.get(server, "/directories/tcdirectories")[0]["name"], "Bremen")
            directory = os.path.dirname(server.db)
            path = os.path.join(directory, "fleet.json")
            with server.fleet() as opened:
                opened.export_file(path)
            with itg.testing.Server(path, tls=False) as other:
                self.assertTrue(other.url.startswith("http://"))
                self.assertEqual(self.get(other, "/directories/tcdirectories")[0]["id"], "5")
        self.assertFalse(os.path.exists(directory))
        with itg.testing.Server(lambda opened: opened.directories.create("Augsburg"), user="root", password="correct horse") as server:
            self.assertEqual(self.get(server, "/directories/tcdirectories")[0]["name"], "Augsburg")

    def test_what_fails_leaves_nothing(self):
        server = itg.testing.Server(lambda fleet: 1 // 0)
        self.assertRaises(ZeroDivisionError, server.start)
        server = itg.testing.Server(arguments=["--no-such-option"])
        with self.assertRaisesRegex(RuntimeError, "does not serve.*no-such-option"):
            server.start()
        self.assertEqual(server._directory, "")
        server.stop()
        with itg.testing.Server() as server:
            self.assertRaises(RuntimeError, server.start)

    def run_tests(self, *arguments):
        done = subprocess.run([sys.executable, "-B", *arguments], cwd=os.path.join(EXAMPLES, "client_test"), capture_output=True, text=True, timeout=240)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def test_the_client_with_unittest(self):
        self.assertIn("Ran 3 tests", self.run_tests("-W", "error", "test_with_unittest.py"))

    def test_the_client_with_pytest(self):
        try:
            import pytest  # noqa: F401
        except ImportError:
            self.skipTest("pytest is not installed")
        self.assertIn("7 passed", self.run_tests("-m", "pytest", "-q", "-p", "no:cacheprovider", "."))


if __name__ == "__main__":
    unittest.main()
