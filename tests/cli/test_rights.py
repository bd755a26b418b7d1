"""Groups of users, and what users and groups may do where."""

import unittest

from itg import CommandTest


class Rights(CommandTest):
    """Directory a with thin client x; y in the root. A viewer, an operator and an administrator."""

    def setUp(self):
        super().setUp()
        firmware = self.create("firmware", "create", "OS", "11", "LX")
        self.a = self.create("dir", "create", "a")
        self.x = self.create("tc", "create", "mac=00E0C5000001", "firmwareID=" + firmware, "parentID=" + self.a)
        self.y = self.create("tc", "create", "mac=00E0C5000002", "firmwareID=" + firmware)
        self.ids = {}
        for name, role in (("vic", "viewer"), ("olga", "operator"), ("ada", "administrator")):
            self.ids[name] = self.ok("user", "add", name, "--role", role, "--password-stdin",
                                     input="correct horse\n").out.strip()

    def test_groups(self):
        night = self.create("group", "create", "night")
        self.ok("group", "add", "night", "vic", "olga")
        self.assertEqual(self.ok("group", "list").rows, [[night, "night", "2"]])
        self.assertEqual(self.ok("group", "list", "--json").json, [{"id": night, "name": "night", "members": 2}])
        self.assertEqual(self.ok("group", "list", "night").rows,
                         [[self.ids["olga"], "olga", "operator"], [self.ids["vic"], "vic", "viewer"]])
        # All or none.
        self.refused("ITG-0B007", "group", "remove", "night", "vic", "eve")
        self.refused("ITG-0A008", "group", "add", "night", "ada", "vic")
        self.assertEqual(self.ok("group", "list", "--json").json[0]["members"], 2)
        self.ok("group", "remove", "night", "vic")
        self.assertEqual([row[1] for row in self.ok("group", "list", "night").rows], ["olga"])
        self.ok("group", "delete", "night")
        self.assertEqual(self.ok("group", "list").rows, [])
        self.refused("ITG-0A020", "group", "list", "night")
        self.wrong("group", "add", "night")

    def test_entries(self):
        self.create("group", "create", "night")
        self.ok("right", "set", self.a, "--user", "vic", "--allow", "command,write", "--deny", "move")
        self.ok("right", "set", self.a, "--group", "night", "--allow", "all")
        self.ok("right", "set", "root", "--tree", "profile", "--user", "vic", "--deny", "browse")
        entries = [[self.a, "user", "vic", "write,command", "move"],
                   [self.a, "group", "night", "browse,read,write,move,assign,command,shadow,control", ""]]
        self.assertEqual(self.ok("right", "list", self.a).rows, entries)
        self.assertEqual(self.ok("right", "list", "--group", "night").rows, entries[1:])
        self.assertEqual(self.ok("right", "list", "--user", "vic", "--json").json,
                         [{"directory": "-2", "kind": "user", "name": "vic", "allow": "", "deny": "browse"},
                          {"directory": self.a, "kind": "user", "name": "vic", "allow": "write,command",
                           "deny": "move"}])
        # What is set again is set anew.
        self.ok("right", "set", self.a, "--user", "vic", "--allow", "shadow")
        self.assertEqual(self.ok("right", "list", self.a).rows[0], [self.a, "user", "vic", "shadow", ""])
        self.ok("right", "remove", self.a, "--user", "vic")
        self.assertEqual(self.ok("right", "list", self.a).rows, entries[1:])

    def test_a_user_is_shown(self):
        self.ok("right", "set", "root", "--user", "vic", "--deny", "shadow")
        self.ok("right", "set", self.a, "--user", "vic", "--allow", "write,shadow")
        vic = ["user", "vic"]
        self.assertEqual(self.ok("right", "show", "vic", "00:e0:c5:00:00:01").rows,
                         [["browse", "true", "by the role", "", "", ""],
                          ["read", "true", "by the role", "", "", ""],
                          ["write", "true", "allowed", self.a] + vic,
                          ["move", "false", "nothing allows it", "", "", ""],
                          ["assign", "false", "nothing allows it", "", "", ""],
                          ["command", "false", "nothing allows it", "", "", ""],
                          ["shadow", "false", "denied", "-1"] + vic,
                          ["control", "false", "nothing allows it", "", "", ""]])
        self.assertEqual(self.ok("right", "show", "vic", "root", "--json").json[6],
                         {"right": "shadow", "allowed": False, "reason": "denied", "directory": "-1",
                          "kind": "user", "name": "vic"})

    def test_rights_count_for_requests(self):
        def listed(user):
            return [tc["id"] for tc in self.ok("request", "GET", "/thinclients", "--user", user).json]
        self.ok("right", "set", self.a, "--user", "olga", "--deny", "read")
        self.assertEqual(listed("olga"), [self.y])
        self.assertEqual(listed("vic"), [self.x, self.y])

    def test_the_last_administrator_stays(self):
        result = self.refused("ITG-0B005", "right", "set", "root", "--user", "ada", "--deny", "control")
        self.assertIn("no administrator would be left", result.err)
        self.assertEqual(self.ok("right", "list", "root").rows, [])

    def test_refusals(self):
        self.wrong("right", "set", self.a, "--user", "vic")
        self.wrong("right", "set", self.a, "--allow", "read")
        self.wrong("right", "set", self.a, "--user", "vic", "--group", "g", "--allow", "read")
        self.assertIn("did you mean 'command'", self.wrong("right", "set", self.a, "--user", "vic", "--allow",
                                                           "read,comand").err)
        self.wrong("right", "set", self.a, "--user", "vic", "--allow", "read,")
        self.wrong("right", "list")
        self.wrong("right", "list", self.a, "--user", "vic")
        self.wrong("right", "list", "a")
        self.refused("ITG-0A002", "right", "list", "999")
        self.refused("ITG-0A002", "right", "set", self.x, "--user", "vic", "--allow", "read")
        self.refused("ITG-0B007", "right", "list", "--user", "eve")
        self.refused("ITG-0A020", "right", "list", "--group", "vic")
        self.refused("ITG-0A020", "right", "show", "vic", "999")


if __name__ == "__main__":
    unittest.main()
