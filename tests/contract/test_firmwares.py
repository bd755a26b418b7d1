"""Section 7, firmwares."""

import unittest

from host import ContractTest

FIRMWARES = ('{"id":"2","product":"IGEL OS 11","version":"11.3.100.1","firmwareType":"LX","links":[]}',
             '{"id":"6","product":"IGEL OS 10","version":"10.6.100.01","firmwareType":"LX","links":[]}')


class Firmwares(ContractTest):
    def test_list(self):
        self.says("GET", "/firmwares", None, '{"FwResource":[%s]}' % ",".join(FIRMWARES))

    def test_each(self):
        self.says("GET", "/firmwares/2", None, FIRMWARES[0])
        self.says("GET", "/firmwares/6", None, FIRMWARES[1])

    def test_errors(self):
        for number in ("99", "0", "-1", "27"):
            self.refused("GET", "/firmwares/" + number, None, 404, "ITG-0A015", "Firmware with ID <%s> does not exist." % number)
        for number in ("x", "9223372036854775808"):
            self.refused("GET", "/firmwares/" + number, None, 400, "ITG-0A010", "Number format error")
        for method in ("PUT", "POST", "DELETE"):
            answer = self.refused(method, "/firmwares", {}, 400, "ITG-0A011", "Request method '%s' not supported" % method)
            self.assertEqual(answer.header("Allow"), "GET")


if __name__ == "__main__":
    unittest.main()
