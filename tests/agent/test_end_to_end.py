"""One thin client and one server, as a user starts them: the whole of a life, and both killed at bad moments many times."""

import json
import os
import random
import shutil
import signal
import sqlite3
import time
import unittest

from live import OK, LiveTest

from agent import LEFT, TREES, Agent

TURNS = int(os.environ.get("ITG_TURNS", "12"))


class EndToEnd(LiveTest):
    interval = 1

    def setUp(self):
        super().setUp()
        self.state = self.path("state")
        self.root = self.path("root")
        self.settings = self.path("settings.json")
        shutil.copytree(os.path.join(TREES, "desk"), self.root)
        self.runs = self.path("runs")

    def hook(self, word, text=""):
        """Notes what it was called with, by the command's id; then `text`."""
        path = self.path("hook-" + word)
        with open(path, "w") as file:
            file.write('#!/bin/sh\necho "$1 $2" >>%s\n%s\n' % (self.runs, text))
        os.chmod(path, 0o700)
        return "%s=%s" % (word, path)

    def ran(self):
        try:
            with open(self.runs) as file:
                return file.read().splitlines()
        except FileNotFoundError:
            return []

    def agent(self, *more, root=None):
        agent = Agent(["--server", self.url, "--key", self.key, "--state", self.state, "--settings", self.settings,
                       "--root", self.root if root is None else root, "--wait", "2", *more],
                      self.environment(), self.directory)
        self.addCleanup(agent.close)
        return agent

    def thinclient(self, facets="details"):
        return self.get("/thinclients?facets=" + facets)[0]

    def within(self, seconds, condition):
        """Waits; generously, because machines stall, but far below any interval of retrying."""
        begin = time.monotonic()
        self.until(condition)
        self.assertLess(time.monotonic() - begin, seconds * 10)

    def is_online(self, online=True):
        return lambda: any(each["online"] == online for each in self.get("/thinclients?facets=online"))

    def command(self, word, id):
        status, answer = self.imi("POST", "/thinclients?command=" + word, [{"id": id, "type": "tc"}])
        self.assertEqual(status, 200, answer)
        return answer["CommandExecList"][0]["message"]

    def test_a_life(self):
        agent = self.agent("--hook", self.hook("reboot"), "--hook", self.hook("tcreset2facdefs"))
        self.within(3, self.is_online())
        told = self.thinclient()
        self.assertEqual((told["mac"], told["deviceType"], told["memorySize"]),
                         ("00E0C500000A", "HP t640 Thin Client", 7401))
        id = told["id"]
        for _ in range(2):
            self.assertEqual(self.command("reboot", id), "OK")
        self.assertEqual([line.split()[0] for line in self.ran()], ["reboot", "reboot"])
        self.assertEqual(len(set(self.ran())), 2)
        profile = self.create("profile", "create", "p", "--firmware", told["firmwareID"])
        self.ok("settings", "set", profile, "userinterface.language", "de")
        self.imi("PUT", "/profiles/%s/assignments/thinclients" % profile,
                 [{"assignee": {"id": profile, "type": "profile"}, "receiver": {"id": id, "type": "tc"}}])
        self.within(1, lambda: self.language() == "de")
        self.assertEqual(agent.stop(), OK)
        self.within(3, self.is_online(False))
        agent = self.agent("--hook", self.hook("tcreset2facdefs"))
        self.within(3, self.is_online())
        agent.process.kill()  # without a goodbye
        self.within(5, self.is_online(False))
        agent.finish()
        agent = self.agent("--hook", self.hook("tcreset2facdefs"))
        self.within(3, self.is_online())
        self.assertEqual(self.command("tcreset2facdefs", id), "OK")
        self.assertEqual(agent.finish(), LEFT)
        self.assertEqual(self.get("/thinclients"), [])
        self.check()

    def language(self):
        try:
            with open(self.settings) as file:
                return json.load(file)["values"].get("userinterface.language")
        except FileNotFoundError:
            return None

    def test_this_computer(self):
        """Whatever it is, it registers with what Linux tells of it."""
        if not any(os.path.exists("/sys/class/net/%s/device" % name) or name.startswith(("eth", "en"))
                   for name in os.listdir("/sys/class/net")):
            self.skipTest("no network adapter that a thin client could be known by")
        agent = self.agent(root="")
        self.until(self.is_online())
        told = self.thinclient()
        with open("/proc/meminfo") as file:
            total = int(file.readline().split()[1]) // 1024
        self.assertLess(abs(told["memorySize"] - total), 64 + total // 10, told)
        self.assertTrue(told["cpuType"] and told["osType"] and told["lastBoottime"], told)
        self.assertEqual(agent.stop(), OK)
        self.check()

    def commands(self):
        """id: (state, message)"""
        with sqlite3.connect("file:%s?mode=ro" % self.db, uri=True) as db:
            return {id: (state, message)
                    for id, state, message in db.execute("SELECT id, state, message FROM command")}

    def test_killed_at_any_moment(self):
        """Server and thin client die again and again, at any moment, also in the middle of a command and of its result. Each
        command has run once, or not at all and is known to have failed; none is forgotten; what is reported arrives."""
        rng = random.Random(os.environ.get("ITG_SEED", "4"))
        hooks = ["--hook", self.hook("reboot", "sleep 0.0%d" % rng.randrange(10))]
        agent = self.agent(*hooks)
        self.until(self.is_online())
        id = self.thinclient()["id"]
        for turn in range(TURNS):
            self.ok("command", "send", "reboot", id, "--queue")
            time.sleep(rng.random() * 0.4)
            if rng.random() < 0.5:
                self.kill_server()
                time.sleep(rng.random() * 0.2)
                self.start_server()
            if rng.random() < 0.6:
                agent.process.kill()
                agent.finish()
                self.write_usb(turn)
                agent = self.agent(*hooks)
        self.until(lambda: all(state > 2 for state, _ in self.commands().values()), 60)
        ran = [int(line.split()[1]) for line in self.ran()]
        self.assertEqual(len(ran), len(set(ran)), "a command ran twice")
        self.assertEqual(len(self.commands()), TURNS)
        for command, (state, message) in self.commands().items():
            if state == 3:
                self.assertIn(command, ran, "confirmed, but did not run")
            else:
                self.assertEqual((state, message), (4, "interrupted"))
        self.assertLessEqual(set(ran), set(self.commands()))
        # What was plugged in meanwhile is known, whatever was lost on the way.
        wanted = len([name for name in os.listdir(os.path.join(self.root, "sys/bus/usb/devices")) if "live" in name])
        self.until(lambda: sum("live" in each["assetName"] for each in
                               self.get("/assetinfo/thinclients/" + id)["assetinfos"]) == wanted)
        self.assertEqual(agent.stop(), OK)
        self.check()

    def write_usb(self, turn):
        device = os.path.join(self.root, "sys/bus/usb/devices/live%d-1" % turn)
        os.makedirs(device)
        for name, text in (("idVendor", "413c"), ("idProduct", "2113"), ("product", "live"), ("manufacturer", "Dell"),
                           ("serial", str(turn))):
            with open(os.path.join(device, name), "w") as file:
                file.write(text + "\n")


if __name__ == "__main__":
    unittest.main()
