"""Section 4.3: commands."""

import socket
import time
import unittest

from host import ContractTest

COMMANDS = ("reboot", "shutdown", "wakeup", "settings2tc", "tcreset2facdefs")
NO_ADDRESS = "Found no IP address for device"


def entry(number, kind="tc"):
    return {"id": number, "type": kind}


class Commands(ContractTest):
    ARGUMENTS = ("--wake-broadcast", "127.0.0.1", "--wake-port", "40999", "--no-wake-unicast")

    def send(self, command, *numbers):
        answer = self.ok("POST", "/thinclients?command=" + command, [entry(number) for number in numbers])
        self.assertEqual(list(answer.json), ["CommandExecList"])
        return answer.json["CommandExecList"]

    def test_form_of_a_result(self):
        now = time.time() * 1000
        result = self.send("settings2tc", "72014")[0]
        self.assertEqual(list(result), ["execID", "id", "mac", "exectime", "message", "state"])
        self.assertRegex(result["execID"], r"^ID-[^-].*-\d+-\d+-\d+-0$")
        self.assertEqual((result["id"], result["mac"]), ("72014", "00E0C561EEED"))
        self.assertIsInstance(result["exectime"], str)
        self.assertLess(abs(int(result["exectime"]) - now), 60000)
        self.assertIn(result["state"], ("SUCCESS", "FAILED"))

    def test_results_come_in_the_order_asked_and_share_the_exec_id(self):
        results = self.send("reboot", "72014", "27", "95")
        self.assertEqual([result["id"] for result in results], ["72014", "27", "95"])
        self.assertEqual(len({result["execID"] for result in results}), 1)
        self.assertNotEqual(self.send("reboot", "27")[0]["execID"], results[0]["execID"])

    def test_without_address_and_connection_all_but_wakeup_fail(self):
        for command in COMMANDS:
            result = self.send(command, "72014")[0]
            wanted = ("SUCCESS", "OK") if command == "wakeup" else ("FAILED", NO_ADDRESS)
            self.assertEqual((result["state"], result["message"]), wanted, command)

    def test_without_a_link_one_with_an_address_fails_too(self):
        for command in COMMANDS:
            result = self.send(command, "27")[0]
            self.assertEqual(result["state"], "SUCCESS" if command == "wakeup" else "FAILED", command)

    def test_wakeup_sends_the_magic_packet(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
            receiver.bind(("127.0.0.1", 40999))
            receiver.settimeout(20)
            self.assertEqual(self.send("wakeup", "72014")[0]["state"], "SUCCESS")
            packet = receiver.recv(2000)
        self.assertEqual(packet, b"\xff" * 6 + bytes.fromhex("00E0C561EEED") * 16)

    def test_ids_as_numbers(self):
        answer = self.ok("POST", "/thinclients?command=reboot", [{"id": 27, "type": "tc"}])
        self.assertEqual(answer.json["CommandExecList"][0]["id"], "27")

    def test_failed_reset_keeps_the_thin_client(self):
        before = self.host.export()
        self.assertEqual(self.send("tcreset2facdefs", "27")[0]["state"], "FAILED")
        self.assertEqual(self.host.export(), before)

    def refuse(self, query, body, status, code, message):
        self.refused("POST", "/thinclients" + query, body, status, code, message)

    def test_invalid_command(self):
        for command in ("dance", "Reboot", "REBOOT", "forget", "reboot ", "", "<b>"):
            query = "?command=" + command.replace(" ", "%20").replace("<", "%3C").replace(">", "%3E")
            self.refuse(query, [entry("27")], 400, "ITG-0A003", "<%s> is an invalid command." % command)

    def test_empty_list(self):
        self.refuse("?command=reboot", [], 400, "ITG-0A012", "IDList is empty.")

    def test_all_ids_are_checked_first(self):
        self.refuse("?command=wakeup", [entry("27"), entry("999")], 404, "ITG-0A001", "Thin client with ID <999> not found.")
        self.refuse("?command=reboot", [entry("48170")], 404, "ITG-0A001", "Thin client with ID <48170> not found.")
        self.refuse("?command=reboot", [entry("27"), entry("9010")], 400, "ITG-0A018",
                    "Thin client is in Recycling Bin. In order to use it, revert it first.")
        self.refuse("?command=reboot", [entry("x")], 400, "ITG-0A010", "Number format error")
        self.refuse("?command=reboot", [entry("9223372036854775808")], 400, "ITG-0A010", "Number format error")

    def test_bodies_of_the_wrong_shape(self):
        for body in ({}, b'"27"', 27, ["27"], [27], [[]], [{"type": "tc"}], [{"id": None, "type": "tc"}],
                     [{"id": True, "type": "tc"}], [{"id": {}, "type": "tc"}], [{"id": "27", "type": 1}], b"null"):
            self.refuse("?command=reboot", body, 400, "ITG-0A004", "Invalid request body")
        self.refuse("?command=reboot", b"[{]", 415, "ITG-0A005",
                    self.api.request("POST", "/thinclients?command=reboot", b"[{]").json["message"])


if __name__ == "__main__":
    unittest.main()
