"""Section 4.2: every combination of facets, letter for letter, of one thin client, of all, and of a view."""

import itertools
import re
import unittest

from fleet import FIRMWARES
from host import ContractTest

PEM = "-----BEGIN CERTIFICATE-----\nTUlJQg==\n-----END CERTIFICATE-----\n"
PASSWORD = re.compile(r'"password":"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"')

RICH = {
    "id": "95", "mac": "00E0C514325B", "name": "Rich", "firmwareID": "6", "lastIP": "172.30.92.26", "site": "Bremen",
    "shadowSecret": {"certificate": PEM},
    "networkAdapters": [{"type": "lan", "mac": "00E0C514325B", "name": "enp1s0", "state": "up"},
                        {"type": "wlan", "mac": "", "name": "wlp2s0", "state": "down"}],
    "deviceAttributes": [{"identifier": "floor", "value": "3.5"}, {"identifier": "bought", "value": "2024-02-29"},
                         {"identifier": "colour", "value": "dark, blue"}, {"identifier": "note", "value": "a \"b\" \u20ac"}],
    "userLoginHistory": [{"username": "anna", "loginresult": 0, "logintime": "2024-12-30 12:06:21.015",
                          "logofftime": "2024-12-30 13:00:00.000", "logontype": "kerberos"},
                         {"username": "", "loginresult": 6, "logintime": "2024-12-31 00:00:00.000", "logofftime": "",
                          "logontype": "unknown"}],
}
POOR = {"id": "27", "mac": "00E0C5000027", "firmwareID": "2"}
ATTRIBUTES = [
    {"id": "1", "identifier": "note", "name": "Note", "type": "string", "overwrite": "all"},
    {"id": "2", "identifier": "floor", "name": "Floor", "type": "number", "overwrite": "server"},
    {"id": "3", "identifier": "bought", "name": "Bought on", "type": "date", "overwrite": "all"},
    {"id": "4", "identifier": "colour", "name": "Colour", "type": "range", "overwrite": "all",
     "allowedValues": ["red", "dark, blue"]},
]

# What each facet adds to the two, in the contract's order: poor, rich.
UNKNOWN = ('"department":"","costCenter":"","comment":"","assetID":"","inserviceDate":"","serialNumber":"","productId":"",'
           '"umsStructuralTag":"","cpuSpeed":0,"cpuType":"","deviceType":"","deviceSerialNumber":"","osType":"","flashSize":0,'
           '"memorySize":0,"networkSpeed":0,"duplexMode":"","graphicsChipset0":"","graphicsMemorySize0":0,"graphicsChipset1":"",'
           '"graphicsMemorySize1":0,"monitorVendor1":"","monitorModel1":"","monitorSerialnumber1":"","monitorSize1":0,'
           '"monitorNativeResolution1":"","monitor1YearOfManufacture":"","monitor1WeekOfManufacture":"","monitorVendor2":"",'
           '"monitorModel2":"","monitorSerialnumber2":"","monitorSize2":0,"monitorNativeResolution2":"",'
           '"monitor2YearOfManufacture":"","monitor2WeekOfManufacture":"","biosVendor":"","biosVersion":"","biosDate":"",'
           '"totalUsagetime":"-1","totalUptime":"-1","lastBoottime":"","lastContact":"","configChanges":"",'
           '"registrationDate":"","isThinClientRegistered":false,"isConnectedViaReverseProxy":false,')
ADDED = {
    "details": ('"networkName":"","site":"",' + UNKNOWN, '"networkName":"","site":"Bremen",' + UNKNOWN),
    "online": ('"online":false,',) * 2,
    "shadow": ('"shadowSecret":{"certificate":"","password":"?"},',
               '"shadowSecret":{"certificate":"-----BEGIN CERTIFICATE-----\\nTUlJQg==\\n-----END CERTIFICATE-----\\n",'
               '"password":"?"},'),
    "networkadapters": ('"networkAdapters":[],',
                        '"networkAdapters":[{"type":"lan","mac":"00E0C514325B","name":"enp1s0","state":"up"},'
                        '{"type":"wlan","mac":"","name":"wlp2s0","state":"down"}],'),
    "deviceattributes": ('"deviceAttributes":[],',
                         '"deviceAttributes":[{"name":"Note","identifier":"note","value":"a \\"b\\" \u20ac","type":"string"},'
                         '{"name":"Floor","identifier":"floor","value":"3.5","type":"number"},'
                         '{"name":"Bought on","identifier":"bought","value":"2024-02-29","type":"date"},'
                         '{"name":"Colour","identifier":"colour","value":"dark, blue","type":"range",'
                         '"allowedValues":["red","dark, blue"]}],'),
    "loginhistory": ('"userLoginHistory":[],',
                     '"userLoginHistory":[{"username":"anna","loginresult":0,"logintime":"2024-12-30 12:06:21.015",'
                     '"logofftime":"2024-12-30 13:00:00.000","logontype":"kerberos"},{"username":"","loginresult":6,'
                     '"logintime":"2024-12-31 00:00:00.000","logofftime":"","logontype":"unknown"}],'),
}
HEAD = ('{"unitID":"00E0C5000027","mac":"00E0C5000027","firmwareID":"2","lastIP":"",',
        '{"unitID":"00E0C514325B","mac":"00E0C514325B","firmwareID":"6","lastIP":"172.30.92.26",')
TAIL = ('"id":"27","name":"ITC00E0C5000027","parentID":"-1","movedToBin":false,"objectType":"tc","links":[]}',
        '"id":"95","name":"Rich","parentID":"-1","movedToBin":false,"objectType":"tc","links":[]}')
COMBINATIONS = [facets for count in range(len(ADDED) + 1) for facets in itertools.combinations(ADDED, count)]


def form(which, facets):
    text = HEAD[which]
    for facet, added in ADDED.items():
        text += added[which] if facet in facets else ""
        if facet == "networkadapters" and facet in facets and "deviceattributes" not in facets:
            text += '"deviceAttributes":[],'  # old clients find the key here
    return text + '"lastUser":"","batteryLevel":%d,' % (-1 if "details" in facets else 0) + TAIL[which]


class Facets(ContractTest):
    FLEET = {"firmwares": FIRMWARES, "thinclients": [POOR, RICH], "deviceAttributes": ATTRIBUTES}

    def facets_say(self, path, facets, text):
        if facets:
            path += "?facets=" + ",".join(facets)
        answer = self.ok("GET", path)
        self.assertEqual(PASSWORD.sub('"password":"?"', answer.body.decode()), text, path)
        return answer

    def test_of_one_thin_client(self):
        for facets in COMBINATIONS:
            self.facets_say("/thinclients/27", facets, form(0, facets))
            self.facets_say("/thinclients/95", facets, form(1, facets))

    def test_of_all_thin_clients(self):
        for facets in COMBINATIONS:
            self.facets_say("/thinclients", facets, "[%s,%s]" % (form(0, facets), form(1, facets)))

    def test_of_a_view(self):
        view = self.host.run("view", "create", "v", "site==Bremen").decode().strip()
        for facets in COMBINATIONS:
            if {"deviceattributes", "loginhistory"} & set(facets):
                self.refused("GET", "/thinclientview/%s?facets=%s" % (view, ",".join(facets)), None, 404, "ITG-0A020",
                             "No handler is mapped for this request.")
            else:
                self.facets_say("/thinclientview/" + view, facets, "[%s]" % form(1, facets))

    def test_order_and_repetition_make_no_difference(self):
        for facets in itertools.permutations(("loginhistory", "shadow", "details", "online")):
            self.facets_say("/thinclients/95", facets + ("short",) + facets[:1], form(1, facets))

    def test_each_answer_brings_another_password(self):
        seen = {self.ok("GET", "/thinclients/95?facets=shadow").json["shadowSecret"]["password"] for _ in range(4)}
        seen |= {tc["shadowSecret"]["password"] for tc in self.ok("GET", "/thinclients?facets=shadow").json}
        self.assertEqual(len(seen), 6)

    def test_who_may_not_shadow_gets_no_password(self):
        viewer = self.client("victor")
        for path in ("/thinclients/95", "/thinclients"):
            self.refused("GET", path + "?facets=details,shadow", None, 403, "ITG-0B005", "Access denied.", client=viewer)

    def test_values_come_through_create_and_update(self):
        body = {"mac": "00E0C6000001", "firmwareID": "2",
                "deviceAttributes": [{"identifier": "colour", "value": "red"}, {"identifier": "note", "value": ""}]}
        number = self.ok("PUT", "/thinclients", body).json["id"]
        path = "/thinclients/" + number
        read = lambda: [(a["identifier"], a["value"]) for a in
                        self.ok("GET", path + "?facets=deviceattributes").json["deviceAttributes"]]
        self.assertEqual(read(), [("colour", "red")])
        self.says("PUT", path, {"deviceAttributes": [{"identifier": "floor", "value": "-12"}]},
                  '{"message":"Update successful"}')
        self.assertEqual(read(), [("floor", "-12"), ("colour", "red")])
        for identifier, value in (("colour", "pink"), ("floor", "x"), ("bought", "2024-02-30"), ("nothing", "x"),
                                  ("note", "x" * 101)):
            self.refused("PUT", path, {"deviceAttributes": [{"identifier": identifier, "value": value}]}, 400, "ITG-0A004",
                         "Invalid request body")
        self.ok("PUT", path, {"deviceAttributes": [{"identifier": "floor", "value": ""}]})
        self.assertEqual(read(), [("colour", "red")])
        self.ok("DELETE", path + "/deletetcoffline")


if __name__ == "__main__":
    unittest.main()
