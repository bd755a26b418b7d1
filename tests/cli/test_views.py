"""Expressions, views and default directory rules."""

import unittest

from itg import CommandTest


class Filed(CommandTest):
    """Directories a and b; thin clients x in a and y in the root."""

    def setUp(self):
        super().setUp()
        firmware = self.create("firmware", "create", "OS", "11", "LX")
        self.a = self.create("dir", "create", "a")
        self.b = self.create("dir", "create", "b")
        self.x = self.create("tc", "create", "mac=00E0C5000001", "firmwareID=" + firmware, "name=x",
                             "site=Bremen", "parentID=" + self.a)
        self.y = self.create("tc", "create", "mac=00E0C5000002", "firmwareID=" + firmware, "name=y",
                             "site=bremen")

    def ids(self, *arguments):
        return [row[0] for row in self.ok(*arguments).rows]


class Views(Filed):
    def test_list_where(self):
        self.assertEqual(self.ids("tc", "list", "--where", "site==B*"), [self.x, self.y])
        self.assertEqual(self.ids("tc", "list", "-w", "site==B*;directory==root"), [self.y])
        self.assertEqual(self.ids("tc", "list", "--where", "name==nobody"), [])
        self.assertEqual(self.ok("tc", "list", "--where", "name==x", "--columns", "id,site").rows,
                         [[self.x, "Bremen"]])
        self.assertEqual(self.ok("tc", "list", "--where", "name==nobody", "--json").json, [])

    def test_a_fault_is_named(self):
        result = self.refused("ITG-0A004", "tc", "list", "--where", "name==x;nmae==y")
        self.assertIn("column 9: 'nmae' is no selector", result.err)

    def test_views(self):
        view = self.create("view", "create", "In the root", "directory==root")
        self.assertEqual(self.ok("view", "list").rows, [[view, "In the root", "directory==root"]])
        self.assertEqual(self.ok("view", "list", "--json").json,
                         [{"id": view, "name": "In the root", "expression": "directory==root"}])
        self.assertEqual(self.ids("view", "show", view), [self.y])
        self.ok("view", "update", view, "--where", "name==x")
        self.ok("view", "update", view, "--name", "x")
        self.assertEqual(self.ok("view", "list").rows, [[view, "x", "name==x"]])
        self.assertEqual(self.ok("view", "show", view, "--columns", "name").rows, [["x"]])
        self.assertEqual(self.ok("request", "GET", "/thinclientview/" + view).json[0]["id"], self.x)
        self.refused("ITG-0A020", "view", "delete", view, "999")
        self.assertEqual(self.ids("view", "list"), [view])
        self.ok("view", "delete", view)
        self.assertEqual(self.ids("view", "list"), [])

    def test_refusals(self):
        self.refused("ITG-0A004", "view", "create", "v", "name")
        self.refused("ITG-0A004", "view", "create", "", "name==x")
        self.refused("ITG-0A020", "view", "show", "999")
        self.refused("ITG-0A020", "view", "update", "999", "--name", "v")
        self.wrong("view", "update", "999")
        self.wrong("view", "show", "x")


class Rules(Filed):
    def test_tree(self):
        second = self.create("rule", "create", "site==b", "--target", self.b, "--override-membership")
        first = self.create("rule", "create", "site==a", "--position", "0", "--at-boot", "--leave-below")
        child = self.create("rule", "create", "site==c", "--below", first, "--target", "root")
        self.assertEqual(self.ok("rule", "list").rows,
                         [[first, "0", "0", "site==a", "0", "false", "true", "true"],
                          [child, first, "0", "site==c", "-1", "false", "false", "false"],
                          [second, "0", "1", "site==b", self.b, "true", "false", "false"]])
        self.assertEqual(self.ok("rule", "list", "--json").json[1],
                         {"id": child, "parentID": first, "position": 0, "expression": "site==c", "targetID": "-1",
                          "overrideMembership": False, "applyAtBoot": False, "leaveInSubdirectory": False})
        self.refused("ITG-0A023", "dir", "delete", self.b)
        self.ok("rule", "update", second, "site==d", "--position", "0")
        self.assertEqual(self.ids("rule", "list"), [second, first, child])
        self.ok("rule", "delete", first)
        self.assertEqual(self.ids("rule", "list"), [second])
        self.ok("dir", "delete", self.b)

    def test_apply(self):
        rule = self.create("rule", "create", "site==Bremen", "--target", self.b)
        moves = [[self.y, "-1", self.b, rule]]
        self.assertEqual(self.ok("rule", "apply", "--at-boot").rows, [])
        self.assertEqual(self.ok("rule", "apply", "--dry-run").rows, moves)
        self.assertEqual(self.ok("rule", "apply", "-n", "--json").json,
                         [{"id": self.y, "fromID": "-1", "toID": self.b, "ruleID": rule}])
        self.assertEqual(self.ok("rule", "apply", self.x).rows, [])
        self.assertEqual(self.ok("rule", "apply", "00:E0:C5:00:00:02").rows, moves)
        self.assertEqual(self.ids("tc", "list", "--where", "directory==" + self.b), [self.y])
        self.ok("rule", "update", rule, "id>0", "--target", self.b, "--override-membership", "--at-boot")
        self.assertEqual(self.ok("rule", "apply", "--at-boot").rows, [[self.x, self.a, self.b, rule]])

    def test_refusals(self):
        rule = self.create("rule", "create", "site==a")
        self.refused("ITG-0A004", "rule", "create", "site")
        self.refused("ITG-0A002", "rule", "create", "site==a", "--target", "999")
        self.refused("ITG-0A016", "rule", "create", "site==a", "--below", "999")
        self.refused("ITG-0A004", "rule", "update", rule, "site==a", "--below", rule)
        self.refused("ITG-0A020", "rule", "delete", "999")
        self.refused("ITG-0A001", "rule", "apply", "999")


if __name__ == "__main__":
    unittest.main()
