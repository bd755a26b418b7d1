"""Section 4.1, 4.2 and 4.4: making, changing, deleting and reading thin clients; what is assigned to them."""

import json
import unittest

from fleet import FULL, THINCLIENTS
from host import BASE, ContractTest

NAME = "Invalid thin client name"
BIN = "Thin client is in Recycling Bin. In order to use it, revert it first."
DIR_BIN = "Target directory is in Recycling Bin. In order to use it revert it first."
BODY = "Invalid request body"
NUMBER = "Number format error"


def not_found(number):
    return "Thin client with ID <%s> not found." % number


class Create(ContractTest):
    count = 0

    def mac(self):
        Create.count += 1
        return "00E0C6%06X" % Create.count

    def create(self, **more):
        body = {"mac": self.mac(), "firmwareID": "2"}
        body.update(more)
        return self.ok("PUT", "/thinclients", body)

    def read(self, number):
        return self.ok("GET", "/thinclients/%s?facets=details" % number).json

    def test_answer_letter_for_letter(self):
        answer = self.create(name="My Name")
        number = answer.json["id"]
        self.assertEqual(answer.body.decode(), '{"message":"Thin client successfully inserted.","id":"%s","name":"My Name",'
                         '"parentID":"-1"}' % number)
        self.assertRegex(number, r"^\d+$")

    def test_defaults(self):
        mac = self.mac()
        answer = self.ok("PUT", "/thinclients", {"mac": mac.lower(), "firmwareID": 2}).json
        self.assertEqual((answer["name"], answer["parentID"]), ("ITC" + mac, "-1"))
        tc = self.read(answer["id"])
        self.assertEqual((tc["mac"], tc["unitID"], tc["firmwareID"]), (mac, mac, "2"))

    def test_ids_rise_and_are_not_reused(self):
        one = int(self.create().json["id"])
        self.ok("DELETE", "/thinclients/%d/deletetcoffline" % one)
        self.assertEqual(int(self.create().json["id"]), one + 1)

    def test_every_optional_property(self):
        values = {"name": "N", "parentID": "48170", "site": "s", "department": "d", "costCenter": "c", "lastIP": "127.0.0.9",
                  "comment": "co", "assetID": "a", "inserviceDate": "i", "serialNumber": "sn", "unitID": "unit-1"}
        tc = self.read(self.create(**values).json["id"])
        self.assertEqual({key: tc[key] for key in values}, values)

    def test_ids_as_numbers(self):
        self.assertEqual(self.create(parentID=48170, firmwareID=6).json["parentID"], "48170")

    def test_empty_and_null_mean_unset(self):
        answer = self.create(name="", parentID=None, site="", unitID="", comment=None).json
        self.assertEqual(answer["parentID"], "-1")
        self.assertTrue(answer["name"].startswith("ITC00E0C6"))

    def test_hostile_names_survive(self):
        for name in ("O'Brien \"x\" \\", "'); DROP TABLE object; --", "%s%n%x", "Zürich 東京 \U0001f5a5", "</script>", "a\u2028b",
                     "x" * 255, "ä" * 255):
            number = self.create(name=name, comment=name).json["id"]
            tc = self.read(number)
            self.assertEqual((tc["name"], tc["comment"]), (name, name))
            answer = self.ok("GET", "/thinclients/" + number)
            self.assertIn(json.dumps(name, ensure_ascii=False).encode(), answer.body)

    def test_mac(self):
        put = lambda mac, *error: self.refused("PUT", "/thinclients", {"mac": mac, "firmwareID": "2"}, 400, *error)
        self.refused("PUT", "/thinclients", {"firmwareID": "2"}, 400, "ITG-0A007", "No MAC defined.")
        put("", "ITG-0A007", "No MAC defined.")
        put(None, "ITG-0A007", "No MAC defined.")
        for mac in ("00E0C514325", "00E0C514325BB", "00:E0:C5:14:32:5B", "00-E0-C5-14-32-5B"):
            put(mac, "ITG-0A014", "MAC must be 12 characters long.")
        for mac in ("00E0C514325G", "00E0C514 25B", "+0E0C514325B"):
            put(mac, "ITG-0A010", NUMBER)
        for mac in (123456789012, True, ["00E0C514325C"], {}):
            put(mac, "ITG-0A004", BODY)

    def test_duplicate_mac_and_unit_id(self):
        for body in ({"mac": "00E0C514325B", "firmwareID": "2"}, {"mac": "00e0c514325b", "firmwareID": "2"},
                     {"mac": self.mac(), "firmwareID": "2", "unitID": "00E0C514325B"}):
            before = self.host.export()
            answer = self.api.request("PUT", "/thinclients", body)
            self.assertRegex(answer.json["message"], "^[^:]+: The statement was aborted because it would have caused a "
                             "duplicate key value in a unique or primary key constraint or unique index identified by "
                             "'[^']+' defined on '[^']+'\\.$")
            self.assert_error(answer, 400, "ITG-0A008", answer.json["message"])
            self.assertEqual(self.host.export(), before)

    def test_firmware(self):
        put = lambda body, *error: self.refused("PUT", "/thinclients", dict(body, mac="00E0C6FFFFFF"), 400, *error)
        put({}, "ITG-0A009", "No firmware defined.")
        put({"firmwareID": ""}, "ITG-0A009", "No firmware defined.")
        put({"firmwareID": None}, "ITG-0A009", "No firmware defined.")
        put({"firmwareID": "99"}, "ITG-0A015", "Firmware with ID <99> does not exist.")
        put({"firmwareID": 99}, "ITG-0A015", "Firmware with ID <99> does not exist.")
        for number in ("x", "2x", " 2", "2.0", "9223372036854775808", "9" * 100):
            put({"firmwareID": number}, "ITG-0A010", NUMBER)

    def test_parent(self):
        put = lambda parent, *error: self.refused("PUT", "/thinclients",
                                                  {"mac": "00E0C6FFFFFF", "firmwareID": "2", "parentID": parent}, 400, *error)
        for parent in ("99", "-2", "-14", "20453", "30001", "27", "6585", "0"):
            put(parent, "ITG-0A016", "Parent with ID <%s> does not exist." % parent)
        for parent in ("x", "1 ", "9223372036854775808"):
            put(parent, "ITG-0A010", NUMBER)
        for parent in ("9001", "9002"):
            put(parent, "ITG-0A017", DIR_BIN)

    def test_names(self):
        for name in (" ", "\t", "\u00a0", "a\nb", "a\u0001b", "a\u007f", "\u0085x", "x" * 256, "ä" * 256):
            self.refused("PUT", "/thinclients", {"mac": "00E0C6FFFFFF", "firmwareID": "2", "name": name}, 400, "ITG-0A024",
                         NAME)

    def test_nul_in_a_name(self):
        """C's texts cannot hold it: it may be refused as JSON or as a name."""
        before = self.host.export()
        answer = self.api.request("PUT", "/thinclients", {"mac": "00E0C6FFFFFF", "firmwareID": "2", "name": "a\0b"})
        self.assertIn((answer.status, answer.json["errorCode"]), ((415, "ITG-0A005"), (400, "ITG-0A024")))
        self.assertEqual(self.host.export(), before)

    def test_wrong_types(self):
        for key in ("name", "site", "department", "costCenter", "lastIP", "comment", "assetID", "inserviceDate",
                    "serialNumber", "unitID", "parentID", "firmwareID"):
            for value in (True, [], {}, ["x"], 1.5):
                body = {"mac": "00E0C6FFFFFF", "firmwareID": "2", key: value}
                with self.subTest(key=key, value=value):
                    before = self.host.export()
                    answer = self.api.request("PUT", "/thinclients", body)
                    self.assertEqual(answer.status, 400)
                    self.assertIn(answer.json["errorCode"], ("ITG-0A004", "ITG-0A010"))
                    self.assertEqual(self.host.export(), before)


class Update(ContractTest):
    def test_each_property(self):
        for key in ("name", "site", "department", "costCenter", "lastIP", "comment", "assetID", "inserviceDate",
                    "serialNumber"):
            self.says("PUT", "/thinclients/7121", {key: "new " + key}, '{"message":"Update successful"}')
            self.assertEqual(self.ok("GET", "/thinclients/7121?facets=details").json[key], "new " + key)

    def test_null_leaves_alone_and_empty_clears(self):
        self.ok("PUT", "/thinclients/23028", {"site": "s", "department": "d"})
        self.ok("PUT", "/thinclients/23028", {"site": None, "department": ""})
        tc = self.ok("GET", "/thinclients/23028?facets=details").json
        self.assertEqual((tc["site"], tc["department"]), ("s", ""))

    def test_what_cannot_be_updated_is_no_valid_property(self):
        message = "No valid property in body"
        for body in ({}, {"mac": "00E0C6FFFFFF"}, {"unitID": "x"}, {"firmwareID": "2"}, {"parentID": "48170"},
                     {"nonsense": "x"}):
            self.refused("PUT", "/thinclients/27", body, 400, "ITG-0A013", message)

    def test_errors(self):
        self.refused("PUT", "/thinclients/999", {"site": "x"}, 404, "ITG-0A001", not_found(999))
        self.refused("PUT", "/thinclients/48170", {"site": "x"}, 404, "ITG-0A001", not_found(48170))
        self.refused("PUT", "/thinclients/abc", {"site": "x"}, 400, "ITG-0A010", NUMBER)
        self.refused("PUT", "/thinclients/9010", {"site": "x"}, 400, "ITG-0A018", BIN)
        self.refused("PUT", "/thinclients/9003", {"site": "x"}, 400, "ITG-0A018", BIN)
        for name in (" ", "a\nb", "x" * 256):
            self.refused("PUT", "/thinclients/27", {"site": "x", "name": name}, 400, "ITG-0A024", NAME)
        for body in ([], b'"x"', 1, b"null", [{"site": "x"}]):
            self.refused("PUT", "/thinclients/27", body, 400, "ITG-0A004", BODY)
        self.refused("PUT", "/thinclients/27", {"site": 1}, 400, "ITG-0A004", BODY)
        self.refused("PUT", "/thinclients/27", {"site": "x" * 4001}, 400, "ITG-0A004", BODY)


class Delete(ContractTest):
    def test_offline_deletion(self):
        self.says("DELETE", "/thinclients/27/deletetcoffline", None, '{"message":"Offline deletion successful"}')
        self.refused("GET", "/thinclients/27", None, 404, "ITG-0A001", not_found(27))
        self.says("DELETE", "/thinclients/9010/deletetcoffline", None, '{"message":"Offline deletion successful"}')

    def test_takes_assignments_along(self):
        self.ok("DELETE", "/thinclients/48335/deletetcoffline")
        self.assertEqual(self.ok("GET", "/profiles/68257/assignments/thinclients").json, [])

    def test_delete_of_one_that_is_offline_deletes_nothing(self):
        before = self.host.export()
        answer = self.ok("DELETE", "/thinclients/72014")
        result = answer.json["CommandExecList"][0]
        self.assertEqual(list(answer.json), ["CommandExecList"])
        self.assertEqual(list(result), ["execID", "mac", "message", "exectime", "state"])
        self.assertEqual((result["mac"], result["state"]), ("00E0C561EEED", "FAILED"))
        self.assertIsInstance(result["exectime"], int)
        self.assertEqual(self.host.export(), before)

    def test_errors(self):
        for path in ("/thinclients/999", "/thinclients/999/deletetcoffline"):
            self.refused("DELETE", path, None, 404, "ITG-0A001", not_found(999))
        for path in ("/thinclients/x", "/thinclients/x/deletetcoffline"):
            self.refused("DELETE", path, None, 400, "ITG-0A010", NUMBER)
        self.refused("DELETE", "/thinclients/48170/deletetcoffline", None, 404, "ITG-0A001", not_found(48170))


SHORT_95 = ('{"unitID":"00E0C514325B","mac":"00E0C514325B","firmwareID":"6","lastIP":"172.30.92.26","lastUser":"","batteryLevel":0,'
            '"id":"95","name":"ITC00E0C514325B","parentID":"-1","movedToBin":false,"objectType":"tc","links":[]}')
SHORT_KEYS = ["unitID", "mac", "firmwareID", "lastIP", "lastUser", "batteryLevel", "id", "name", "parentID", "movedToBin",
              "objectType", "links"]
UNKNOWN = ('"networkName":"","site":"","department":"","costCenter":"","comment":"","assetID":"","inserviceDate":"",'
           '"serialNumber":"","productId":"","umsStructuralTag":"","cpuSpeed":0,"cpuType":"","deviceType":"",'
           '"deviceSerialNumber":"","osType":"","flashSize":0,"memorySize":0,"networkSpeed":0,"duplexMode":"",'
           '"graphicsChipset0":"","graphicsMemorySize0":0,"graphicsChipset1":"","graphicsMemorySize1":0,'
           '"monitorVendor1":"","monitorModel1":"","monitorSerialnumber1":"","monitorSize1":0,'
           '"monitorNativeResolution1":"","monitor1YearOfManufacture":"","monitor1WeekOfManufacture":"",'
           '"monitorVendor2":"","monitorModel2":"","monitorSerialnumber2":"","monitorSize2":0,'
           '"monitorNativeResolution2":"","monitor2YearOfManufacture":"","monitor2WeekOfManufacture":"",'
           '"biosVendor":"","biosVersion":"","biosDate":"","totalUsagetime":"-1","totalUptime":"-1","lastBoottime":"",'
           '"lastContact":"","configChanges":"","registrationDate":"","isThinClientRegistered":false,'
           '"isConnectedViaReverseProxy":false')


class Read(ContractTest):
    def test_short_form_letter_for_letter(self):
        for query in ("", "?facets=short", "?facets="):
            self.says("GET", "/thinclients/95" + query, None, SHORT_95)

    def test_list_is_a_bare_array_by_id_with_binned_ones(self):
        for query in ("", "?facets=short"):
            answer = self.ok("GET", "/thinclients" + query)
            self.assertEqual([tc["id"] for tc in answer.json], sorted((tc["id"] for tc in THINCLIENTS), key=int))
            self.assertEqual([tc["id"] for tc in answer.json if tc["movedToBin"]], ["9003", "9010"])
            self.assertIn(SHORT_95.encode(), answer.body)
            self.assertTrue(answer.body.startswith(b'[{"unitID":"00E0C5000027",') and answer.body.endswith(b'"links":[]}]'))
            for tc in answer.json:
                self.assertEqual(list(tc), SHORT_KEYS)

    def test_details_of_one_of_which_nothing_is_known(self):
        number = self.ok("PUT", "/thinclients", {"mac": "00E0C6000001", "firmwareID": "2"}).json["id"]
        head = '{"unitID":"00E0C6000001","mac":"00E0C6000001","firmwareID":"2","lastIP":"",'
        tail = '"id":"%s","name":"ITC00E0C6000001","parentID":"-1","movedToBin":false,"objectType":"tc","links":[]}' % number
        self.says("GET", "/thinclients/%s?facets=details" % number, None,
                  head + UNKNOWN + ',"lastUser":"","batteryLevel":-1,' + tail)
        self.says("GET", "/thinclients/%s" % number, None, head + '"lastUser":"","batteryLevel":0,' + tail)
        self.ok("DELETE", "/thinclients/%s/deletetcoffline" % number)

    def test_details_with_every_property(self):
        text = json.dumps(dict(FULL, objectType="tc", links=[]), ensure_ascii=False, separators=(",", ":"))
        self.says("GET", "/thinclients/96?facets=details", None, text)
        self.assertIn(text.encode(), self.ok("GET", "/thinclients?facets=details").body)

    def test_online(self):
        self.says("GET", "/thinclients/95?facets=online", None,
                  SHORT_95.replace('"lastUser"', '"online":false,"lastUser"'))
        self.assertEqual([tc["online"] for tc in self.ok("GET", "/thinclients?facets=online").json],
                         [False] * len(THINCLIENTS))

    def test_facets_add_up(self):
        for facets in ("details,online", "online,details", "short,details,online", "details%2Conline"):
            tc = self.ok("GET", "/thinclients/95?facets=" + facets).json
            self.assertEqual((tc["online"], tc["site"]), (False, ""))

    def test_unknown_facet(self):
        for facets in ("nonsense", "details,nonsense", "children", "DETAILS", "details;online"):
            self.refused("GET", "/thinclients?facets=" + facets, None, 404, "ITG-0A020", "No handler is mapped for this request.")

    def test_errors(self):
        for number in ("999", "0", "-1", "48170", "68257", "9223372036854775807", "-9223372036854775808"):
            self.refused("GET", "/thinclients/" + number, None, 404, "ITG-0A001", not_found(number))
        for number in ("abc", "27x", "9223372036854775808", "1.5", "1e3", "0x1b", "%20", "%00", "27%00", "٣"):
            path = "/thinclients/" + (number if number.isascii() else "%D9%A3")
            self.refused("GET", path, None, 400, "ITG-0A010", NUMBER)


def position(assignee, kind, receiver, receiver_path, receiver_kind, number):
    path = "profiles" if kind == "profile" else "masterprofiles"
    return ('{"assignee":{"id":"%s","type":"%s"},"receiver":{"id":"%s","type":"%s"},"assignmentPosition":%d,'
            '"links":[{"rel":"assigned","href":"%s/%s/%s"},{"rel":"receiver","href":"%s/%s/%s"},'
            '{"rel":"self","href":"%s/%s/%s/assignments/%s/%s"}]}' % (
                assignee, kind, receiver, receiver_kind, number, BASE, path, assignee, BASE,
                receiver_path if receiver_kind == "tc" else "directories/" + receiver_path, receiver,
                BASE, path, assignee, receiver_path, receiver))


def assignment(assignee, receiver, kind="profile", receiver_kind="tc"):
    return {"assignee": {"id": assignee, "type": kind}, "receiver": {"id": receiver, "type": receiver_kind}}


class Assignments(ContractTest):
    PATH = "/thinclients/48335/assignments/profiles"

    def test_order_and_form(self):
        self.says("GET", self.PATH, None, "[" + ",".join([
            position("6585", "profile", "48335", "thinclients", "tc", 0),
            position("68257", "profile", "48335", "thinclients", "tc", 1),
            position("72372", "profile", "76462", "tcdirectories", "tcdirectory", 2),
            position("6585", "profile", "48170", "tcdirectories", "tcdirectory", 3),
            position("80002", "masterprofile", "48335", "thinclients", "tc", 4),
            position("80001", "masterprofile", "48170", "tcdirectories", "tcdirectory", 5)]) + "]")

    def test_none(self):
        self.says("GET", "/thinclients/95/assignments/profiles", None, "[]")

    def test_put(self):
        self.says("PUT", "/thinclients/23028/assignments/profiles", [assignment("68257", "23028")],
                  '{"message":"1 asssignments successfully assigned to thinclient <23028>"}')
        self.says("PUT", "/thinclients/23028/assignments/profiles",
                  [assignment(6585, 23028), assignment("80001", "23028", "masterprofile")],
                  '{"message":"2 asssignments successfully assigned to thinclient <23028>"}')
        self.assertEqual([a["assignee"]["id"] for a in self.ok("GET", "/thinclients/23028/assignments/profiles").json],
                         ["6585", "68257", "80001"])

    def put(self, body, code, message):
        self.refused("PUT", self.PATH, body, 400, code, message)

    def test_put_twice_keeps_nothing(self):
        before = self.host.export()
        answer = self.api.request("PUT", self.PATH, [assignment("72372", "48335"), assignment("68257", "48335")])
        self.assert_error(answer, 400, "ITG-0A008", answer.json["message"])
        self.assertIn("The statement was aborted because it would have caused a duplicate key value", answer.json["message"])
        self.assertEqual(self.host.export(), before)

    def test_put_errors(self):
        receiver, assignee = ("ITG-0A019", "Invalid assignment receiver"), ("ITG-0A021", "Invalid ssignment")
        for bad in ("95", "999", "48170"):
            self.put([assignment("72372", bad)], *receiver)
        self.put([assignment("72372", "48335", receiver_kind="tcdirectory")], *receiver)
        self.put([assignment("72372", "48335", receiver_kind="nonsense")], *receiver)
        for bad in ("999", "27", "48170", "80001"):
            self.put([assignment(bad, "48335")], *assignee)
        self.put([assignment("72372", "48335", kind="masterprofile")], *assignee)
        self.put([assignment("72372", "48335", kind="tc")], *assignee)
        self.put([assignment("9020", "48335")], "ITG-0A022", "Profile is in Recycling Bin.")
        self.put([{"receiver": {"id": "48335", "type": "tc"}}], *assignee)
        self.put([{"assignee": {"id": "72372", "type": "profile"}}], *receiver)
        self.put([assignment("x", "48335")], "ITG-0A010", NUMBER)
        self.put([assignment("72372", "x")], "ITG-0A010", NUMBER)
        for body in ({}, b'"x"', 1, ["x"], [[]], [1], [None]):
            self.put(body, "ITG-0A004", BODY)

    def test_path_errors(self):
        self.refused("GET", "/thinclients/999/assignments/profiles", None, 404, "ITG-0A001", not_found(999))
        self.refused("PUT", "/thinclients/999/assignments/profiles", [assignment("6585", "999")], 404, "ITG-0A001",
                     not_found(999))
        self.refused("GET", "/thinclients/x/assignments/profiles", None, 400, "ITG-0A010", NUMBER)
        self.refused("PUT", "/thinclients/9010/assignments/profiles", [assignment("6585", "9010")], 400, "ITG-0A018", BIN)


if __name__ == "__main__":
    unittest.main()
