"""Device attributes and assets on the command line."""

import json
import unittest

from itg import OK, REFUSED, USAGE, CommandTest

MAC = "00E0C5000001"


class Inventory(CommandTest):
    def setUp(self):
        super().setUp()
        self.ok("firmware", "create", "IGEL OS 11", "11.3.100.1", "LX")
        self.tc = self.ok("tc", "create", "mac=" + MAC, "firmwareID=1").out.strip()

    def define(self):
        self.ok("attribute", "add", "site", "Standort", "string")
        self.ok("attribute", "add", "colour", "Farbe", "range", "red", "dark, blue", "--overwrite", "server")


class Attributes(Inventory):
    def test_definitions_are_listed(self):
        self.define()
        self.assertEqual(self.ok("attribute", "list").rows,
                         [["2", "site", "Standort", "string", "all", ""],
                          ["3", "colour", "Farbe", "range", "server", "red, dark, blue"]])
        self.assertEqual(self.ok("attribute", "list", "--json").json,
                         [{"id": "2", "identifier": "site", "name": "Standort", "type": "string", "overwrite": "all",
                           "allowedValues": []},
                          {"id": "3", "identifier": "colour", "name": "Farbe", "type": "range",
                           "overwrite": "server", "allowedValues": ["red", "dark, blue"]}])

    def test_values_are_set_and_cleared(self):
        self.define()
        self.ok("attribute", "set", self.tc, "colour", "dark, blue")
        self.ok("tc", "update", MAC, "deviceAttributes.site=Bremen", "comment=c")
        self.assertEqual(self.ok("attribute", "values", MAC).rows,
                         [["site", "Bremen", "Standort", "string"], ["colour", "dark, blue", "Farbe", "range"]])
        self.ok("attribute", "set", MAC, "site", "")
        self.assertEqual([row[0] for row in self.ok("attribute", "values", MAC).rows], ["colour"])

    def test_what_does_not_fit_is_refused(self):
        self.define()
        result = self.run_itg("attribute", "set", self.tc, "colour", "pink")
        self.assertEqual(result.status, REFUSED)
        self.assertIn("ITG-0A004", result.err)
        self.assertIn("deviceAttributes.colour", result.err)
        self.assertEqual(self.run_itg("attribute", "set", self.tc, "nothing", "x").status, REFUSED)
        self.assertEqual(self.run_itg("attribute", "add", "Site", "S", "string").status, REFUSED)
        result = self.run_itg("attribute", "add", "s", "S", "rang")
        self.assertEqual(result.status, USAGE)
        self.assertIn("range", result.err)
        self.assertEqual(self.run_itg("attribute", "add", "s", "S", "string", "--overwrite", "x").status, USAGE)

    def test_all_are_deleted_or_none(self):
        self.define()
        self.assertEqual(self.run_itg("attribute", "delete", "site", "nothing").status, REFUSED)
        self.assertEqual(len(self.ok("attribute", "list").rows), 2)
        self.ok("attribute", "delete", "site", "colour")
        self.assertEqual(self.ok("attribute", "list").out, "")
        self.ok("check")


class Assets(Inventory):
    def plug_in(self):
        file = self.path("assets.json")
        with open(file, "w", encoding="utf-8") as out:
            json.dump({"assets": [{"tcId": int(self.tc), "assetId": 40, "assetName": "M105", "connector": "usb",
                                   "categoryList": {"categoryList": [{"categoryId": 41, "categoryName": "Mouse"}]},
                                   "detailList": {"detailList": [{"detailKey": "maxPower", "detailValue": "100mA",
                                                                  "detailType": "string"}]}}],
                       "assethistory": [{"unitId": MAC, "assetId": 40, "eventTimeStamp": 1709294400000,
                                         "event": {"identifier": "add"}}]}, out)
        self.ok("import", file)

    def test_assets_are_listed_and_shown(self):
        self.plug_in()
        row = ["40", self.tc, "M105", "", "", "usb", ""]
        self.assertEqual(self.ok("asset", "list").rows, [row])
        self.assertEqual(self.ok("asset", "list", MAC).rows, [row])
        self.assertEqual(self.ok("asset", "show", "40").rows[-2:],
                         [["categories", "Mouse"], ["details", "maxPower=100mA"]])
        self.assertEqual(self.ok("asset", "show", "40", "--json").json,
                         {"assetId": 40, "tcId": int(self.tc), "uniqueId": "", "connector": "usb",
                          "assetName": "M105", "assetVendor": "", "deviceId": "", "categories": ["Mouse"],
                          "details": [{"detailKey": "maxPower", "detailValue": "100mA", "detailType": "string"}]})

    def test_history_is_listed(self):
        self.plug_in()
        self.ok("tc", "delete", MAC)
        rows = self.ok("asset", "history", "40").rows
        self.assertEqual([row[2:] for row in rows], [["add", "40", MAC], ["remove", "40", MAC]])
        self.assertEqual(self.ok("asset", "history", "--json").json[0]["historyId"], 1)
        self.assertEqual(self.ok("asset", "list").rows[0][1], "-1")

    def test_what_is_not_there(self):
        self.assertEqual(self.ok("asset", "list").out, "")
        result = self.run_itg("asset", "show", "99")
        self.assertEqual((result.status, "ITG-0A020" in result.err), (REFUSED, True))
        self.assertEqual(self.run_itg("asset", "list", "99").status, REFUSED)
        self.assertEqual(self.ok("asset", "history", "99").out, "")


if __name__ == "__main__":
    unittest.main()
