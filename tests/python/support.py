"""What the tests of the Python package share. ITG_LIBRARY names the library, PYTHONPATH has the package."""

import itertools
import os
import shutil
import tempfile
import unittest

import itg

QUIET = {"wake_broadcast": "none", "wake_unicast": False}  # no packet leaves the machine
PASSWORD = "correct horse battery"


class FleetTest(unittest.TestCase):
    """Each test has a fleet of its own, in memory; classes with FILE = True, in a file."""

    FILE = False
    maxDiff = None

    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="itg-python-")
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)
        self.path = os.path.join(self.directory, "fleet.db") if self.FILE else ":memory:"
        self.fleet = itg.Fleet(self.path, **QUIET)
        self.addCleanup(self.sound)
        self.firmware = self.fleet.firmwares.create("IGEL OS 11", "11.3.100.1")
        self.numbers = itertools.count(1)

    def sound(self):
        """However the test went on, the fleet is sound."""
        if not self.fleet.closed:
            self.assertEqual(self.fleet.check(), [])
            self.fleet.close()

    def thinclient(self, **properties):
        return self.fleet.thinclients.create("00E0C5%06X" % next(self.numbers), self.firmware, **properties)

    def refused(self, kind, code, function, *arguments, **more):
        """The call raises this class with this code, and changes nothing."""
        before = list(self.fleet.request("GET", "/thinclients?facets=details"))
        with self.assertRaises(kind) as caught:
            function(*arguments, **more)
        self.assertIs(type(caught.exception), kind)
        self.assertEqual(caught.exception.id, code)
        self.assertEqual(list(self.fleet.request("GET", "/thinclients?facets=details")), before)
        return caught.exception
