"""itg command: who gets one, what becomes of it."""

import unittest

from itg import REFUSED, CommandTest


class Commands(CommandTest):
    """Thin clients x in directory a, y in the root; nobody serves."""

    def setUp(self):
        super().setUp()
        firmware = self.create("firmware", "create", "OS", "11", "LX")
        self.a = self.create("dir", "create", "a")
        self.x = self.create("tc", "create", "mac=00E0C5000001", "firmwareID=" + firmware, "site=Bremen",
                             "parentID=" + self.a)
        self.y = self.create("tc", "create", "mac=00E0C5000002", "firmwareID=" + firmware, "site=bremen")

    def queued(self, *arguments):
        """Queues; the ids of who got one. Nobody serves, which is told."""
        result = self.run_itg("command", *arguments, "--queue")
        self.assertEqual((result.status, result.err),
                         (0, "itg: no 'itg serve' serves this fleet now; the commands wait until one does\n"))
        return [row[0] for row in result.rows]

    def history(self, *arguments):
        return [row[1:4] for row in self.ok("command", "history", *arguments).rows]

    def test_without_a_server_nothing_is_sent(self):
        result = self.run_itg("command", "reboot", self.x)
        self.assertEqual((result.status, result.out), (REFUSED, ""))
        self.assertIn("with --queue they wait", result.err)
        self.assertEqual(self.history(), [])

    def test_for_the_next_contact(self):
        result = self.run_itg("command", "send", "reboot", self.y, "00:E0:C5:00:00:01", self.x, "--queue", "--json")
        self.assertEqual(result.json, [
            {"id": self.x, "mac": "00E0C5000001", "commandID": "1", "state": "queued", "message": ""},
            {"id": self.y, "mac": "00E0C5000002", "commandID": "2", "state": "queued", "message": ""}])
        self.assertEqual(self.queued("shutdown", self.x), [self.x])
        self.assertEqual(self.history(), [[self.x, "shutdown", "queued"], [self.y, "reboot", "queued"],
                                          [self.x, "reboot", "queued"]])
        self.assertEqual(self.history(self.x), [[self.x, "shutdown", "queued"], [self.x, "reboot", "queued"]])
        self.assertEqual(self.ok("command", "history", "00E0C5000002", "--json").json[0]["state"], "queued")

    def test_tc_command_is_the_same(self):
        result = self.run_itg("tc", "command", "reboot", self.x, "--queue")
        self.assertEqual(result.rows, [[self.x, "00E0C5000001", "1", "queued", ""]])

    def test_who_is_chosen(self):
        self.assertEqual(self.queued("reboot", "--where", "site==B*"), [self.x, self.y])
        self.assertEqual(self.queued("reboot", "--dir", self.a), [self.x])
        self.assertEqual(self.queued("reboot", "--dir", "root", "--where", "directory==root,name==x"), [self.y])
        self.assertEqual(self.queued("reboot", "--dir", self.a, "--dir", "root"), [self.x, self.y])
        self.ok("tc", "bin", self.y)
        self.assertEqual(self.queued("reboot", "--where", "site==bremen"), [self.x])
        self.assertEqual(self.ok("command", "reboot", "--where", "site==nowhere").out, "")

    def test_cancel(self):
        self.queued("reboot", self.x, self.y)
        self.refused("ITG-0A020", "command", "cancel", "1", "3")
        self.assertEqual(self.history(self.x), [[self.x, "reboot", "queued"]])
        self.ok("command", "cancel", "1")
        self.assertEqual(self.ok("command", "history", self.x).rows[0][3], "expired")
        self.assertEqual(self.ok("command", "history", self.x).rows[0][8], "Cancelled")
        result = self.refused("ITG-0A003", "command", "cancel", "1")
        self.assertIn("it is expired", result.err)
        self.assertEqual(self.history(self.y), [[self.y, "reboot", "queued"]])

    def test_following_ends_with_the_time(self):
        result = self.run_itg("command", "reboot", self.x, "--queue", "--progress", "--expires", "1s")
        self.assertEqual(result.status, REFUSED)
        self.assertEqual(result.rows, [[self.x, "00E0C5000001", "1", "expired", "Device is offline"]])
        self.assertRegex(result.err, r"\nreboot: 0 confirmed, 1 expired in \d+\.\d s\n$")

    def test_refusals(self):
        self.assertIn("did you mean reboot?",
                      self.refused("ITG-0A003: <rebot> is an invalid command.", "command", "rebot", self.x).err)
        self.refused("ITG-0A001", "command", "reboot", self.x, "4711")
        self.refused("ITG-0A004", "command", "reboot", "--where", "nmae==x")
        self.refused("ITG-0A002", "command", "reboot", "--dir", "4711")
        self.refused("ITG-0A001", "command", "history", "4711")
        self.ok("tc", "bin", self.x)
        self.refused("ITG-0A018", "command", "reboot", self.x, "--queue")
        self.assertEqual(self.history(), [])

    def test_usage(self):
        self.wrong("command")
        self.wrong("command", "reboot")
        self.wrong("command", "reboot", self.x, "--where", "site==Bremen")
        self.wrong("command", "reboot", self.x, "--expires", "soon")
        self.wrong("command", "wakeup", self.x, "--queue")
        self.assertIn("did you mean 'history'", self.wrong("command", "histroy").err)
        self.assertIn("itg command reboot --where", self.ok("help", "command").out)


if __name__ == "__main__":
    unittest.main()
