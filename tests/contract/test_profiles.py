"""Section 6: profiles and master profiles, and what they are assigned to."""

import unittest

from fleet import FLEET, PROFILES, profile
from host import BASE, ContractTest

NO_HANDLER = "No handler is mapped for this request."
BODY = "Invalid request body"
NUMBER = "Number format error"
BINNED = "Profile is in Recycling Bin."


def form(profile):
    master = profile["isMasterProfile"]
    path, tree, root = (("masterprofiles", "masterprofiledirectories", "-14") if master
                        else ("profiles", "profiledirectories", "-2"))
    parent = profile["parentID"]
    words = lambda flag: "true" if flag else "false"
    return ('{"firmwareID":"2","isMasterProfile":%s,"overridesSessions":%s,"id":"%s","name":"%s","parentID":"%s",'
            '"movedToBin":%s,"objectType":"%s","links":[{"rel":"self","href":"%s/%s/%s"},{"rel":"Parent","href":"%s"},'
            '{"rel":"Firmware","href":"%s/firmwares/2"}]}' % (
                words(master), words(profile["overridesSessions"]), profile["id"], profile["name"], parent,
                words(profile["movedToBin"]), profile["objectType"], BASE, path, profile["id"],
                "root" if parent == root else "%s/directories/%s/%s" % (BASE, tree, parent), BASE))


class Read(ContractTest):
    def test_lists(self):
        for path, kind in (("/profiles", "profile"), ("/masterprofiles", "masterprofile"), ("/masterprofile", "masterprofile")):
            wanted = [form(p) for p in sorted(PROFILES, key=lambda p: int(p["id"])) if p["objectType"] == kind]
            self.says("GET", path, None, "[" + ",".join(wanted) + "]")

    def test_each(self):
        for profile in PROFILES:
            for path in ("masterprofiles", "masterprofile") if profile["isMasterProfile"] else ("profiles",):
                self.says("GET", "/%s/%s" % (path, profile["id"]), None, form(profile))

    def test_errors(self):
        for path in ("/profiles/999", "/profiles/80001", "/masterprofiles/6585", "/profiles/27", "/profiles/20453",
                     "/profiles/-2", "/profiles/0"):
            self.refused("GET", path, None, 404, "ITG-0A020", NO_HANDLER)
        for path in ("/profiles/x", "/masterprofiles/9223372036854775808"):
            self.refused("GET", path, None, 400, "ITG-0A010", NUMBER)


class Change(ContractTest):
    FLEET = dict(FLEET, profiles=PROFILES + [profile("masterprofile", 80003, "Spare", -14)])

    def test_rename(self):
        self.says("PUT", "/profiles/68257", {"name": "New \u20ac"}, '{"message":"Update successful"}')
        self.assertEqual(self.ok("GET", "/profiles/68257").json["name"], "New \u20ac")
        self.says("PUT", "/masterprofile/80001", {"name": "M"}, '{"message":"Update successful"}')

    def test_rename_errors(self):
        for name in ("", " ", "a\nb", "x" * 256):
            self.refused("PUT", "/profiles/6585", {"name": name}, 400, "ITG-0A004", BODY)
        for body in ([], b'"x"', b"null", {"name": 1}, {"name": ["x"]}):
            self.refused("PUT", "/profiles/6585", body, 400, "ITG-0A004", BODY)
        for body in ({}, {"nonsense": "x"}):
            self.refused("PUT", "/profiles/6585", body, 400, "ITG-0A013", "No valid property in body")
        self.refused("PUT", "/profiles/999", {"name": "x"}, 404, "ITG-0A020", NO_HANDLER)
        self.refused("PUT", "/profiles/80001", {"name": "x"}, 404, "ITG-0A020", NO_HANDLER)
        self.refused("PUT", "/profiles/x", {"name": "x"}, 400, "ITG-0A010", NUMBER)
        self.refused("PUT", "/profiles/9020", {"name": "x"}, 400, "ITG-0A022", BINNED)

    def test_delete_with_its_assignments(self):
        self.says("DELETE", "/profiles/72372", None, '{"message":"Deleted profile with id 72372"}')
        self.assertNotIn("72372", [a["assignee"]["id"] for a in self.ok("GET", "/thinclients/48335/assignments/profiles").json])
        self.refused("DELETE", "/profiles/72372", None, 404, "ITG-0A020", NO_HANDLER)
        self.says("DELETE", "/masterprofiles/80002", None, '{"message":"Deleted profile with id 80002"}')

    def test_master_profiles_by_both_names(self):
        for path, name in (("/masterprofiles/80003", "One"), ("/masterprofile/80003", "Two")):
            self.says("PUT", path, {"name": name}, '{"message":"Update successful"}')
            self.assertEqual(self.ok("GET", path).json["name"], name)
        self.refused("PUT", "/masterprofile/6585", {"name": "x"}, 404, "ITG-0A020", NO_HANDLER)
        self.says("DELETE", "/masterprofile/80003", None, '{"message":"Deleted profile with id 80003"}')

    def test_delete_errors(self):
        self.refused("DELETE", "/profiles/80001", None, 404, "ITG-0A020", NO_HANDLER)
        self.refused("DELETE", "/profiles/x", None, 400, "ITG-0A010", NUMBER)

    def test_imi_cannot_create_them(self):
        for path, allowed in (("/profiles", "GET"), ("/masterprofiles", "GET")):
            answer = self.refused("PUT", path, {"name": "x"}, 400, "ITG-0A011", "Request method 'PUT' not supported")
            self.assertEqual(answer.header("Allow"), allowed)


class DeleteBinned(ContractTest):
    def test_one_in_the_recycle_bin(self):
        self.says("DELETE", "/profiles/9020", None, '{"message":"Deleted profile with id 9020"}')


def assignment(assignee, receiver, receiver_kind="tc", kind="profile"):
    return {"assignee": {"id": assignee, "type": kind}, "receiver": {"id": receiver, "type": receiver_kind}}


class Assignments(ContractTest):
    def test_direct_ones_by_receiver(self):
        self.says("GET", "/profiles/68257/assignments/thinclients", None,
                  '[{"assignee":{"id":"68257","type":"profile"},"receiver":{"id":"48335","type":"tc"},"assignmentPosition":0,'
                  '"links":[{"rel":"assigned","href":"%s/profiles/68257"},{"rel":"receiver","href":"%s/thinclients/48335"},'
                  '{"rel":"self","href":"%s/profiles/68257/assignments/thinclients/48335"}]}]' % (BASE, BASE, BASE))
        self.says("GET", "/profiles/68257/assignments/tcdirectories", None, "[]")
        self.says("GET", "/masterprofiles/80001/assignments/tcdirectories", None,
                  '[{"assignee":{"id":"80001","type":"masterprofile"},"receiver":{"id":"48170","type":"tcdirectory"},'
                  '"assignmentPosition":0,"links":[{"rel":"assigned","href":"%s/masterprofiles/80001"},'
                  '{"rel":"receiver","href":"%s/directories/tcdirectories/48170"},'
                  '{"rel":"self","href":"%s/masterprofiles/80001/assignments/tcdirectories/48170"}]}]' % (BASE, BASE, BASE))

    def test_put_and_delete(self):
        self.says("PUT", "/profiles/72372/assignments/thinclients", [assignment("72372", "23028")],
                  '{"message":"1 asssignments successfully assigned to thinclient <23028>"}')
        self.says("PUT", "/profiles/72372/assignments/thinclients", [assignment("72372", "95"), assignment(72372, 27)],
                  '{"message":"2 asssignments successfully assigned to thinclient <95,27>"}')
        self.assertEqual([(a["assignmentPosition"], a["receiver"]["id"])
                          for a in self.ok("GET", "/profiles/72372/assignments/thinclients").json],
                         [(0, "27"), (1, "95"), (2, "23028")])
        self.says("PUT", "/profiles/68257/assignments/tcdirectories", [assignment("68257", "76462", "tcdirectory")],
                  '{"message":"1 asssignments successfully assigned to thinclient directory <76462>"}')
        for path in ("/profiles/72372/assignments/thinclients/95", "/profiles/68257/assignments/tcdirectories/76462"):
            self.says("DELETE", path, None, '{"message":"deleted profile assignment"}')
            self.refused("DELETE", path, None, 400, "ITG-0A021", "Invalid ssignment")

    def test_master_profiles(self):
        for path, receiver, kind, words in (("thinclients", "23028", "tc", "thinclient"),
                                            ("tcdirectories", "77118", "tcdirectory", "thinclient directory")):
            base = "/masterprofiles/80002/assignments/" + path
            before = [a["receiver"]["id"] for a in self.ok("GET", base).json]
            self.says("PUT", base, [assignment("80002", receiver, kind, "masterprofile")],
                      '{"message":"1 asssignments successfully assigned to %s <%s>"}' % (words, receiver))
            self.refused("PUT", base, [assignment("80002", receiver, kind, "profile")], 400, "ITG-0A021", "Invalid ssignment")
            after = self.ok("GET", base).json
            self.assertEqual([a["receiver"]["id"] for a in after], sorted(before + [receiver], key=int))
            self.assertEqual({a["assignee"]["type"] for a in after}, {"masterprofile"})
            self.says("DELETE", base + "/" + receiver, None, '{"message":"deleted profile assignment"}')
            self.assertEqual([a["receiver"]["id"] for a in self.ok("GET", base).json], before)

    def test_put_errors(self):
        path = "/profiles/72372/assignments/thinclients"
        put = lambda body, code, message: self.refused("PUT", path, body, 400, code, message)
        receiver, assignee = ("ITG-0A019", "Invalid assignment receiver"), ("ITG-0A021", "Invalid ssignment")
        for bad in ("999", "48170", "6585", "-1"):
            put([assignment("72372", bad)], *receiver)
        put([assignment("72372", "48170", "tcdirectory")], *receiver)
        put([{"assignee": {"id": "72372", "type": "profile"}}], *receiver)
        for bad in ("6585", "999", "27"):
            put([assignment(bad, "27")], *assignee)
        put([assignment("72372", "27", kind="masterprofile")], *assignee)
        put([{"receiver": {"id": "27", "type": "tc"}}], *assignee)
        put([assignment("72372", "9010")], "ITG-0A018",
            "Thin client is in Recycling Bin. In order to use it, revert it first.")
        put([assignment("72372", "x")], "ITG-0A010", NUMBER)
        for body in ({}, b'"x"', 1, ["x"], [None], [[]], [{"assignee": "x", "receiver": "y"}]):
            put(body, "ITG-0A004", BODY)
        self.refused("PUT", "/profiles/72372/assignments/tcdirectories", [assignment("72372", "9001", "tcdirectory")], 400,
                     "ITG-0A017", "Target directory is in Recycling Bin. In order to use it revert it first.")
        self.refused("PUT", "/profiles/9020/assignments/thinclients", [assignment("9020", "27")], 400, "ITG-0A022", BINNED)

    def test_a_list_is_assigned_whole_or_not(self):
        self.refused("PUT", "/profiles/72372/assignments/thinclients",
                     [assignment("72372", "7117"), assignment("72372", "999")], 400, "ITG-0A019", "Invalid assignment receiver")
        before = self.host.export()
        answer = self.api.request("PUT", "/profiles/68257/assignments/thinclients",
                                  [assignment("68257", "7117"), assignment("68257", "48335")])
        self.assert_error(answer, 400, "ITG-0A008", answer.json["message"])
        self.assertEqual(self.host.export(), before)

    def test_path_errors(self):
        for path in ("/profiles/999/assignments/thinclients", "/profiles/80001/assignments/tcdirectories",
                     "/masterprofiles/6585/assignments/thinclients"):
            self.refused("GET", path, None, 404, "ITG-0A020", NO_HANDLER)
        self.refused("GET", "/profiles/6585/assignments/nonsense", None, 404, "ITG-0A020", NO_HANDLER)
        self.refused("GET", "/profiles/x/assignments/thinclients", None, 400, "ITG-0A010", NUMBER)
        self.refused("DELETE", "/profiles/6585/assignments/thinclients/x", None, 400, "ITG-0A010", NUMBER)
        self.refused("DELETE", "/profiles/6585/assignments/thinclients/95", None, 400, "ITG-0A021", "Invalid ssignment")
        for number in ("999", "48170"):
            self.refused("DELETE", "/profiles/6585/assignments/thinclients/" + number, None, 404, "ITG-0A001",
                         "Thin client with ID <%s> not found." % number)
        for number in ("999", "27"):
            self.refused("DELETE", "/profiles/6585/assignments/tcdirectories/" + number, None, 404, "ITG-0A002",
                         "No target directory with ID <%s> found." % number)
        answer = self.refused("GET", "/profiles/6585/assignments/thinclients/48335", None, 400, "ITG-0A011",
                              "Request method 'GET' not supported")
        self.assertEqual(answer.header("Allow"), "DELETE")


if __name__ == "__main__":
    unittest.main()
