"""Scheduled commands: itg job."""

import unittest

from itg import CommandTest

LATER = "2100-01-04 03:00"  # a Monday


class Jobs(CommandTest):
    def setUp(self):
        super().setUp()
        firmware = self.create("firmware", "create", "OS", "11", "LX")
        self.dir = self.create("dir", "create", "a")
        self.x = self.create("tc", "create", "mac=00E0C5000001", "firmwareID=" + firmware, "parentID=" + self.dir)
        self.y = self.create("tc", "create", "mac=00E0C5000002", "firmwareID=" + firmware)

    def job(self, *options, name="j", at=LATER):
        return self.create("job", "create", name, "--command", "reboot", "--at", at, *options)

    def show(self, job):
        return self.ok("job", "show", job, "--json").json

    def test_create_and_show(self):
        job = self.job("--where", "name==x", "--dir", "root," + self.dir, "--tc", self.y, "--tc", "00:e0:c5:00:00:01",
                       "--weekdays", "mon-wed,fri", "--until", "2101-01-01", name="Nightly")
        self.assertEqual(self.show(job),
                         {"id": job, "name": "Nightly", "command": "reboot", "enabled": True,
                          "thinclients": [self.x, self.y], "directories": ["-1", self.dir], "where": "name==x",
                          "at": LATER, "repeats": "mon-wed,fri", "until": "2101-01-01 00:00", "next": LATER,
                          "ownerID": "0", "owner": ""})
        self.assertIn(["thinclients", self.x + " " + self.y], self.ok("job", "show", job).rows)
        self.assertEqual(self.ok("job", "list").rows,
                         [[job, "Nightly", "reboot", "true", LATER, "mon-wed,fri", LATER]])
        self.assertEqual(self.ok("job", "list", "--json").json,
                         [{"id": job, "name": "Nightly", "command": "reboot", "enabled": True, "at": LATER,
                           "repeats": "mon-wed,fri", "next": LATER}])

    def test_repetitions(self):
        for option, value, shown in [("--every", "90m", "every 90m"), ("--every", "24h", "every 1d"),
                                     ("--every", "2w", "every 2w"), ("--every", "61s", "every 61s"),
                                     ("--weekdays", "sat-mon", "mon,sat,sun"), ("--weekdays", "SUN", "sun"),
                                     ("--weekdays", "mon-sun", "mon-sun"), ("--weekdays", "tue,thu", "tue,thu")]:
            self.assertEqual(self.show(self.job("--tc", self.x, option, value))["repeats"], shown)

    def test_update(self):
        job = self.job("--tc", self.x, "--every", "1d")
        self.ok("job", "update", job, "--name", "other", "--disable")
        shown = self.show(job)
        self.assertEqual((shown["name"], shown["enabled"], shown["next"], shown["repeats"]),
                         ("other", False, "", "every 1d"))
        self.ok("job", "update", job, "--enable", "--weekdays", "tue", "--command", "shutdown", "--dir", self.dir,
                "--tc", "none")
        shown = self.show(job)
        self.assertEqual((shown["command"], shown["next"], shown["repeats"], shown["thinclients"], shown["directories"]),
                         ("shutdown", "2100-01-05 03:00", "tue", [], [self.dir]))
        self.ok("job", "update", job, "--weekdays", "none", "--until", "2100-02-01")
        self.ok("job", "update", job, "--until", "none")
        self.assertEqual(self.show(job)["next"], LATER)
        self.refused("ITG-0A012", "job", "update", job, "--dir", "none")
        self.refused("ITG-0A020", "job", "update", "999", "--name", "x")

    def test_run_and_log(self):
        job = self.job("--where", "id>0")
        result = self.run_itg("job", "run", job)
        self.assertEqual(result.status, 1)  # there is no link: all are offline
        self.assertEqual(result.rows[0][0:2] + result.rows[0][4:],
                         ["1", "", "done", "2", "0", "2", "0", "0", "", "Found no IP address for device"])
        self.assertEqual(self.ok("job", "log", job).rows, result.rows)
        log = self.ok("job", "log", job, "--json").json[0]
        self.assertEqual((log["run"], log["state"], log["total"], log["failed"]), ("1", "done", 2, 2))
        self.assertEqual([row[:2] for row in self.ok("job", "log", job, "1").rows],
                         [[self.x, "00E0C5000001"], [self.y, "00E0C5000002"]])
        self.assertEqual(self.run_itg("job", "log", job, "2").status, 1)
        nobody = self.job("--where", "name==nobody")
        self.assertEqual(self.ok("job", "run", nobody).rows[0][4:7], ["done", "0", "0"])
        self.refused("ITG-0A020", "job", "run", "999")
        self.refused("ITG-0A020", "job", "log", "999")

    def test_delete(self):
        jobs = [self.job("--tc", self.x), self.job("--tc", self.x)]
        self.refused("ITG-0A020", "job", "delete", *jobs, "999")
        self.assertEqual(len(self.ok("job", "list").rows), 2)
        self.ok("job", "delete", *jobs)
        self.assertEqual(self.ok("job", "list").rows, [])

    def test_refusals(self):
        make = ["job", "create", "j", "--command", "reboot"]
        self.wrong(*make, "--tc", self.x)
        self.wrong("job", "create", "j", "--at", LATER, "--tc", self.x)
        for bad in ["", "tomorrow", "2100-02-29 03:00", "2100-13-01", "2100-01-04 24:00", "2100-01-04T03:00",
                    "2100-01-04 03:00:00", "3:00"]:
            self.wrong(*make, "--tc", self.x, "--at", bad)
            self.wrong(*make, "--tc", self.x, "--at", LATER, "--until", bad)
        later = [*make, "--at", LATER]
        for bad in ["", "1", "d", "0d", "-1d", "1y", "1.5h", "99999999999w"]:
            self.wrong(*later, "--tc", self.x, "--every", bad)
        for bad in ["", "monday", "mon-", "mon,,tue", "mon;tue", "-fri"]:
            self.wrong(*later, "--tc", self.x, "--weekdays=" + bad)
        self.wrong("job", "update", "1", "--enable", "--disable", "--tc", "1")
        self.refused("ITG-0A012", *later)
        self.refused("ITG-0A004", *later, "--where", "nmae==x")
        self.refused("ITG-0A004", *later, "--tc", self.x, "--every", "59s")
        self.refused("ITG-0A004", *later, "--tc", self.x, "--every", "1d", "--weekdays", "mon")
        self.refused("ITG-0A004", *later, "--tc", self.x, "--until", "2099-01-01")
        self.refused("ITG-0A004", *make, "--at", "2020-01-01 03:00", "--tc", self.x)
        result = self.run_itg("job", "create", "j", "--command", "rebot", "--at", LATER, "--tc", self.x)
        self.assertIn("did you mean reboot?", result.err)
        self.assertEqual(self.ok("job", "list").rows, [])

    def test_help(self):
        for command in [["job"], ["job", "create"]]:
            self.assertIn("itg job create", self.ok("help", *command).out)


if __name__ == "__main__":
    unittest.main()
