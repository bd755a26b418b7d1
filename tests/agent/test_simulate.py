"""itg simulate against itg serve."""

import json
import signal
import subprocess
import unittest

from live import ITG, OK, LiveTest


class Simulate(LiveTest):
    def test_fifty_register_check_in_and_stay_the_same(self):
        told = self.simulate("--thinclients", "50", "--seconds", "4", "--interval", "1", "--events", "3600")
        self.assertEqual((told["thinclients"], told["registered"], told["failures"]), (50, 50, {}))
        self.assertGreater(told["checkIns"], 50)
        self.assertGreater(told["reports"], 50)
        self.assertGreater(told["checkInMs"]["max"], 0)
        self.assertLessEqual(told["checkInMs"]["p50"], told["checkInMs"]["max"])
        self.assertEqual(told["handshakesFull"] + told["handshakesResumed"] >= told["checkIns"], True)
        first = self.get("/thinclients?facets=details")
        self.assertEqual(len(first), 50)
        self.assertEqual(len({each["mac"] for each in first}), 50)
        for each in first:
            self.assertRegex(each["mac"], "^02[0-9A-F]{10}$")
            self.assertTrue(each["deviceType"] and each["osType"] and each["networkName"], each)
            self.assertGreater(each["memorySize"], 0)
            self.assertTrue(each["lastIP"].startswith("127."), each)
        # The same thin clients come again, and others with another seed.
        self.simulate("--thinclients", "50", "--seconds", "2", "--interval", "1")
        again = self.get("/thinclients?facets=details")
        self.assertEqual([(each["id"], each["mac"], each["name"]) for each in again],
                         [(each["id"], each["mac"], each["name"]) for each in first])
        self.simulate("--thinclients", "5", "--seconds", "2", "--interval", "1", "--seed", "2")
        self.assertEqual(len(self.get("/thinclients")), 55)
        self.check()

    def test_those_that_wait_get_commands_at_once(self):
        simulation = subprocess.Popen(
            [ITG, "simulate", "--server", self.url, "--key", self.key, "--thinclients", "30", "--seconds", "40",
             "--interval", "1", "--wait", "--events", "0", "--failures", "0", "--json"],
            stdout=subprocess.PIPE, env=self.environment(), cwd=self.directory)
        self.addCleanup(simulation.kill)
        self.until(lambda: len(self.get("/thinclients?facets=online")) == 30 and
                   all(each["online"] for each in self.get("/thinclients?facets=online")))
        ids = [{"id": each["id"], "type": "tc"} for each in self.get("/thinclients")]
        status, answer = self.imi("POST", "/thinclients?command=settings2tc", ids)
        self.assertEqual(status, 200, answer)
        self.assertEqual(len(answer["CommandExecList"]), 30)
        # Those that took longer than the moment that IMI waits are confirmed as well, only later.
        self.until(lambda: all(row[3] == "confirmed" for row in self.states()))
        simulation.send_signal(signal.SIGINT)
        out, _ = simulation.communicate(timeout=30)
        self.assertEqual(simulation.returncode, OK)
        told = json.loads(out)
        self.assertEqual((told["commands"], told["confirmed"], told["failed"]), (30, 30, 0))
        self.check()

    def states(self):
        return self.ok("command", "history").rows

    def test_all_fail_if_told_so(self):
        """And what was reset has left."""
        self.simulate("--thinclients", "4", "--seconds", "2", "--interval", "1")
        ids = [each["id"] for each in self.get("/thinclients")]
        self.ok("command", "send", "reboot", ids[0], ids[1], "--queue")
        told = self.simulate("--thinclients", "4", "--seconds", "8", "--interval", "1", "--failures", "100",
                             "--events", "0")
        self.assertEqual((told["commands"], told["confirmed"], told["failed"]), (2, 0, 2))
        self.ok("command", "send", "tcreset2facdefs", ids[2], "--queue")
        told = self.simulate("--thinclients", "4", "--seconds", "8", "--interval", "1", "--failures", "0",
                             "--events", "0")
        self.assertEqual((told["commands"], told["confirmed"], told["left"]), (1, 1, 1))
        self.assertEqual([each["id"] for each in self.get("/thinclients")], [ids[0], ids[1], ids[3]])
        self.check()

    def test_failures_are_counted_by_code(self):
        told = self.ok("simulate", "--server", self.url, "--key", "wrong", "--thinclients", "3", "--seconds", "2",
                       "--interval", "1", "--json").json
        self.assertEqual((told["registered"], told["online"]), (0, 0))
        self.assertGreaterEqual(told["failures"]["ITG-0B005"], 3)
        text = self.ok("simulate", "--server", self.url, "--key", self.key, "--thinclients", "3", "--seconds",
                       "2").out
        self.assertRegex(text, r"thin clients +3 for 2 s, \d online, 0 left the fleet\nregistrations +3\n")

    def test_wrong_usage(self):
        self.wrong("simulate", "--thinclients", "0")
        self.wrong("simulate", "--pin", "x")
        self.wrong("simulate", "--ca", "x", "--pin", "sha256//" + 43 * "A" + "=")
        nobody = self.refused("", "simulate", "--server", "https://127.0.0.1:1")
        self.assertIn("cannot reach https://127.0.0.1:1", nobody.err)


if __name__ == "__main__":
    unittest.main()
