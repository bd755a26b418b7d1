"""Section 7: assets and their history."""

import unittest

from fleet import FIRMWARES, thinclient
from host import ContractTest

NO_HANDLER = (404, "ITG-0A020", "No handler is mapped for this request.")
NUMBER = (400, "ITG-0A010", "Number format error")

ASSETS = [
    {"tcId": 47922, "assetId": 49070, "assetName": "M105 Optical Mouse", "assetVendor": "Logitech, Inc.", "deviceId": "c077",
     "categoryList": {"categoryList": [{"categoryId": 49071, "categoryName": "Mouse"}]},
     "detailList": {"detailList": [{"attrId": 49070, "detailKey": "maxPower", "detailValue": "100mA",
                                    "detailType": "string"}]}},
    {"tcId": -1, "assetId": 49080, "assetName": "Pen \u20ac", "uniqueId": "u \"1\"", "connector": "usb"},
]
HISTORY = [
    {"historyId": 26, "unitId": "000BCA050027", "assetId": 49070, "eventTimeStamp": 1500372856000,
     "event": {"identifier": "remove"}},
    {"historyId": 27, "unitId": "000BCA050027", "assetId": 49080, "eventTimeStamp": 1500372857000,
     "event": {"identifier": "add_on_boot"}},
    {"historyId": 30, "unitId": "unit/ 2", "assetId": 49070, "eventTimeStamp": 1500372858000, "event": {"identifier": "add"}},
    {"historyId": 31, "unitId": "unit/ 2", "assetId": 48000, "eventTimeStamp": 0, "event": {"identifier": "remove_on_boot"}},
]
FIRST = ('{"tcId":47922,"assetId":49070,"uniqueId":"","connector":"","assetName":"M105 Optical Mouse",'
         '"assetVendor":"Logitech, Inc.","deviceId":"c077",'
         '"categoryList":{"categoryList":[{"categoryId":49071,"categoryName":"Mouse"}]},'
         '"detailList":{"detailList":[{"attrId":49070,"detailKey":"maxPower","detailValue":"100mA","detailType":"string"}]}}')
SECOND = ('{"tcId":-1,"assetId":49080,"uniqueId":"u \\"1\\"","connector":"usb","assetName":"Pen \u20ac","assetVendor":"","deviceId":"",'
          '"categoryList":{"categoryList":[]},"detailList":{"detailList":[]}}')


def infos(*assets):
    return '{"assetinfos":[%s],"links":[]}' % ",".join(assets)


def histories(*numbers):
    entries = ['{"historyId":%d,"unitId":"%s","assetId":%d,"eventTimeStamp":%d,"event":{"identifier":"%s"}}' % (
        entry["historyId"], entry["unitId"], entry["assetId"], entry["eventTimeStamp"], entry["event"]["identifier"])
        for entry in HISTORY if entry["historyId"] in numbers]
    return '{"assethistories":[%s],"links":[]}' % ",".join(entries)


class AssetTest(ContractTest):
    FLEET = {"firmwares": FIRMWARES, "assets": ASSETS, "assethistory": HISTORY,
             "thinclients": [thinclient(47922, "000BCA050027"), thinclient(47923, "000BCA050028")]}


class Assets(AssetTest):
    def test_all(self):
        self.says("GET", "/assetinfo", None, infos(FIRST, SECOND))

    def test_one(self):
        self.says("GET", "/assetinfo/assets/49070", None, infos(FIRST))
        self.says("GET", "/assetinfo/assets/49080/", None, infos(SECOND))

    def test_of_a_thin_client(self):
        self.says("GET", "/assetinfo/thinclients/47922", None, infos(FIRST))
        self.says("GET", "/assetinfo/thinclients/47923", None, infos())

    def test_readers_may(self):
        viewer = self.client("victor")
        self.says("GET", "/assetinfo/assets/49080", None, infos(SECOND), client=viewer)
        self.says("GET", "/assethistory/assets/49080", None, histories(27), client=viewer)

    def test_errors(self):
        for number in ("1", "0", "-1", "47922"):
            self.refused("GET", "/assetinfo/assets/" + number, None, *NO_HANDLER)
        for number in ("1", "0", "-1", "49070"):
            self.refused("GET", "/assetinfo/thinclients/" + number, None, 404, "ITG-0A001",
                         "Thin client with ID <%s> not found." % number)
        for path in ("/assetinfo/assets/x", "/assetinfo/thinclients/x", "/assethistory/assets/x"):
            self.refused("GET", path, None, *NUMBER)
        for path in ("/assetinfo/assets", "/assetinfo/thinclients", "/assetinfo/49070", "/assethistory/thinclients"):
            self.refused("GET", path, None, *NO_HANDLER)
        for path in ("/assetinfo", "/assetinfo/assets/49070", "/assethistory", "/assethistory/thinclients/x"):
            for method in ("PUT", "POST", "DELETE"):
                answer = self.refused(method, path, None, 400, "ITG-0A011", "Request method '%s' not supported" % method)
                self.assertEqual(answer.header("Allow"), "GET")


class History(AssetTest):
    def test_all(self):
        self.says("GET", "/assethistory", None, histories(26, 27, 30, 31))

    def test_of_an_asset(self):
        self.says("GET", "/assethistory/assets/49070", None, histories(26, 30))
        self.says("GET", "/assethistory/assets/48000", None, histories(31))  # it is gone, its history is not

    def test_of_a_thin_client(self):
        self.says("GET", "/assethistory/thinclients/000BCA050027", None, histories(26, 27))
        self.says("GET", "/assethistory/thinclients/unit%2F%202", None, histories(30, 31))
        self.says("GET", "/assethistory/thinclients/never%20heard%20of", None, histories())

    def test_errors(self):
        for number in ("1", "0", "-1", "47922"):
            self.refused("GET", "/assethistory/assets/" + number, None, *NO_HANDLER)


if __name__ == "__main__":
    unittest.main()
