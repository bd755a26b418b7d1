"""The contract's requests are those of data/requests.tsv: each has a test that really asks it and is answered, each is a
route of the library, and each route is one of them."""

import importlib
import os
import re
import unittest
from urllib.parse import unquote

import host

HERE = os.path.dirname(os.path.abspath(__file__))
TABLE = os.path.join(HERE, "..", "data", "requests.tsv")
ROUTES = os.path.join(HERE, "..", "..", "lib", "imi", "route.c")


def read_table():
    """The lines: (method, path, query, names of tests)."""
    with open(TABLE, encoding="utf-8") as lines:
        rows = [line.rstrip("\n").split("\t") for line in lines if not line.startswith("#")]
    return [(method, path, query, tests.split(" ")) for _, method, path, query, tests in rows]


def read_routes():
    """The routes with their placeholders for words spelled out: (method, path, operation or None)."""
    with open(ROUTES, encoding="utf-8") as source:
        text = source.read()
    words = {}
    for placeholder, word in re.findall(r'\{"(\{\w+\})", "(\w+)", ITG_TYPE', text):
        words.setdefault(placeholder, []).append(word)
    routes = []
    for method, path, operation in re.findall(r'ROUTE\("(\w+)", "([^"]+)", ("\w*"|NULL),', text):
        paths = [path]
        for placeholder, spelled in words.items():
            paths = [one.replace(placeholder, word) for one in paths for word in spelled]
        operation = None if operation == "NULL" else operation.strip('"')
        routes += [(method, one, operation) for one in dict.fromkeys(paths)]
    return routes


def pattern(path):
    return re.compile(re.escape(path).replace(r"\{id\}", r"-?\d+").replace(r"\{text\}", "[^/]+"))


def operation_of(query):
    return re.sub("^operation=", "", query) if query.startswith("operation=") else ""


# The old spelling is in the contract for one profile only; the library takes it wherever the new one stands.
def spelled(path):
    return re.sub("^/masterprofile(?=/|$)", "/masterprofiles", path)


class Recorder(unittest.TestResult):
    """Notes each request that was answered with 200, and by which test."""

    def __init__(self):
        super().__init__()
        self.asked = set()
        self.test = None

    def startTest(self, test):
        self.test = test.id()
        super().startTest(test)

    def run_all(self, names):
        """Runs tests, each class of them with one server."""
        real = host.Client.request

        def request(client, method, path, body=None, headers=()):
            answer = real(client, method, path, body, headers)
            if answer.status == 200 and self.test:
                path, _, query = re.sub("^/umsapi/[^/]+", "", str(path)).partition("?")
                self.asked.add((self.test, method, path, unquote(query)))
            return answer

        suite = unittest.TestSuite()
        for name in sorted(names):
            module, case, method = name.split(".")
            suite.addTest(getattr(importlib.import_module("test_" + module), case)(method))
        host.Client.request = request
        try:
            suite.run(self)
        finally:
            host.Client.request = real


class Requests(unittest.TestCase):
    def test_each_has_a_test_that_asks_it(self):
        table, recorder = read_table(), Recorder()
        recorder.run_all({name for row in table for name in row[3]})
        self.assertEqual([text for _, text in recorder.failures + recorder.errors], [])
        for method, path, query, names in table:
            for name in names:
                self.assertTrue(any(
                    (test, verb, asked) == ("test_" + name, method, query) and pattern(path).fullmatch(target)
                    for test, verb, target, asked in recorder.asked),
                    "%s does not ask %s %s?%s" % (name, method, path, query))

    def test_lines_are_unique(self):
        keys = [row[:3] for row in read_table()]
        self.assertEqual(len(keys), len(set(keys)))

    def test_each_is_a_route(self):
        routes = read_routes()
        for method, path, query, _ in read_table():
            self.assertTrue(any((verb, way) == (method, path) and operation in (None, operation_of(query))
                                for verb, way, operation in routes), "%s %s?%s is no route" % (method, path, query))

    def test_each_route_is_one_of_them(self):
        routes = read_routes()
        self.assertGreater(len(routes), 60)
        known = {(method, path, operation_of(query)) for method, path, query, _ in read_table()}
        for method, path, operation in routes:
            self.assertIn((method, spelled(path), operation or ""), known)


if __name__ == "__main__":
    unittest.main()
