"""The catalogue in Python agrees with the library's and the header's."""

import copy
import os
import pickle
import re
import unittest

import itg
from itg import errors

HEADER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "include", "itg", "error.h")

# Which class each code raises, written down from what the codes mean.
CLASSES = {
    "ITG-0A001": itg.ThinclientNotFound, "ITG-0A002": itg.DirectoryNotFound, "ITG-0A004": itg.InvalidBody, "ITG-0A005": itg.InvalidJson,
    "ITG-0A006": itg.DirectoryNotEmpty, "ITG-0A007": itg.InvalidBody, "ITG-0A008": itg.Duplicate, "ITG-0A009": itg.InvalidBody,
    "ITG-0A010": itg.InvalidBody, "ITG-0A012": itg.InvalidBody, "ITG-0A013": itg.InvalidBody, "ITG-0A014": itg.InvalidBody,
    "ITG-0A015": itg.FirmwareNotFound, "ITG-0A016": itg.ParentNotFound, "ITG-0A017": itg.InRecycleBin, "ITG-0A018": itg.InRecycleBin,
    "ITG-0A020": itg.NotFound, "ITG-0A022": itg.InRecycleBin, "ITG-0A024": itg.InvalidName, "ITG-0B002": itg.InvalidCredentials,
    "ITG-0B005": itg.AccessDenied, "ITG-FF002": itg.DatabaseError, "ITG-FF004": itg.NotAvailable,
}
GROUPS = {"0A": itg.RequestError, "0B": itg.AuthenticationError, "0C": itg.LicenceError, "FF": itg.ServerError}


class Catalogue(unittest.TestCase):
    def test_codes_are_those_of_the_header(self):
        with open(HEADER, encoding="utf-8") as file:
            rows = re.findall(r"X\((\w+), (0x[0-9A-F]+), (\d+),", file.read())
        self.assertGreater(len(rows), 35)
        self.assertEqual([(code.name, int(code)) for code in itg.Code], [(name, int(number, 16)) for name, number, _ in rows])
        for name, number, status in rows:
            error = errors.make(int(number, 16))
            self.assertEqual((error.id, error.http_status, error.code, error.code.name), ("ITG-" + number[2:], int(status), itg.Code[name], name))

    def test_each_code_has_its_class_and_its_group(self):
        for code in itg.Code:
            error = errors.make(code)
            self.assertIs(type(error), CLASSES.get(error.id, GROUPS[error.id[4:6]]))
            self.assertIsInstance(error, GROUPS[error.id[4:6]])

    def test_a_code_of_a_newer_library(self):
        error = errors.make(0x0A099)
        self.assertEqual((type(error), error.code, error.id, error.http_status), (itg.Error, 0x0A099, "", 500))

    def test_errors_can_be_copied(self):
        error = errors.make(itg.Code.DUPLICATE, "message", "detail", "[a, b]", 1700000000123)
        for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
            self.assertEqual((type(twin), twin.code, twin.message, twin.detail, twin.trace, twin.time, str(twin)),
                             (itg.Duplicate, itg.Code.DUPLICATE, "message", "detail", ("a", "b"), error.time, "ITG-0A008: message (detail)"))

    def test_what_a_refusal_carries(self):
        with itg.Fleet(":memory:") as fleet:
            directory = fleet.directories.create("Bremen")
            directory.create("Sales")
            with self.assertRaises(itg.DirectoryNotEmpty) as caught:
                directory.delete()
            error = caught.exception
            self.assertEqual((error.id, error.code, error.http_status, error.message, error.detail, error.trace),
                             ("ITG-0A006", 0x0A006, 400, "Directory with ID <%d> is not empty. Remove content first." % directory.id, "",
                              ("itg_directory_delete",)))
            self.assertIsNotNone(error.time)


if __name__ == "__main__":
    unittest.main()
