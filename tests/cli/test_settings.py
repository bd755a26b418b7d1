"""Settings, which of them win on a thin client and why, and template keys."""

import unittest

from itg import OK, USAGE, CommandTest


class Settings(CommandTest):
    """Profile p at the thin client, q (which overrides sessions) and master profile m at its directory."""

    def setUp(self):
        super().setUp()
        firmware = self.create("firmware", "create", "OS", "11", "LX")
        self.dir = self.create("dir", "create", "Bremen")
        self.tc = self.create("tc", "create", "mac=00E0C5000001", "firmwareID=" + firmware, "parentID=" + self.dir)
        self.p = self.create("profile", "create", "p", "--firmware", firmware)
        self.q = self.create("profile", "create", "q", "--firmware", firmware, "--overrides-sessions")
        self.m = self.create("masterprofile", "create", "m", "--firmware", firmware)
        self.ok("tc", "assign", self.tc, self.p)
        self.ok("dir", "assign", self.dir, self.q, self.m)

    def set(self, profile, key, value):
        self.ok("settings", "set", profile, key, value)

    def test_values_are_json_or_words(self):
        for value, kept in [("10", "10"), ("-5", "-5"), ("1.50", "1.5"), ("true", "true"), ('"10"', '"10"'),
                            ("hello", '"hello"'), ("", '""'), ("ä ${MAC}", '"ä ${MAC}"'), ("1 2", '"1 2"')]:
            self.set(self.p, "k", value)
            self.assertEqual(self.ok("settings", "list", self.p).rows, [["k", kept]])
        for value in ["null", "[]", "{}", '"open', "${open"]:
            self.refused("ITG-0A004", "settings", "set", self.p, "k", value)

    def test_unset_takes_all_or_none(self):
        self.set(self.p, "a", "1")
        self.set(self.p, "b", "2")
        self.refused("ITG-0A013", "settings", "unset", self.p, "a", "c")
        self.assertEqual(self.ok("settings", "list", self.p, "--json").json,
                         [{"key": "a", "value": 1}, {"key": "b", "value": 2}])
        self.ok("settings", "unset", self.p, "a", "b")
        self.assertEqual(self.ok("settings", "list", self.p).out, "")

    def fill(self):
        self.set(self.p, "lang", "de")
        self.set(self.m, "lang", "en")
        self.set(self.p, "saver", "10")
        self.set(self.q, "saver", "true")
        self.set(self.p, "s[].url", "x")
        self.set(self.q, "s[].url", "https://${SITE}/${MAC}")

    def test_what_wins(self):
        self.fill()
        key = self.create("template", "key", "SITE", "StringType")
        value = self.create("template", "value", key, "bremen", "the site")
        self.ok("template", "assign", self.dir, key, value)
        self.assertEqual(self.ok("settings", "show", "00:e0:c5:00:00:01").rows,
                         [["lang", '"en"', self.m, self.dir],
                          ["s[].url", '"https://bremen/00E0C5000001"', self.q, self.dir],
                          ["saver", "10", self.p, self.tc]])
        self.assertEqual([row[4] for row in self.ok("settings", "show", self.tc, "--explain").rows],
                         ["in force", "loses to master " + self.m, "in force", "replaced by " + self.q,
                          "in force", "loses to nearer " + self.p])

    def test_the_short_form(self):
        self.fill()
        for operands in ((self.tc, "--explain"), ("00E0C5000001",), ("--json", self.tc, "-e"), (self.tc, "--json")):
            short, long = self.run_itg("settings", *operands), self.run_itg("settings", "show", *operands)
            self.assertEqual((short.status, short.out, short.err), (long.status, long.out, long.err))
            self.assertEqual(short.status, OK)
        for wrong, told in (((), "a verb is missing"), (("shwo", self.tc), "did you mean 'show'?"),
                            ((self.tc, "more"), "what is 'more' for?")):
            result = self.run_itg("settings", *wrong)
            self.assertEqual(result.status, USAGE)
            self.assertIn(told, result.err)
        self.assertIn("itg settings TC --explain", self.ok("help", "settings").out)

    def test_what_is_left_out_is_told(self):
        self.fill()
        result = self.run_itg("settings", "show", self.tc)
        self.assertEqual((result.status, result.err),
                         (OK, "itg: 1 setting is left out; --explain tells why\n"))
        row = self.ok("settings", "show", self.tc, "--explain").rows[2]
        self.assertEqual(row, ["s[].url", '"https://${SITE}/${MAC}"', self.q, self.dir, "left out, no SITE"])

    def test_explained_as_json(self):
        self.set(self.p, "k", "1")
        self.set(self.m, "k", "2")
        rows = self.ok("settings", "show", self.tc, "--explain", "--json").json
        self.assertEqual(rows[1], {
            "key": "k", "value": 1, "profileID": self.p, "receiverID": self.tc, "verdict": "master",
            "reason": "a master profile wins over standard profiles", "winnerID": self.m, "instance": -1,
            "profileType": "profile", "receiverType": "tc", "distance": 0, "unfilled": ""})

    def test_refusals(self):
        self.refused("ITG-0A020", "settings", "set", "4711", "k", "1")
        self.refused("ITG-0A020", "settings", "list", self.dir)
        self.refused("ITG-0A004", "settings", "set", self.p, "a b", "1")
        self.refused("ITG-0A001", "settings", "show", self.dir)
        for arguments in [("settings",), ("settings", "show"), ("settings", "set", self.p, "k"),
                          ("settings", "list", "x")]:
            self.wrong(*arguments)


class Templates(CommandTest):
    def setUp(self):
        super().setUp()
        firmware = self.create("firmware", "create", "OS", "11", "LX")
        self.tc = self.create("tc", "create", "mac=00E0C5000001", "firmwareID=" + firmware)
        self.key = self.create("template", "key", "PORT", "IntegerType")

    def test_keys_and_values(self):
        inner = self.create("template", "key", "inner", "BooleanType", "--parent", self.key)
        value = self.create("template", "value", self.key, "8443", "https")
        self.ok("template", "update", value, "443")
        self.assertEqual(self.ok("template", "list").rows, [[self.key, "PORT", "IntegerType", "-15"],
                                                            [inner, "inner", "BooleanType", self.key]])
        self.assertEqual(self.ok("template", "list", self.key, "--json").json,
                         [{"id": value, "value": "443", "description": "https"}])
        self.ok("template", "delete", value, inner)
        self.assertEqual(len(self.ok("template", "list").rows), 1)
        self.assertEqual(self.ok("template", "list", self.key).out, "")

    def test_assignments(self):
        value = self.create("template", "value", self.key, "1")
        self.ok("template", "assign", "00E0C5000001", self.key, value)
        self.assertEqual(self.ok("template", "assignments", self.tc).rows, [[self.key, value]])
        self.ok("template", "unassign", self.tc, self.key)
        self.refused("ITG-0A021", "template", "unassign", self.tc, self.key)
        self.assertEqual(self.ok("template", "assignments", self.tc).out, "")

    def test_refusals(self):
        self.refused("ITG-0A004", "template", "value", self.key, "x")
        self.refused("ITG-0A004", "template", "assign", self.tc, self.key, "4711")
        self.refused("ITG-0A016", "template", "key", "k", "FloatType", "--parent", "4711")
        self.refused("ITG-0A020", "template", "list", "4711")
        self.refused("ITG-0A020", "template", "delete", self.key, "4711")
        self.assertEqual(len(self.ok("template", "list").rows), 1)
        self.wrong("template", "key", "k", "Float")


if __name__ == "__main__":
    unittest.main()
