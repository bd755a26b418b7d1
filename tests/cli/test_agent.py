"""itg agent as a program: registering, reporting, trusting, against a server that does what the test wants."""

import json
import os
import shutil
import signal
import stat
import time
import unittest

import agent as shared
from agent import LEFT, Agent, AgentTest, Drop
from itg import OK, REFUSED


def setUpModule():
    shared.make_certificates()


def tearDownModule():
    shared.remove_certificates()


class Contact(AgentTest):
    def test_registers_and_reports_what_changes(self):
        text = self.once()
        self.assertIn("registered at %s as ITC00E0C500000A (id 27)\n" % self.server.url, text)
        body = self.server.bodies("/agent/v1/register")[0]
        self.assertEqual((body["key"], body["mac"], body["boot"]), (self.server.key, "00E0C500000A", True))
        self.assertEqual(body["firmware"], {"product": "IGEL OS 12", "version": "12.4.1"})
        self.assertEqual(body["inventory"]["deviceType"], "HP t640 Thin Client")
        self.assertEqual(body["inventory"]["totalUptime"], "7200000")  # 8000 s, by the hour
        self.assertEqual([each["name"] for each in body["networkAdapters"]], ["enp1s0", "wlp2s0"])
        self.assertEqual(len(body["usb"]["added"]), 3)
        self.assertEqual(self.server.bodies(), [{}])
        # Nothing has changed.
        self.once()
        self.assertEqual(self.server.bodies(), [{}, {}])
        self.assertEqual(self.server.registrations, 1)
        # A mouse is unplugged, a monitor is switched off, a keyboard is plugged in, the network changes.
        shutil.rmtree(os.path.join(self.root, "sys/bus/usb/devices/1-1.2"))
        self.write_root("sys/class/drm/card0-DP-1/status", "disconnected")
        self.write_root("sys/class/drm/card0-DP-2/status", "disconnected")
        self.write_root("sys/class/drm/card0-DP-3/status", "disconnected")
        self.write_root("sys/class/net/wlp2s0/operstate", "up")
        os.makedirs(os.path.join(self.root, "sys/bus/usb/devices/2-1"))
        for name, text in (("idVendor", "413c"), ("idProduct", "2113"), ("product", "Dell KB216"),
                           ("manufacturer", "Dell"), ("serial", "7")):
            self.write_root("sys/bus/usb/devices/2-1/" + name, text)
        self.once()
        self.assertEqual(self.server.bodies()[-1], {
            "sequence": 1,
            "inventory": {"monitorVendor1": "", "monitorModel1": "", "monitorSerialnumber1": "", "monitorSize1": 0,
                          "monitorNativeResolution1": "", "monitor1YearOfManufacture": "",
                          "monitor1WeekOfManufacture": "", "monitorVendor2": "", "monitorModel2": "",
                          "monitorSerialnumber2": "", "monitorSize2": 0, "monitorNativeResolution2": "",
                          "monitor2YearOfManufacture": ""},
            "networkAdapters": [{"type": "lan", "mac": "00E0C500000A", "name": "enp1s0", "state": "up"},
                                {"type": "wlan", "mac": "3C5282AABBCC", "name": "wlp2s0", "state": "up"}],
            "usb": {"added": [{"uniqueId": "413c:2113:7", "connector": "usb", "name": "Dell KB216", "vendor": "Dell",
                               "deviceId": "2113"}],
                    "removed": ["046d:c077@1-1.2/00E0C500000A"]}})
        self.once()
        self.assertEqual(self.server.bodies()[-1], {})
        self.assertEqual(self.server.requests[-1][0], "/agent/v1/bye")

    def test_state_is_private(self):
        self.once()
        self.assertEqual(stat.S_IMODE(os.stat(self.state).st_mode), 0o700)
        self.assertEqual(sorted(os.listdir(self.state)), ["lock", "state.json"])
        for name in os.listdir(self.state):
            self.assertEqual(stat.S_IMODE(os.stat(os.path.join(self.state, name)).st_mode), 0o600)
        self.assertNotIn(self.server.key, json.dumps(self.kept()))

    def test_boots_are_told_once(self):
        self.once()
        self.boot()
        self.once()
        self.once()
        self.assertEqual([body.get("boot") for body in self.server.bodies()], [None, True, None])

    def test_waits_and_ends_with_a_goodbye(self):
        agent = self.start()
        self.server.wait_for(lambda: len(self.server.requests) >= 2)
        self.assertEqual(self.server.bodies(), [{"wait": 20}])
        self.assertEqual(agent.stop(), OK)  # in the middle of its wait
        self.assertEqual(self.server.requests[-1], ("/agent/v1/bye", "27.1", {}))

    def test_comes_again_when_told(self):
        self.server.next = 3600
        agent = self.start("--wait", "0")
        self.server.wait_for(lambda: len(self.server.requests) >= 2)
        time.sleep(1.5)
        self.assertEqual(len(self.server.bodies()), 1)
        self.assertEqual(agent.stop(signal.SIGINT), OK)
        self.assertEqual(self.server.requests[-1][0], "/agent/v1/bye")

    def test_a_server_in_a_hurry_is_not_flooded(self):
        agent = self.start("--wait", "0")
        self.server.wait_for(lambda: len(self.server.requests) >= 2)
        time.sleep(2.5)
        self.assertLessEqual(len(self.server.bodies()), 5)
        agent.stop()

    def test_survives_the_server(self):
        agent = self.start("--wait", "2")
        self.server.wait_for(lambda: len(self.server.bodies()) == 1)
        port = self.server.port
        tokens = self.server.tokens
        self.server.close()
        agent.read_until("cannot reach")
        self.server = self.serve(port=port)
        self.server.tokens = tokens
        agent.read_until("in touch with %s again" % self.server.url)
        self.assertEqual(self.server.registrations, 0)
        self.assertEqual(agent.stop(), OK)
        self.assertEqual(agent.text.count("cannot reach"), 1, agent.text)  # not once a try

    def test_a_void_token_is_replaced(self):
        self.once()
        self.server.tokens = {}
        agent = self.start()
        agent.read_until("ITG-0B004")
        agent.read_until("registered at")
        self.server.wait_for(lambda: self.server.bodies() and self.server.requests[-1][1] == "27.2")
        self.assertEqual(agent.stop(), OK)
        # Devices that the server had are not told as new ones in a second way; none is missing either.
        self.assertEqual(len(self.server.bodies("/agent/v1/register")[1]["usb"]["added"]), 3)

    def test_refused_registrations(self):
        self.server.key = "another"
        text = self.once("--key", "wrong", status=REFUSED)
        self.assertIn("cannot register at %s: ITG-0B005: Access denied." % self.server.url, text)
        agent = self.start("--key", "wrong")
        agent.read_until("ITG-0B005")
        self.server.wait_for(lambda: len(self.server.bodies("/agent/v1/register")) >= 3)  # tries again
        self.assertEqual(agent.stop(), OK)

    def test_a_key_from_a_file(self):
        with open(self.path("key"), "w") as file:
            file.write(self.server.key + "\n")
        agent = Agent(["--server", self.server.url + "/", "--key-file", self.path("key"), "--state", self.state,
                       "--root", self.root, "--once"], self.environment(), self.directory)
        self.addCleanup(agent.close)
        self.assertEqual(agent.finish(), OK, agent.text)
        self.assertEqual(self.server.registrations, 1)

    def test_a_report_that_is_refused_is_not_repeated(self):
        self.once()
        self.boot()
        self.server.before = lambda path, body: (
            self.server.refusal(400, "ITG-0A004", "Invalid request body") if "boot" in body else None)
        self.once(status=REFUSED)
        self.once()
        self.assertEqual(self.server.bodies()[-1], {})

    def test_a_lost_answer(self):
        """The same report under the same number until it is answered."""
        self.once()
        lost = []

        def lose(path, body):
            if "sequence" in body and len(lost) < 2:
                lost.append(body)
                raise Drop()

        self.server.before = lose
        self.boot()
        agent = self.start()
        self.server.wait_for(lambda: len(self.server.reports()) >= 3)
        agent.stop()
        first = self.server.reports()[0]
        self.assertEqual(first["sequence"], 1)
        self.assertEqual(self.server.reports()[:3], [first] * 3)

    def test_killed_while_reporting(self):
        """Nobody knows whether it has arrived: it comes again, under another number."""
        self.once()
        self.boot()

        def kill(path, body):
            if "sequence" in body and agent.process.poll() is None:
                agent.process.kill()
                agent.process.wait()
                raise Drop()

        self.server.before = kill
        agent = self.start()
        agent.finish()
        self.server.before = None
        self.once()
        self.assertEqual([(body["sequence"], body["boot"]) for body in self.server.reports()], [(1, True), (2, True)])

    def test_two_agents_on_one_state(self):
        agent = self.start()
        self.server.wait_for(lambda: self.server.registrations)
        text = self.once(status=REFUSED)
        self.assertIn("another agent is running on the state directory " + self.state, text)
        agent.stop()
        self.once()

    def test_damaged_state(self):
        self.once()
        with open(os.path.join(self.state, "state.json"), "w") as file:
            file.write('{"version":1,"id":')
        text = self.once()
        self.assertIn("itg: state.json is damaged", text)
        self.assertIn("registered at", text)
        self.assertEqual(self.server.registrations, 2)
        self.once()
        self.assertEqual(self.server.registrations, 2)

    def test_answers_that_are_none(self):
        self.once()
        for answer in (b"", b"[]", b"\x00\xff", b"{", b'{"commands":[{"id":1}]}', b"x" * (9 << 20),
                       b"[" * 100000):
            self.server.before = lambda path, body: (200, answer)
            self.once(status=REFUSED)
        self.server.before = None
        self.once()
        self.assertEqual(self.server.registrations, 1)

    def test_no_network_adapter(self):
        shutil.rmtree(os.path.join(self.root, "sys/class/net"))
        os.unlink(os.path.join(self.root, "proc/net/route"))
        self.assertIn("no network adapter", self.once(status=REFUSED))
        self.assertEqual(self.server.requests, [])

    def test_wrong_usage(self):
        good = {"--server": "https://127.0.0.1:1", "--state": self.state}
        for change in ({"--server": None}, {"--state": None}, {"--server": "http://127.0.0.1:1"},
                       {"--server": "https://"}, {"--server": "https://h/path"}, {"--server": "https://u@h"},
                       {"--hook": "reboot"}, {"--hook": "reboot=relative"}, {"--hook": "dance=/x"},
                       {"--hook": "=/x"}, {"--on-settings": "/x"}, {"--pin": "sha256//x"}, {"--wait": "56"},
                       {"--key": "k", "--key-file": "f"}, {"--hook-timeout": "0"}):
            arguments = [word for pair in {**good, **change}.items() if pair[1] is not None for word in pair]
            self.wrong("agent", *arguments)
        self.wrong("agent", *self.arguments("--hook", "reboot=/a", "--hook", "reboot=/b"))
        self.wrong("agent", *self.arguments(*["--hook", "reboot=/a"] * 17))
        self.assertFalse(os.path.exists(self.state))


class Trust(AgentTest):
    def test_the_first_certificate_is_pinned(self):
        text = self.once()
        self.assertIn("pinned the certificate of %s: sha256//" % self.server.url, text)
        pin = self.kept()["pin"]
        port = self.server.port
        self.server.close()
        self.server = self.serve("b", port)
        text = self.once(status=REFUSED)
        self.assertIn("is not the server that is known, nothing was sent to it", text)
        self.assertEqual(self.server.requests, [])
        self.assertEqual(self.kept()["pin"], pin)
        self.server.close()
        self.server = self.serve("a", port)
        self.server.tokens = {"27.1": 27}
        self.once()

    def test_a_server_that_is_replaced_under_way(self):
        agent = self.start("--wait", "1")
        self.server.wait_for(lambda: self.server.bodies())
        port = self.server.port
        self.server.close()
        self.server = self.serve("b", port)
        agent.read_until("is not the server that is known, nothing was sent to it")
        self.assertEqual(self.server.requests, [])
        self.assertEqual(agent.stop(), OK)
        self.assertEqual(self.server.requests, [])  # no goodbye either

    def test_the_pin_is_known_before_anything_is_sent(self):
        """The key goes over the second connection, which must show the certificate of the first."""
        self.server.before = lambda path, body: self.assertTrue(self.kept()["pin"])
        self.once()

    def test_a_pin_that_was_given(self):
        self.once()
        pin = self.kept()["pin"]
        shutil.rmtree(self.state)
        self.assertNotIn("pinned", self.once("--pin", pin))
        self.server.close()
        self.server = self.serve("b")
        self.once("--pin", pin, status=REFUSED)
        self.assertEqual(self.server.requests, [])

    def test_a_ca(self):
        self.once("--ca", self.certificate("a"))
        self.assertEqual(self.kept()["pin"], "")
        self.server.close()
        self.server = self.serve("b")
        text = self.once("--ca", self.certificate("a"), status=REFUSED)
        self.assertIn("nothing was sent", text)
        self.assertEqual(self.server.requests, [])
        self.assertIn("cannot read", self.once("--ca", self.path("none"), status=REFUSED))

    def test_a_redirect_is_not_followed(self):
        self.server.before = lambda path, body: (307, {})
        self.assertIn("HTTP status 307", self.once(status=REFUSED))

    def test_no_proxy_gets_the_token(self):
        env = self.environment(https_proxy="http://127.0.0.1:1", HTTPS_PROXY="http://127.0.0.1:1",
                               ALL_PROXY="http://127.0.0.1:1")
        agent = Agent(self.arguments("--once"), env, self.directory)
        self.addCleanup(agent.close)
        self.assertEqual(agent.finish(), OK, agent.text)


if __name__ == "__main__":
    unittest.main()
