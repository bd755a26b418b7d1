"""Section 5: the three trees of directories."""

import unittest

from fleet import DIRECTORIES
from host import BASE, ContractTest

TREES = {"tcdirectories": ("tcdirectory", "-1"), "profiledirectories": ("profiledirectory", "-2"),
         "masterprofiledirectories": ("masterprofiledirectory", "-14")}
BIN = "Target directory is in Recycling Bin. In order to use it revert it first."
BODY = "Invalid request body"
NUMBER = "Number format error"
NO_HANDLER = "No handler is mapped for this request."


def not_found(number):
    return "No target directory with ID <%s> found." % number


def form(tree, number, name, parent, in_bin="false", children=None):
    """A directory as it goes over the wire."""
    kind, root = TREES[tree]
    here = "%s/directories/%s/" % (BASE, tree)
    return '{%s"id":"%s","name":"%s","parentID":"%s","movedToBin":%s,"objectType":"%s","links":[%s]}' % (
        "" if children is None else '"DirectoryChildren":[%s],' % ",".join(children), number, name, parent, in_bin, kind,
        '{"rel":"self","href":"%s%s"},{"rel":"Parent","href":"%s"}' % (here, number,
                                                                       "root" if parent == root else here + parent))


def child(kind, path, number):
    return '{"objectType":"%s","id":"%s","link":{"rel":"%s","href":"%s/%s/%s"}}' % (kind, number, kind, BASE, path, number)


class Read(ContractTest):
    def test_each_tree_is_a_flat_array_by_id(self):
        for tree, (kind, _) in TREES.items():
            wanted = [form(tree, d["id"], d["name"], d["parentID"], "true" if d["movedToBin"] else "false")
                      for d in DIRECTORIES if d["objectType"] == kind]
            self.says("GET", "/directories/" + tree, None, "[" + ",".join(wanted) + "]")

    def test_one(self):
        self.says("GET", "/directories/tcdirectories/76462", None, form("tcdirectories", "76462", "Sales", "48170"))
        self.says("GET", "/directories/tcdirectories/48170", None, form("tcdirectories", "48170", "Bremen", "-1"))
        self.says("GET", "/directories/profiledirectories/20453", None, form("profiledirectories", "20453", "Office", "-2"))
        self.says("GET", "/directories/masterprofiledirectories/30001", None,
                  form("masterprofiledirectories", "30001", "All sites", "-14"))

    def test_children_of_one(self):
        self.says("GET", "/directories/tcdirectories/48170?facets=children", None, form(
            "tcdirectories", "48170", "Bremen", "-1", children=[
                child("tcdirectory", "directories/tcdirectories", "48171"),
                child("tcdirectory", "directories/tcdirectories", "76462")]))
        self.says("GET", "/directories/tcdirectories/77118?facets=children", None, form(
            "tcdirectories", "77118", "Warehouse", "-1", children=[
                child("tc", "thinclients", "7117"), child("tc", "thinclients", "72014")]))
        self.says("GET", "/directories/profiledirectories/20453?facets=children", None, form(
            "profiledirectories", "20453", "Office", "-2", children=[
                child("profile", "profiles", "6585"), child("profile", "profiles", "68257"),
                child("profile", "profiles", "72372")]))
        self.says("GET", "/directories/masterprofiledirectories/30001?facets=children", None, form(
            "masterprofiledirectories", "30001", "All sites", "-14", children=[
                child("masterprofile", "masterprofiles", "80001")]))

    def test_children_of_an_empty_and_of_a_binned_one(self):
        self.says("GET", "/directories/tcdirectories/48171?facets=children", None,
                  form("tcdirectories", "48171", "Empty", "48170", children=[]))
        self.says("GET", "/directories/tcdirectories/9001?facets=children", None,
                  form("tcdirectories", "9001", "Gone", "-1", "true"))

    def test_children_of_all(self):
        for tree, (kind, _) in TREES.items():
            for directory in self.ok("GET", "/directories/%s?facets=children" % tree).json:
                alone = self.ok("GET", "/directories/%s/%s?facets=children" % (tree, directory["id"])).json
                self.assertEqual(directory, alone)
                self.assertEqual("DirectoryChildren" in directory, not directory["movedToBin"])

    def test_children_of_a_root(self):
        root = self.ok("GET", "/directories/tcdirectories/-1?facets=children").json
        self.assertEqual(root["id"], "-1")
        self.assertEqual([c["objectType"] + c["id"] for c in root["DirectoryChildren"]],
                         ["tcdirectory9001", "tcdirectory48170", "tcdirectory77118", "tc27", "tc95", "tc96", "tc7121",
                          "tc9010", "tc23028"])
        self.assertEqual([c["id"] for c in self.ok("GET", "/directories/profiledirectories/-2?facets=children")
                          .json["DirectoryChildren"]], ["20453", "20454", "9020"])
        self.assertEqual([c["id"] for c in self.ok("GET", "/directories/masterprofiledirectories/-14?facets=children")
                          .json["DirectoryChildren"]], ["30001", "80002"])

    def test_links_use_the_host_header(self):
        answer = self.ok("GET", "/directories/tcdirectories/48170", headers=[("Host", "other:1")])
        self.assertEqual(answer.json["links"][0]["href"], "https://other:1/umsapi/v3/directories/tcdirectories/48170")

    def test_errors(self):
        for number in ("999", "0", "27", "20453", "-2", "-14", "-3", "9223372036854775807"):
            self.refused("GET", "/directories/tcdirectories/" + number, None, 404, "ITG-0A002", not_found(number))
        for number in ("x", "9223372036854775808", "48170x"):
            self.refused("GET", "/directories/tcdirectories/" + number, None, 400, "ITG-0A010", NUMBER)
        self.refused("GET", "/directories/profiledirectories/48170", None, 404, "ITG-0A002", not_found(48170))
        for path in ("/directories", "/directories/nonsense", "/directories/nonsense/1", "/directories/TCDIRECTORIES",
                     "/directories/tcdirectories?facets=details", "/directories/tcdirectories/48170?facets=nonsense"):
            self.refused("GET", path, None, 404, "ITG-0A020", NO_HANDLER)


class Change(ContractTest):
    def test_create(self):
        for tree, (kind, root) in TREES.items():
            answer = self.ok("PUT", "/directories/" + tree, {"name": "Test"})
            number = answer.json["id"]
            self.assertEqual(answer.body.decode(), '{"message":"Directory successfully inserted.","id":"%s","name":"Test",'
                             '"parentID":"%s"}' % (number, root))
            self.says("GET", "/directories/%s/%s" % (tree, number), None, form(tree, number, "Test", root))
            for parent in (number, int(number)):
                below = self.ok("PUT", "/directories/" + tree, {"name": "Below", "parentID": parent}).json
                self.assertEqual(below["parentID"], number)

    def test_create_errors(self):
        put = lambda body, *error: self.refused("PUT", "/directories/tcdirectories", body, *error)
        for name in ("", " ", "a\nb", "x" * 256):
            put({"name": name}, 400, "ITG-0A004", BODY)
        for body in ({}, [], b'"x"', b"null", {"name": 1}, {"name": None}, {"name": ["x"]}, {"parentID": "-1"}):
            put(body, 400, "ITG-0A004", BODY)
        for parent in ("99", "27", "20453", "-2"):
            put({"name": "x", "parentID": parent}, 400, "ITG-0A016", "Parent with ID <%s> does not exist." % parent)
        put({"name": "x", "parentID": "x"}, 400, "ITG-0A010", NUMBER)
        put({"name": "x", "parentID": 9223372036854775808}, 400, "ITG-0A010", NUMBER)
        for parent in ("9001", "9002"):
            put({"name": "x", "parentID": parent}, 400, "ITG-0A017", BIN)

    def test_trees_have_a_limit_of_depth(self):
        parent = "-1"
        for _ in range(100):
            answer = self.api.request("PUT", "/directories/tcdirectories", {"name": "deep", "parentID": parent})
            if answer.status != 200:
                break
            parent = answer.json["id"]
        self.refused("PUT", "/directories/tcdirectories", {"name": "deep", "parentID": parent}, 400, "ITG-0A016",
                     "Parent with ID <%s> does not exist." % parent)

    def test_rename(self):
        self.says("PUT", "/directories/tcdirectories/48171", {"name": "N \"ew\""},
                  '{"message":"Updated directory successfully."}')
        self.assertEqual(self.ok("GET", "/directories/tcdirectories/48171").json["name"], 'N "ew"')
        for name in ("", " ", "a\tb", "ä" * 256):
            self.refused("PUT", "/directories/tcdirectories/48171", {"name": name}, 400, "ITG-0A004", BODY)
        self.refused("PUT", "/directories/tcdirectories/48171", [], 400, "ITG-0A004", BODY)
        self.refused("PUT", "/directories/tcdirectories/999", {"name": "x"}, 404, "ITG-0A002", not_found(999))
        self.refused("PUT", "/directories/tcdirectories/20453", {"name": "x"}, 404, "ITG-0A002", not_found(20453))
        self.refused("PUT", "/directories/tcdirectories/x", {"name": "x"}, 400, "ITG-0A010", NUMBER)
        self.refused("PUT", "/directories/tcdirectories/9001", {"name": "x"}, 400, "ITG-0A017", BIN)
        self.refused("PUT", "/directories/tcdirectories/48171", {}, 400, "ITG-0A013", "No valid property in body")

    def test_rename_and_delete_in_each_tree(self):
        for tree, (kind, root) in TREES.items():
            number = self.ok("PUT", "/directories/" + tree, {"name": "Old"}).json["id"]
            path = "/directories/%s/%s" % (tree, number)
            self.says("PUT", path, {"name": "New"}, '{"message":"Updated directory successfully."}')
            self.says("GET", path, None, form(tree, number, "New", root))
            for other in TREES:
                if other != tree:
                    strange = "/directories/%s/%s" % (other, number)
                    self.refused("PUT", strange, {"name": "x"}, 404, "ITG-0A002", not_found(number))
                    self.refused("DELETE", strange, None, 404, "ITG-0A002", not_found(number))
            self.says("DELETE", path, None, '{"message":"Deletion successful."}')

    def test_roots_cannot_be_changed(self):
        for method, body in (("PUT", {"name": "x"}), ("DELETE", None)):
            self.refused(method, "/directories/tcdirectories/-1", body, 403, "ITG-0B005", "Access denied.")

    def test_delete(self):
        number = self.ok("PUT", "/directories/profiledirectories", {"name": "x"}).json["id"]
        self.says("DELETE", "/directories/profiledirectories/" + number, None, '{"message":"Deletion successful."}')
        self.refused("DELETE", "/directories/profiledirectories/" + number, None, 404, "ITG-0A002", not_found(number))
        self.refused("DELETE", "/directories/tcdirectories/x", None, 400, "ITG-0A010", NUMBER)
        self.refused("DELETE", "/directories/tcdirectories/77118", None, 400, "ITG-0A006",
                     "Directory with ID <77118> is not empty. Remove content first.")
        # Those in the recycle bin count:
        self.refused("DELETE", "/directories/tcdirectories/9002", None, 400, "ITG-0A006",
                     "Directory with ID <9002> is not empty. Remove content first.")


class Move(ContractTest):
    def move(self, tree, target, *entries):
        body = [{"id": number, "type": kind} for number, kind in entries]
        return self.ok("PUT", "/directories/%s/%s?operation=move" % (tree, target), body)

    def test_answer_letter_for_letter(self):
        self.assertEqual(self.move("tcdirectories", "48171", ("7121", "tc")).body.decode(),
                         '[{"id":"7121","results":"successful"}]')
        self.assertEqual(self.ok("GET", "/thinclients/7121").json["parentID"], "48171")

    def test_each_entry_alone_and_in_order(self):
        answer = self.move("tcdirectories", "48170", ("999", "tc"), ("23028", "tc"), ("9010", "tc"), ("6585", "profile"),
                           ("48170", "tcdirectory"), ("77118", "tc"), (77118, "tcdirectory"))
        self.assertEqual([(e["id"], e["results"]) for e in answer.json], [
            ("999", "does_not_exist"), ("23028", "successful"), ("9010", "in_recycle_bin"), ("6585", "wrong_type"),
            ("48170", "into_itself"), ("77118", "wrong_type"), ("77118", "successful")])
        self.assertEqual(self.ok("GET", "/thinclients/23028").json["parentID"], "48170")
        self.assertEqual(self.ok("GET", "/directories/tcdirectories/77118").json["parentID"], "48170")
        self.assertEqual(self.ok("GET", "/thinclients/9010").json["parentID"], "-1")
        below = self.move("tcdirectories", "77118", ("48170", "tcdirectory"))
        self.assertEqual(below.json[0]["results"], "into_itself")
        back = self.move("tcdirectories", "-1", ("77118", "tcdirectory"), ("23028", "tc"))
        self.assertEqual([e["results"] for e in back.json], ["successful"] * 2)

    def test_other_trees(self):
        self.assertEqual(self.move("profiledirectories", "20454", ("68257", "profile"), ("80001", "masterprofile")).json,
                         [{"id": "68257", "results": "successful"}, {"id": "80001", "results": "wrong_type"}])
        self.assertEqual(self.move("masterprofiledirectories", "-14", ("80001", "masterprofile")).json[0]["results"],
                         "successful")

    def test_errors(self):
        path, body = "/directories/tcdirectories/%s?operation=move", [{"id": "27", "type": "tc"}]
        self.refused("PUT", path % "999", body, 404, "ITG-0A002", not_found(999))
        self.refused("PUT", path % "20453", body, 404, "ITG-0A002", not_found(20453))
        self.refused("PUT", path % "x", body, 400, "ITG-0A010", NUMBER)
        self.refused("PUT", path % "9001", body, 400, "ITG-0A017", BIN)
        self.refused("PUT", path % "48171", [], 400, "ITG-0A012", "IDList is empty.")
        self.refused("PUT", path % "48171", [{"id": "x", "type": "tc"}], 400, "ITG-0A010", NUMBER)
        for bad in ({}, b'"x"', 1, ["27"], [{"type": "tc"}], [{"id": "27", "type": 5}], [{"id": [], "type": "tc"}]):
            self.refused("PUT", path % "48171", bad, 400, "ITG-0A004", BODY)
        for operation in ("nonsense", "Move", ""):
            self.refused("PUT", "/directories/tcdirectories/48171?operation=" + operation, body, 404, "ITG-0A020", NO_HANDLER)


class Assignments(ContractTest):
    PATH = "/directories/tcdirectories/76462/assignments/profiles"

    def assignment(self, assignee, receiver, kind="profile"):
        return {"assignee": {"id": assignee, "type": kind}, "receiver": {"id": receiver, "type": "tcdirectory"}}

    def test_those_that_begin_here_or_above(self):
        answer = self.ok("GET", self.PATH).json
        self.assertEqual([(a["assignmentPosition"], a["assignee"]["id"], a["receiver"]["id"]) for a in answer],
                         [(0, "72372", "76462"), (1, "6585", "48170"), (2, "80001", "48170")])
        self.assertEqual([(link["rel"], link["href"]) for link in answer[2]["links"]], [
            ("assigned", BASE + "/masterprofiles/80001"), ("receiver", BASE + "/directories/tcdirectories/48170"),
            ("self", BASE + "/masterprofiles/80001/assignments/tcdirectories/48170")])

    def test_put(self):
        self.says("PUT", self.PATH, [self.assignment("68257", "76462")],
                  '{"message":"1 asssignments successfully assigned to thinclient directory <76462>"}')
        self.says("DELETE", "/profiles/68257/assignments/tcdirectories/76462", None,
                  '{"message":"deleted profile assignment"}')

    def test_errors(self):
        body = [self.assignment("68257", "76462")]
        self.refused("PUT", "/directories/tcdirectories/48170/assignments/profiles", body, 400, "ITG-0A019",
                     "Invalid assignment receiver")
        self.refused("GET", "/directories/tcdirectories/-1/assignments/profiles", None, 400, "ITG-0A019",
                     "Invalid assignment receiver")
        self.refused("PUT", "/directories/tcdirectories/-1/assignments/profiles", [self.assignment("68257", "-1")], 400,
                     "ITG-0A019", "Invalid assignment receiver")
        self.refused("GET", "/directories/tcdirectories/999/assignments/profiles", None, 404, "ITG-0A002", not_found(999))
        self.refused("PUT", "/directories/tcdirectories/999/assignments/profiles", [self.assignment("68257", "999")], 404,
                     "ITG-0A002", not_found(999))
        self.refused("PUT", "/directories/tcdirectories/9001/assignments/profiles", [self.assignment("68257", "9001")], 400,
                     "ITG-0A017", BIN)
        self.refused("GET", "/directories/profiledirectories/20453/assignments/profiles", None, 404, "ITG-0A020", NO_HANDLER)


if __name__ == "__main__":
    unittest.main()
