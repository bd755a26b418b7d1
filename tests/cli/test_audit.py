"""The audit trail: itg audit."""

import unittest

from itg import CommandTest, Terminal


class Audit(CommandTest):
    def setUp(self):
        super().setUp()
        firmware = self.create("firmware", "create", "OS", "11", "LX")
        self.tc = self.create("tc", "create", "mac=00E0C5000001", "firmwareID=" + firmware)
        self.ok("tc", "update", self.tc, "site=Bremen")

    def test_list(self):
        rows = self.ok("audit", "list").rows
        self.assertEqual([row[3] for row in rows], ["thinclient_update", "thinclient_create", "firmware_create"])
        self.assertEqual([rows[0][0]] + rows[0][2:],
                         ["3", "-", "thinclient_update", "tc " + self.tc + " ITC00E0C5000001", 'site: "" -> "Bremen"'])
        self.assertIn('+mac: "00E0C5000001"', rows[1][5])
        entry = self.ok("audit", "list", "--limit", "1", "--json").json[0]
        self.assertEqual((entry["actor"], entry["objectType"], entry["objectID"], entry["before"], entry["after"]),
                         ("", "tc", self.tc, {"site": ""}, {"site": "Bremen"}))

    def show(self, *arguments, columns):
        status, text = Terminal(arguments, self.environment(), columns).finish()
        self.assertEqual(status, 0, text)
        return text

    def test_nothing_is_cut_from_changes(self):
        self.ok("tc", "update", self.tc, "comment=" + "word " * 30 + "end")
        wide, narrow = (self.show("audit", "list", columns=columns).splitlines() for columns in (160, 80))
        for lines, columns in ((wide, 160), (narrow, 80)):
            self.assertTrue(all(len(line) <= columns for line in lines), lines)
            self.assertEqual(" ".join(" ".join(lines).split()).count("word word"), 15, lines)
        self.assertTrue(wide[0].endswith("  changes"), wide)
        self.assertEqual(wide[2][:wide[0].index("changes")].strip(), "")
        self.assertEqual(narrow[1], "    changes")
        self.assertTrue(narrow[3].startswith('    comment: "" -> "word word'), narrow)

    def test_columns_are_left_out_where_there_is_no_room(self):
        job = self.create("job", "create", "j", "--command", "reboot", "--tc", self.tc, "--at", "2099-01-01 10:00")
        self.run_itg("job", "run", job, "--wake-broadcast", "none", "--no-wake-unicast")
        wide, narrow = (self.show("job", "log", job, columns=columns).splitlines() for columns in (160, 80))
        self.assertEqual(wide[0].split(), "run due started ended state total succeeded failed refused missed error "
                                          "message".split())
        self.assertEqual([line.split() for line in narrow[:2]],
                         ["run due started state total succeeded failed error".split(), ["message"]])
        self.assertNotIn("…", "".join(narrow))
        self.assertEqual(len(self.ok("job", "log", job).rows[0]), 12)

    def test_filters(self):
        for options, count in [(("--since", "7d"), 3), (("--until", "2020-01-01"), 0), (("--actor", "-"), 3),
                               (("--actor", "ann"), 0), (("--object", self.tc), 3),
                               (("--operation", "thinclient_update"), 1), (("--limit", "0"), 3),
                               (("--since", "2020-01-01 10:00"), 3)]:
            self.assertEqual(len(self.ok("audit", "list", *options).rows), count, options)

    def test_prune(self):
        self.assertEqual(self.ok("audit", "prune", "--older-than", "1d").rows, [["removed", "0"]])
        self.assertEqual(len(self.ok("audit", "list").rows), 3)

    def test_wrong_usage(self):
        self.assertEqual(self.run_itg("audit", "prune").status, 2)
        for age in ["", "d", "7", "7y", "-1d", "1d2", "9999999d"]:
            self.assertEqual(self.run_itg("audit", "prune", "--older-than", age).status, 2, age)
        self.assertEqual(self.run_itg("audit", "list", "--since", "yesterday").status, 2)


if __name__ == "__main__":
    unittest.main()
