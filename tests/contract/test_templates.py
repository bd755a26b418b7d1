"""Section 7: template keys, their values, and where these are assigned."""

import unittest

from fleet import FIRMWARES, directory, thinclient
from host import ContractTest

NO_HANDLER = (404, "ITG-0A020", "No handler is mapped for this request.")
NUMBER = (400, "ITG-0A010", "Number format error")
BODY = (400, "ITG-0A004", "Invalid request body")


class Templates(ContractTest):
    FLEET = {
        "firmwares": FIRMWARES,
        "directories": [directory("tcdirectory", 954, "Site", -1), directory("tcdirectory", 955, "Gone", -1, True)],
        "thinclients": [thinclient(2650, "00E0C5002650", 954), thinclient(2651, "00E0C5002651", in_bin=True)],
        "templates": [
            {"id": "2637", "name": "tk", "type": "StringType", "values": [{"id": "2638", "value": "value1"}]},
            {"id": "2643", "name": "port", "type": "IntegerType",
             "values": [{"id": "2642", "value": "7", "description": "seven"}, {"id": "2641", "value": "-1"}]},
        ],
    }

    def key(self, **body):
        answer = self.ok("PUT", "/template", body)
        return answer, answer.json["id"]

    def test_create_a_key(self):
        answer, number = self.key(name="tk2", type="StringType", parentID="2643")
        self.assertEqual(answer.body.decode(), '{"id":"%s","name":"tk2","parentID":"2643",'
                         '"message":"Template key successfully created."}' % number)
        self.assertRegex(number, r"^\d+$")

    def test_parents_as_numbers_or_none(self):
        for parent, shown in ((2643, "2643"), (None, "-15"), ("", "-15")):
            answer, number = self.key(name="t \u20ac", type="FloatType", parentID=parent)
            self.assertEqual(answer.body.decode(), '{"id":"%s","name":"t \u20ac","parentID":"%s",'
                             '"message":"Template key successfully created."}' % (number, shown))

    def test_create_a_value(self):
        _, key = self.key(name="k", type="StringType")
        answer = self.ok("PUT", "/template/%s/value" % key,
                         {"value": "new value", "description": "d", "type": "StringType"})
        number = answer.json["id"]
        self.assertEqual(answer.body.decode(), '{"id":"%s","value":"new value",'
                         '"message":"Template value successfully created."}' % number)
        self.says("GET", "/template/%s/read" % key, None,
                  '[{"id":%s,"value":"new value","name":"k","parentId":%s,"description":"d","type":"StringType"}]'
                  % (number, key))

    def test_values_of_each_type(self):
        for kind, good, bad in (("IntegerType", ("0", "-12"), ("1.5", "x", "", "9223372036854775808")),
                                ("FloatType", ("1.5", "-2e3", "7"), ("x", "1.", "nan")),
                                ("BooleanType", ("true", "false"), ("TRUE", "1", "yes"))):
            _, key = self.key(name="k", type=kind)
            for value in good:
                self.ok("PUT", "/template/%s/value" % key, {"value": value, "description": "", "type": kind})
            for value in bad:
                self.refused("PUT", "/template/%s/value" % key, {"value": value, "type": kind}, *BODY)
            self.refused("PUT", "/template/%s/value" % key, {"value": good[0], "type": "StringType"}, *BODY)
            read = self.ok("GET", "/template/%s/read" % key).json
            self.assertEqual([(row["value"], row["type"]) for row in read], [(value, kind) for value in good])

    def test_read(self):
        self.says("GET", "/template/2637/read", None,
                  '[{"id":2638,"value":"value1","name":"tk","parentId":2637,"description":"","type":"StringType"}]')
        self.says("GET", "/template/2643/read", None,
                  '[{"id":2641,"value":"-1","name":"port","parentId":2643,"description":"","type":"IntegerType"},'
                  '{"id":2642,"value":"7","name":"port","parentId":2643,"description":"seven","type":"IntegerType"}]')

    def test_read_of_a_key_without_values(self):
        self.says("GET", "/template/%s/read" % self.key(name="k", type="BooleanType")[1], None, "[]")

    def test_assign_to_a_thin_client(self):
        wanted = '{"message":"Template value successfully assigned to device."}'
        self.says("PUT", "/template/assign/tc", {"tcId": 2650, "template": [{"templateId": 2637, "valueId": 2638}]}, wanted)
        self.says("PUT", "/template/assign/tc", {"tcId": "2650", "template": [{"templateId": "2643", "valueId": "2642"}]},
                  wanted)

    def test_assign_to_a_directory(self):
        self.says("PUT", "/template/assign/dir", {"dirId": 954, "template": [{"templateId": 2637, "valueId": 2638},
                                                                            {"templateId": 2643, "valueId": 2641}]},
                  '{"message":"Template value successfully assigned to device directory."}')

    def test_errors_of_keys_and_values(self):
        for body in ({}, [], {"name": "k"}, {"type": "StringType"}, {"name": "k", "type": "DateType"},
                     {"name": "", "type": "StringType"}, {"name": 7, "type": "StringType"}):
            self.refused("PUT", "/template", body, *BODY)
        self.refused("PUT", "/template", {"name": "k", "type": "StringType", "parentID": "x"}, *NUMBER)
        self.refused("PUT", "/template", {"name": "k", "type": "StringType", "parentID": 2638}, 400, "ITG-0A016",
                     "Parent with ID <2638> does not exist.")
        for number in ("1", "0", "-15", "2638", "2650"):
            self.refused("GET", "/template/%s/read" % number, None, *NO_HANDLER)
            self.refused("PUT", "/template/%s/value" % number, {"value": "v", "type": "StringType"}, *NO_HANDLER)
        self.refused("GET", "/template/x/read", None, *NUMBER)
        self.refused("PUT", "/template/x/value", {"value": "v"}, *NUMBER)
        for body in ({}, [], {"value": None}, {"value": ["v"]}, {"value": "v", "type": "NoType"}):
            self.refused("PUT", "/template/2637/value", body, *BODY)
        for method, path, allowed in (("GET", "/template", "PUT"), ("DELETE", "/template/2637/value", "PUT"),
                                      ("PUT", "/template/2637/read", "GET"), ("GET", "/template/assign/tc", "PUT")):
            answer = self.refused(method, path, None, 400, "ITG-0A011", "Request method '%s' not supported" % method)
            self.assertEqual(answer.header("Allow"), allowed)

    def test_errors_of_assignments(self):
        pair = {"templateId": 2637, "valueId": 2638}
        for body in ({}, [], {"tcId": 2650}, {"template": [pair]}, {"tcId": 2650, "template": pair},
                     {"tcId": 2650, "template": [{"templateId": 2637}]}, {"tcId": 2650, "template": [2637]}):
            self.refused("PUT", "/template/assign/tc", body, *BODY)
        self.refused("PUT", "/template/assign/tc", {"tcId": "x", "template": [pair]}, *NUMBER)
        self.refused("PUT", "/template/assign/tc", {"tcId": 99, "template": [pair]}, 404, "ITG-0A001",
                     "Thin client with ID <99> not found.")
        self.refused("PUT", "/template/assign/tc", {"tcId": 2651, "template": [pair]}, 400, "ITG-0A018",
                     "Thin client is in Recycling Bin. In order to use it, revert it first.")
        self.refused("PUT", "/template/assign/dir", {"dirId": 99, "template": [pair]}, 404, "ITG-0A002",
                     "No target directory with ID <99> found.")
        self.refused("PUT", "/template/assign/dir", {"dirId": 955, "template": [pair]}, 400, "ITG-0A017",
                     "Target directory is in Recycling Bin. In order to use it revert it first.")
        for wrong in ({"templateId": 99, "valueId": 2638}, {"templateId": 2637, "valueId": 2642}):
            self.refused("PUT", "/template/assign/tc", {"tcId": 2650, "template": [pair, wrong]}, *BODY)

    def test_writers_only(self):
        viewer = self.client("victor")
        self.refused("PUT", "/template", {"name": "k", "type": "StringType"}, 403, "ITG-0B005", "Access denied.", client=viewer)
        self.refused("PUT", "/template/assign/dir", {"dirId": 954, "template": []}, 403, "ITG-0B005", "Access denied.",
                     client=viewer)


if __name__ == "__main__":
    unittest.main()
