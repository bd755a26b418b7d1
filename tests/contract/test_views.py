"""Section 4.2, views: GET /thinclientview/{viewId}. A view is made by the command: the interface has no request for it."""

import unittest

from host import ContractTest

NO_HANDLER = (404, "ITG-0A020", "No handler is mapped for this request.")


def short(number, mac, parent):
    return ('{"unitID":"%s","mac":"%s","firmwareID":"6","lastIP":"","lastUser":"","batteryLevel":0,"id":"%d","name":"ITC%s",'
            '"parentID":"%d","movedToBin":false,"objectType":"tc","links":[]}' % (mac, mac, number, mac, parent))


class Views(ContractTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        create = lambda expression: cls.host.run("view", "create", "v", expression).decode().strip()
        cls.warehouse = create("directory==77118;mac!=00E0C561EEED")
        cls.full = create("comment=='a \"b\"*';monitorSize1>24;lastContact==2024-12-30")
        cls.none = create("name==nobody")

    def test_short_form(self):
        form = "[%s]" % short(7117, "00E0C5007117", 77118)
        self.says("GET", "/thinclientview/" + self.warehouse, None, form)
        self.says("GET", "/thinclientview/%s?facets=short" % self.warehouse, None, form)
        self.says("GET", "/thinclientview/" + self.none, None, "[]")

    def test_facets_as_in_the_list(self):
        for facets in ("details", "online", "details,online", "networkadapters"):
            wanted = [tc for tc in self.ok("GET", "/thinclients?facets=" + facets).json if tc["id"] == "96"]
            answer = self.ok("GET", "/thinclientview/%s?facets=%s" % (self.full, facets))
            self.assertEqual(answer.json, wanted)
            self.assertEqual(list(answer.json[0]), list(wanted[0]))

    def test_readers_may(self):
        self.assertEqual(self.ok("GET", "/thinclientview/" + self.none, client=self.client("victor")).json, [])

    def test_errors(self):
        for number in ("99999999", "0", "-1", "96"):
            self.refused("GET", "/thinclientview/" + number, None, *NO_HANDLER)
        for facet in ("deviceattributes", "loginhistory", "children", "nonsense"):
            self.refused("GET", "/thinclientview/%s?facets=%s" % (self.none, facet), None, *NO_HANDLER)
        for number in ("x", "9223372036854775808"):
            self.refused("GET", "/thinclientview/" + number, None, 400, "ITG-0A010", "Number format error")
        for method in ("PUT", "POST", "DELETE"):
            answer = self.refused(method, "/thinclientview/" + self.none, {}, 400, "ITG-0A011",
                                  "Request method '%s' not supported" % method)
            self.assertEqual(answer.header("Allow"), "GET")


if __name__ == "__main__":
    unittest.main()
