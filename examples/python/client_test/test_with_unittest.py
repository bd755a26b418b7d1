"""The same with unittest: python3 examples/python/client_test/test_with_unittest.py"""

import unittest

import itg.testing
from fleet import fill
from imi_client import ImiClient, ImiError


class ClientTest(unittest.TestCase):
    def setUp(self):
        self.server = itg.testing.Server(fill).start()
        self.addCleanup(self.server.stop)
        self.client = ImiClient(self.server.url, self.server.user, self.server.password, cafile=self.server.ca_file)
        self.addCleanup(self.client.close)

    def test_moving_files_a_thin_client(self):
        number, name = self.client.thinclients()[0]
        self.assertEqual(name, "reception")
        self.client.move(number, self.client.directory("Augsburg"))
        with self.server.fleet() as fleet:
            self.assertEqual(fleet.thinclients[number].parent.path, "Augsburg")

    def test_what_does_not_exist_is_not_moved(self):
        with self.assertRaises(ImiError) as caught:
            self.client.move(99, self.client.directory("Bremen"))
        self.assertEqual(caught.exception.message, "does_not_exist")

    def test_wrong_passwords_are_refused(self):
        with self.assertRaises(ImiError) as caught:
            ImiClient(self.server.url, self.server.user, "wrong", cafile=self.server.ca_file)
        self.assertEqual((caught.exception.status, caught.exception.code), (401, "ITG-0B002"))


if __name__ == "__main__":
    unittest.main()
