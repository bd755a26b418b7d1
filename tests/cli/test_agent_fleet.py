"""itg agent and itg serve, as programs: each is killed at bad moments, and what was to happen happens once."""

import base64
import json
import os
import shutil
import signal
import ssl
import time
import unittest
import urllib.error
import urllib.request

from agent import LEFT, TREES, Agent
from itg import OK, REFUSED, TIMEOUT, CommandTest, Server

SERVE = ["--wake-broadcast", "none", "--no-wake-unicast"]


class Fleet(CommandTest):
    def setUp(self):
        super().setUp()
        self.state = self.path("state")
        self.root = self.path("root")
        shutil.copytree(os.path.join(TREES, "desk"), self.root)
        self.password = None
        self.server = self.serve(0)
        self.key = self.ok("key", "add", "k").out.split()[-1]

    def serve(self, port):
        server = Server(["--listen", "127.0.0.1:%d" % port, *SERVE], self.environment(), self.directory)
        self.addCleanup(server.close)
        server.wait_ready()
        self.password = self.password or server.password
        return server

    def restart(self, number):
        """Ends the server and starts it again where it was."""
        port = self.server.port
        self.server.stop(number)
        self.server = self.serve(port)

    def arguments(self, *more):
        return ["--server", "https://127.0.0.1:%d" % self.server.port, "--key", self.key, "--state", self.state,
                "--root", self.root, *more]

    def start(self, *more):
        agent = Agent(self.arguments(*more), self.environment(), self.directory)
        self.addCleanup(agent.close)
        return agent

    def once(self, *more, status=OK):
        agent = self.start("--once", *more)
        self.assertEqual(agent.finish(), status, agent.text)
        return agent.text

    def imi(self, method, path, body=None):
        """An answer over HTTPS; a refusal's as well."""
        login = base64.b64encode(("admin:" + self.password).encode()).decode()
        request = urllib.request.Request(
            "https://127.0.0.1:%d/umsapi/v3%s" % (self.server.port, path), method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": "Basic " + login, "Content-Type": "application/json"})
        context = ssl.create_default_context(cafile=self.db + ".crt")
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT, context=context) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refusal:
            return json.load(refusal)

    def thinclients(self, facets="online"):
        return self.imi("GET", "/thinclients?facets=" + facets)

    def wait_for(self, condition, seconds=30):
        end = time.monotonic() + seconds
        while True:
            value = condition()
            if value:
                return value
            if time.monotonic() > end:
                raise AssertionError("has not happened")
            time.sleep(0.05)

    def wait_online(self, online=True):
        return self.wait_for(lambda: [tc for tc in self.thinclients() if tc["online"] == online])[0]["id"]

    def command(self, word, id):
        return self.imi("POST", "/thinclients?command=" + word, [{"id": id, "type": "tc"}])["CommandExecList"][0]

    def hook(self, name, text="exit 0\n"):
        path = self.path(name)
        with open(path, "w") as file:
            file.write("#!/bin/sh\necho \"$1\" >>%s.runs\n%s" % (path, text))
        os.chmod(path, 0o700)
        return path

    def runs(self, name):
        try:
            with open(self.path(name) + ".runs") as file:
                return file.read().split()
        except FileNotFoundError:
            return []


class Life(Fleet):
    def test_a_life(self):
        agent = self.start("--hook", "reboot=" + self.hook("reboot"),
                           "--hook", "tcreset2facdefs=" + self.hook("reset"))
        id = self.wait_online()
        tc = self.thinclients("details,networkadapters")[0]
        self.assertEqual((tc["deviceType"], tc["memorySize"], tc["monitorSize1"], tc["lastIP"], tc["totalUptime"]),
                         ("HP t640 Thin Client", 7401, 23.8, "172.30.92.26", "7200000"))
        self.assertEqual([adapter["name"] for adapter in tc["networkAdapters"]], ["enp1s0", "wlp2s0"])
        self.assertEqual(len(self.imi("GET", "/assetinfo/thinclients/" + id)["assetinfos"]), 3)
        for _ in range(3):
            answer = self.command("reboot", id)
            self.assertEqual((answer["state"], answer["message"]), ("SUCCESS", "OK"))
        self.assertEqual(self.runs("reboot"), ["reboot"] * 3)
        answer = self.command("shutdown", id)
        self.assertEqual((answer["state"], answer["message"]),
                         ("FAILED", "No hook for shutdown is configured"))
        self.assertEqual(agent.stop(), OK)
        self.wait_online(False)
        self.assertEqual(self.command("reboot", id)["message"], "Device is offline")
        agent = self.start("--hook", "tcreset2facdefs=" + self.hook("reset"))
        self.wait_online()
        answer = self.command("tcreset2facdefs", id)
        self.assertEqual((answer["state"], answer["message"]), ("SUCCESS", "OK"))
        self.assertEqual(agent.finish(), LEFT)
        self.assertEqual(self.runs("reset"), ["tcreset2facdefs"])
        self.assertEqual(self.thinclients(), [])

    def test_what_is_unplugged(self):
        self.once()
        shutil.rmtree(os.path.join(self.root, "sys/bus/usb/devices/1-1.2"))
        for connector in ("DP-1", "DP-2", "DP-3"):
            with open(os.path.join(self.root, "sys/class/drm/card0-%s/status" % connector), "w") as file:
                file.write("disconnected\n")
        self.once()
        tc = self.thinclients("details")[0]
        self.assertEqual((tc["monitorVendor1"], tc["monitorSize1"], tc["monitorModel2"]), ("", 0, ""))
        self.assertEqual(len(self.imi("GET", "/assetinfo/thinclients/" + tc["id"])["assetinfos"]), 2)

    def test_settings_arrive(self):
        file = self.path("settings.json")
        agent = self.start("--settings", file, "--on-settings", self.hook("apply"))
        id = self.wait_online()
        firmware = self.thinclients("short")[0]["firmwareID"]
        profile = self.create("profile", "create", "p", "--firmware", firmware)
        self.ok("settings", "set", profile, "userinterface.language", "de")
        self.imi("PUT", "/profiles/%s/assignments/thinclients" % profile,
                 [{"assignee": {"id": profile, "type": "profile"}, "receiver": {"id": id, "type": "tc"}}])

        def written():
            try:
                with open(file) as settings:
                    return json.load(settings)["values"].get("userinterface.language") == "de"
            except FileNotFoundError:
                return False

        self.wait_for(written)
        self.wait_for(lambda: self.thinclients("details")[0]["configChanges"] == "APPLIED")
        os.unlink(file)
        self.assertEqual(self.command("settings2tc", id)["state"], "SUCCESS")
        self.assertTrue(written())
        agent.stop()

    def test_deleted(self):
        agent = self.start()
        id = self.wait_online()
        self.imi("DELETE", "/thinclients/%s/deletetcoffline" % id)
        self.assertEqual(agent.finish(), LEFT)
        self.assertIn("has left the fleet", agent.text)

    def test_deleted_online(self):
        agent = self.start()
        id = self.wait_online()
        answer = self.imi("DELETE", "/thinclients/" + id)
        self.assertEqual(answer["CommandExecList"][0]["state"], "SUCCESS", answer)
        self.assertEqual(agent.finish(), LEFT)
        self.assertEqual(self.thinclients(), [])

    def test_a_revoked_token(self):
        agent = self.start()
        id = self.wait_online()
        self.ok("key", "revoke", id)
        agent.read_until("ITG-0B004")
        agent.text = agent.text[agent.text.index("ITG-0B004"):]
        agent.read_until("registered at")
        self.wait_online()
        self.assertEqual([tc["id"] for tc in self.thinclients()], [id])
        agent.stop()

    def test_a_wrong_key(self):
        self.assertIn("ITG-0B005", self.once("--key", "wrong", status=REFUSED))
        self.assertEqual(self.thinclients(), [])


class Killed(Fleet):
    def test_the_server_comes_back(self):
        agent = self.start("--hook", "reboot=" + self.hook("reboot"), "--wait", "2")
        id = self.wait_online()
        for number in (signal.SIGTERM, signal.SIGKILL):
            self.restart(number)
            self.wait_online()
            self.assertEqual(self.command("reboot", id)["state"], "SUCCESS")
        self.assertEqual(self.runs("reboot"), ["reboot"] * 2)
        self.assertEqual(agent.stop(), OK)
        self.assertEqual(agent.text.count("registered at"), 1)

    def test_the_server_dies_while_a_hook_runs(self):
        """It has sent the command and does not hear of it before it comes back."""
        agent = self.start("--hook", "reboot=" + self.hook("reboot", "sleep 2\n"), "--wait", "2")
        id = self.wait_online()
        self.queue("reboot", id)
        self.wait_for(lambda: self.runs("reboot"))
        self.restart(signal.SIGKILL)
        self.wait_for(lambda: "confirmed" in self.history())
        self.assertEqual(self.runs("reboot"), ["reboot"])
        agent.stop()

    def test_the_agent_dies_while_a_hook_runs(self):
        self.once()
        id = self.thinclients()[0]["id"]
        hook = "reboot=" + self.hook("reboot", "kill -9 $PPID\n")
        self.queue("reboot", id)
        self.assertEqual(self.start("--hook", hook).finish(), -signal.SIGKILL)
        self.assertIn("sent", self.history())
        self.once("--hook", hook)
        self.assertIn("failed", self.history())
        self.assertIn("interrupted", self.history())
        self.once("--hook", hook)
        self.assertEqual(self.runs("reboot"), ["reboot"])

    def test_the_device_restarts_while_a_hook_runs(self):
        self.once()
        id = self.thinclients()[0]["id"]
        hook = "reboot=" + self.hook("reboot", "kill -9 $PPID\n")
        self.queue("reboot", id)
        self.start("--hook", hook).finish()
        with open(os.path.join(self.root, "proc/sys/kernel/random/boot_id"), "w") as file:
            file.write("99999999-2222-4333-8444-555555555555\n")
        self.once("--hook", hook)
        self.assertIn("confirmed", self.history())
        self.assertEqual(self.runs("reboot"), ["reboot"])

    def test_both_die_at_any_moment(self):
        self.once()
        id = self.thinclients()[0]["id"]
        hook = "reboot=" + self.hook("reboot", "sleep 0.05\n")
        for turn in range(6):
            self.queue("reboot", id)
            agent = self.start("--hook", hook)
            time.sleep(0.05 + 0.03 * turn)
            agent.process.kill()
            agent.finish()
            self.restart(signal.SIGKILL)
        agent = self.start("--hook", hook)
        self.wait_for(lambda: not any(word in self.history() for word in ("queued", "sent")))
        agent.stop()
        # One that died between its note and the hook has failed without having been begun; none is begun twice.
        history = self.history()
        done, interrupted = history.count("confirmed"), history.count("interrupted")
        self.assertEqual(done + interrupted, 6, history)
        self.assertGreaterEqual(len(self.runs("reboot")), done)
        self.assertLessEqual(len(self.runs("reboot")), 6)

    def queue(self, word, id):
        """Leaves a command for the next contact."""
        self.ok("command", "send", word, id, "--queue", "--wake-broadcast", "none", "--no-wake-unicast")

    def history(self):
        return self.ok("command", "history").out


if __name__ == "__main__":
    unittest.main()
