"""itg top beside itg serve, on a terminal and off it."""

import re
import unittest

from live import LiveTest, Terminal


class Top(LiveTest):
    def test_a_snapshot_tells_what_there_is(self):
        told = self.ok("top", "--json").json
        self.assertEqual((told["known"], told["online"], told["offline"], told["contacts"]), (0, 0, 0, 0))
        self.assertEqual([each["text"] for each in told["events"]][-1:], ["enrolment_key_create  enrolment test"])
        self.simulate("--thinclients", "8", "--seconds", "3", "--interval", "1", "--events", "0")
        ids = [each["id"] for each in self.get("/thinclients")]
        self.ok("tc", "create", "mac=00E0C5000001", "firmwareID=1", "name=spare")
        self.ok("command", "send", "reboot", *ids[:3], "--queue")
        # The server tells other processes who is there within seconds.
        told = self.until(lambda: self.seen(lambda told: told["online"] == 8 and told["contacts"] > 8))
        self.assertEqual((told["known"], told["offline"], told["queued"], told["sent"]), (9, 1, 3, 0))
        self.assertGreater(told["contactsPerSecond"], 0)
        self.assertTrue(told["servingSince"])
        self.assertIn("thinclient_create  tc spare", [each["text"] for each in told["events"]])
        self.assertEqual([each["time"] for each in told["events"]],
                         sorted((each["time"] for each in told["events"]), reverse=True))
        self.simulate("--thinclients", "8", "--seconds", "8", "--interval", "1", "--events", "0", "--failures", "100")
        told = self.ok("top", "--json").json
        self.assertEqual((told["queued"], told["sent"], told["failedLastMinute"]), (0, 0, 3))
        self.assertTrue(any(re.fullmatch(r"reboot  .*  failed: the program ended with status 1", each["text"])
                            for each in told["events"]), told)
        text = self.ok("top", "--once").out
        self.assertRegex(text, r"\Aitg top  \S+  [-0-9]{10} [0-9:]{8}  thin clients are served since ")
        self.assertRegex(text, r"\nthin clients +9 known +\d online +\d offline  \[[#.]{30}\]\n")
        self.assertRegex(text, r"\nlast minute +0 confirmed +3 failed +0 expired\n")

    def seen(self, condition):
        told = self.ok("top", "--json").json
        return told if condition(told) else None

    def test_nobody_serves(self):
        self.server.stop(15)
        self.assertEqual(self.ok("top", "--json").json["servingSince"], "")
        self.assertIn("nobody serves the thin clients\n", self.ok("top").out)

    def test_a_terminal_is_filled_and_left_as_it_was(self):
        for _ in range(30):
            self.ok("view", "create", "v", "name==x")
        for columns in (40, 80, 200):
            for how in ("q", "\x03"):
                terminal = Terminal(["top"], self.environment(), columns)
                terminal.read_until("view_create")
                self.assertFalse(terminal.echoes())
                terminal.type(how)
                status, text = terminal.finish()
                self.assertEqual(status, 0)
                self.assertTrue(text.startswith("\x1b[?1049h\x1b[?25l"), repr(text))
                self.assertTrue(text.endswith("\x1b[?25h\x1b[?1049l"), repr(text))
                screen = text[text.index("\x1b[H") + 3:].split("\x1b[H")[0].split("\x1b[?25h")[0]
                lines = [re.sub(r"\x1b\[[0-9]*[A-Za-z]", "", line) for line in screen.split("\n")]
                self.assertEqual(len(lines), 24)
                self.assertLessEqual(max(len(line.rstrip("\r")) for line in lines), columns)

    def test_wrong_usage(self):
        self.wrong("top", "x")
        self.refused("", "top", "--db", self.path("none.db"))


if __name__ == "__main__":
    unittest.main()
