"""itg agent as a program: commands, leaving and settings, also when it is killed at bad moments."""

import glob
import json
import os
import shutil
import signal
import stat
import time
import unittest

import agent as shared
from agent import LEFT, AgentTest, Drop
from itg import OK, REFUSED


def setUpModule():
    shared.make_certificates()


def tearDownModule():
    shared.remove_certificates()


class Commands(AgentTest):
    def result(self, id):
        return self.server.wait_for(lambda: self.server.results.get(str(id)))

    def test_a_hook_runs_once(self):
        agent = self.start("--hook", "reboot=" + self.hook("reboot"))
        self.server.wait_for(lambda: self.server.bodies())
        self.server.command(901, "reboot")
        self.assertEqual(self.result(901), [("done", "OK")])
        self.server.command(902, "reboot")
        self.result(902)
        agent.stop()
        self.assertEqual(self.runs("reboot"), ["reboot 901", "reboot 902"])

    def test_failures_say_why(self):
        self.server.command(901, "reboot")
        self.server.command(902, "shutdown")
        self.server.command(903, "dance")
        self.server.command(904, "settings2tc")
        self.once("--hook", "shutdown=" + self.hook("shutdown", "echo 'not now'\nexit 1\n"))
        self.assertEqual(self.server.results, {"901": [("failed", "No hook for reboot is configured")],
                                               "902": [("failed", "not now")],
                                               "903": [("failed", "No hook for dance is configured")],
                                               "904": [("failed", "No file for settings is configured")]})

    def test_many_are_carried_out_in_their_order(self):
        for id in range(901, 921):
            self.server.command(id, "reboot")
        self.once("--hook", "reboot=" + self.hook("reboot"))
        self.assertEqual(self.runs("reboot"), ["reboot %d" % id for id in range(901, 921)])
        self.assertEqual(set(map(str, self.server.results.values())), {"[('done', 'OK')]"})

    def test_a_hook_that_hangs(self):
        self.server.command(901, "reboot")
        self.once("--hook", "reboot=" + self.hook("reboot", "exec sleep 600\n"), "--hook-timeout", "1")
        self.assertEqual(self.result(901), [("failed", "Hook for reboot took longer than 1 s")])

    def test_what_is_handed_out_again_is_not_done_again(self):
        """A server that has lost results gets them again."""
        hook = "reboot=" + self.hook("reboot")
        self.server.command(901, "reboot")
        self.server.command(905, "reboot")
        self.once("--hook", hook)
        for _ in range(2):
            self.server.command(903, "reboot")
            self.server.command(905, "reboot")
            self.once("--hook", hook)
        self.assertEqual(self.runs("reboot"), ["reboot 901", "reboot 905"])
        self.assertEqual(self.server.results["905"], [("done", "OK")] * 3)
        self.assertEqual(self.server.results["903"], [("failed", "A later command was begun before")] * 2)

    def test_an_answer_lost_with_commands_in_it(self):
        """The command was handed out, and nobody knows whether it was heard."""
        hook = "reboot=" + self.hook("reboot")
        self.once("--hook", hook)
        self.server.command(901, "reboot")
        drops = []

        def drop(path, body):
            if len(drops) < 1:
                drops.append(self.server.checkin(body))
                raise Drop()

        self.server.before = drop
        agent = self.start("--hook", hook)
        self.assertEqual(self.result(901), [("done", "OK")])
        agent.stop()
        self.assertEqual(self.runs("reboot"), ["reboot 901"])

    def test_killed_in_the_middle_of_a_hook(self):
        self.server.command(901, "reboot")
        hook = "reboot=" + self.hook("reboot", "kill -9 $PPID\n")
        agent = self.start("--hook", hook)
        self.assertEqual(agent.finish(), -signal.SIGKILL)
        self.assertEqual(self.server.results, {})
        self.once("--hook", hook)
        self.assertEqual(self.result(901), [("failed", "interrupted")])
        self.once("--hook", hook)
        self.assertEqual(self.runs("reboot"), ["reboot 901"])

    def test_a_restart_in_the_middle_is_what_was_wanted(self):
        for id, word in ((901, "reboot"), (902, "shutdown")):
            self.server.command(id, word)
            hook = word + "=" + self.hook(word, "kill -9 $PPID\n")
            self.start("--hook", hook).finish()
            self.boot("boot-%d" % id)
            self.once("--hook", hook)
            self.assertEqual(self.result(id), [("done", "OK")])
            self.assertEqual(self.runs(word), ["%s %d" % (word, id)])

    def test_killed_before_the_result_is_heard(self):
        hook = "reboot=" + self.hook("reboot")
        self.once("--hook", hook)
        for answered in (False, True):
            id = 901 + answered

            def kill(path, body):
                if "results" in body and agent.process.poll() is None:
                    answer = self.server.checkin(body) if answered else None
                    agent.process.kill()
                    agent.process.wait()
                    if not answer:
                        raise Drop()
                    return answer

            self.server.command(id, "reboot")
            self.server.before = kill
            agent = self.start("--wait", "0", "--hook", hook)
            self.assertEqual(agent.finish(), -signal.SIGKILL)
            self.server.before = None
            self.once("--hook", hook)
            self.assertEqual(self.server.results[str(id)], [("done", "OK")] * (1 + answered))
        self.assertEqual(self.runs("reboot"), ["reboot 901", "reboot 902"])

    def test_killed_at_random(self):
        """Whatever the moment: no command is begun twice, and what is reported as done was done. One whose agent died between
        the note and the hook has failed without having been begun."""
        hook = "reboot=" + self.hook("reboot", "sleep 0.05\n")
        for turn in range(12):
            id = str(901 + turn)
            self.server.command(id, "reboot")
            agent = self.start("--hook", hook)
            time.sleep(0.01 + 0.02 * turn)
            agent.process.kill()
            agent.finish()
            self.once("--hook", hook)
            results = set(self.server.results[id])
            self.assertIn(results, ({("done", "OK")}, {("failed", "interrupted")}))
            runs = self.runs("reboot").count("reboot " + id)
            self.assertEqual(runs, 1) if ("done", "OK") in results else self.assertLessEqual(runs, 1)
        self.assertEqual(len(set(self.runs("reboot"))), len(self.runs("reboot")))

    def test_a_damaged_record(self):
        """Nobody knows what was done: nothing is done, and the server is told."""
        hook = "reboot=" + self.hook("reboot")
        self.server.command(901, "reboot")
        self.once("--hook", hook)
        with open(os.path.join(self.state, "command.json"), "w") as file:
            file.write("{")
        self.server.command(901, "reboot")
        self.server.command(902, "reboot")
        text = self.once("--hook", hook)
        self.assertIn("command.json is damaged", text)
        message = "Whether it was carried out is not known, its record was damaged"
        self.assertEqual(self.server.results, {"901": [("done", "OK"), ("failed", message)],
                                               "902": [("failed", message)]})
        self.server.command(903, "reboot")
        self.once("--hook", hook)
        self.assertEqual(self.runs("reboot"), ["reboot 901", "reboot 903"])

    def test_another_server_counts_anew(self):
        hook = "reboot=" + self.hook("reboot")
        self.server.command(901, "reboot")
        self.once("--hook", hook)
        self.server.tokens = {}
        self.server.uuid = "0f0e0d0c-0000-4000-8000-000000000002"
        self.once("--hook", hook, status=REFUSED)  # the token is void
        self.server.command(5, "reboot")
        self.once("--hook", hook)
        self.assertEqual(self.runs("reboot"), ["reboot 901", "reboot 5"])

    def test_a_state_that_cannot_be_written(self):
        """What could be done twice after a crash is not done."""
        hook = "reboot=" + self.hook("reboot")
        self.once("--hook", hook)
        os.mkdir(os.path.join(self.state, "command.json.new"))
        self.server.command(901, "reboot")
        self.once("--hook", hook)
        self.assertEqual(self.result(901), [("failed", "The state directory cannot be written")])
        self.assertEqual(self.runs("reboot"), [])

    def test_told_to_end_while_a_hook_runs(self):
        """As a reboot does."""
        self.server.command(901, "reboot")
        hook = "reboot=" + self.hook("reboot", "kill -TERM $PPID\nsleep 0.3\n")
        agent = self.start("--hook", hook)
        self.assertEqual(agent.finish(), OK)
        self.assertIn("command reboot (901): OK", agent.text)
        self.boot()
        self.once("--hook", hook)
        self.assertEqual(self.result(901), [("done", "OK")])
        self.assertEqual(self.runs("reboot"), ["reboot 901"])


class Leaving(AgentTest):
    def test_deleted(self):
        self.once()
        self.server.before = lambda path, body: (
            self.server.refusal(404, "ITG-0A001", "Thin client with ID <27> not found."))
        text = self.once(status=LEFT)
        self.assertIn("has left the fleet", text)
        self.assertEqual((self.kept()["id"], self.kept()["token"]), (0, ""))
        self.server.before = None
        self.once()
        self.assertEqual(self.server.registrations, 2)

    def test_deleted_and_stays(self):
        self.once()
        self.server.before = lambda path, body: (
            self.server.refusal(404, "ITG-0A001", "Thin client with ID <27> not found.")
            if path.endswith("checkin") and self.server.registrations == 1 else None)
        agent = self.start("--stay")
        self.server.wait_for(lambda: self.server.registrations == 2)
        self.assertEqual(agent.stop(), OK)

    def test_in_the_recycle_bin(self):
        self.once()
        self.server.before = lambda path, body: (
            self.server.refusal(400, "ITG-0A018", "Thin client is in Recycling Bin."))
        self.assertIn("ITG-0A018", self.once(status=REFUSED))
        self.server.before = None
        self.once()
        self.assertEqual(self.server.registrations, 1)

    def test_forget(self):
        self.server.command(901, "forget")
        agent = self.start()
        self.assertEqual(agent.finish(), LEFT)
        self.assertEqual(self.server.results, {"901": [("done", "OK")]})
        self.assertEqual(self.kept()["token"], "")

    def test_reset(self):
        self.server.command(901, "tcreset2facdefs")
        agent = self.start("--hook", "tcreset2facdefs=" + self.hook("reset"))
        self.assertEqual(agent.finish(), LEFT)
        self.assertEqual(self.server.results, {"901": [("done", "OK")]})
        self.assertEqual(self.runs("reset"), ["tcreset2facdefs 901"])
        self.assertEqual(self.kept()["token"], "")

    def test_reset_that_failed(self):
        self.server.command(901, "tcreset2facdefs")
        self.once("--hook", "tcreset2facdefs=" + self.hook("reset", "exit 1\n"))
        self.assertEqual(self.server.results["901"], [("failed", "Hook for tcreset2facdefs ended with status 1")])
        self.assertEqual(self.kept()["token"], "27.1")

    def test_reset_and_killed_before_the_result_is_heard(self):
        self.once()
        self.server.command(901, "tcreset2facdefs")

        def kill(path, body):
            if "results" in body and agent.process.poll() is None:
                agent.process.kill()
                agent.process.wait()
                raise Drop()

        self.server.before = kill
        arguments = ["--hook", "tcreset2facdefs=" + self.hook("reset")]
        agent = self.start(*arguments)
        agent.finish()
        self.server.before = None
        agent = self.start(*arguments)
        self.assertEqual(agent.finish(), LEFT)
        self.assertEqual(self.server.results, {"901": [("done", "OK")]})
        self.assertEqual(len(self.runs("reset")), 1)


class Settings(AgentTest):
    def setUp(self):
        super().setUp()
        self.file = self.path("settings.json")

    def written(self):
        with open(self.file) as file:
            return json.load(file)

    def test_written_applied_and_confirmed(self):
        agent = self.start("--settings", self.file, "--on-settings", self.hook("apply"))
        self.server.wait_for(lambda: self.server.bodies())
        self.server.set_settings(119, b="2", a="1")
        self.server.wait_for(lambda: self.server.bodies()[-1].get("settingsRevision") == "119")
        self.assertEqual(self.written(), {"revision": "119", "values": {"a": "1", "b": "2"}})
        with open(self.file) as file:
            text = file.read()
        self.assertLess(text.index('"a"'), text.index('"b"'))
        self.assertEqual(stat.S_IMODE(os.stat(self.file).st_mode), 0o600)
        self.assertEqual(self.runs("apply"), ["settings 119"])
        self.server.set_settings(120, a="3")
        self.server.wait_for(lambda: self.server.bodies()[-1].get("settingsRevision") == "120")
        self.assertEqual(agent.stop(), OK)
        self.assertEqual(self.written()["values"], {"a": "3"})
        self.assertEqual(self.server.bodies()[0], {"wait": 20, "settingsRevision": "0"})

    def test_nobody_asks_for_them(self):
        self.server.set_settings(119, a="1")
        self.once()
        self.assertEqual(self.server.bodies(), [{}])

    def test_a_hook_that_fails(self):
        """They are not in force, and not confirmed; the agent is not cut off by that."""
        self.server.set_settings(119, a="1")
        agent = self.start("--settings", self.file, "--on-settings",
                           self.hook("apply", "[ -e %s ] || { echo no; exit 1; }\n" % self.path("good")))
        agent.read_until("itg: settings are not in force: no")
        self.server.wait_for(lambda: any("settingsRevision" not in body for body in self.server.bodies()))
        self.server.command(901, "dance")
        self.server.wait_for(lambda: self.server.results)
        self.assertFalse([body for body in self.server.bodies() if body.get("settingsRevision") == "119"])
        with open(self.path("good"), "w"):
            pass
        agent.stop()
        self.once("--settings", self.file, "--on-settings", self.path("apply"))
        self.assertEqual(self.server.bodies()[-1]["settingsRevision"], "119")

    def test_a_file_that_cannot_be_written(self):
        self.server.set_settings(119, a="1")
        text = self.once("--settings", self.path("none/settings.json"))
        self.assertIn("itg: settings are not in force: cannot open the directory of", text)

    def test_a_file_that_was_taken_away_comes_back(self):
        self.server.set_settings(119, a="1")
        self.once("--settings", self.file)
        self.once("--settings", self.file)
        self.assertEqual(self.server.bodies()[-1]["settingsRevision"], "119")
        os.unlink(self.file)
        self.once("--settings", self.file)
        self.assertEqual(self.written()["revision"], "119")

    def test_settings2tc_fetches_them(self):
        self.server.set_settings(119, a="1")
        arguments = ["--settings", self.file, "--on-settings", self.hook("apply")]
        self.once(*arguments)
        with open(self.file, "w") as file:
            file.write("damaged")
        self.server.command(901, "settings2tc")
        self.once(*arguments)
        self.assertEqual(self.server.results, {"901": [("done", "OK")]})
        self.assertEqual(self.written()["values"], {"a": "1"})
        self.assertEqual(self.runs("apply"), ["settings 119"] * 2)

    def test_settings2tc_with_a_hook_that_fails(self):
        self.server.set_settings(119, a="1")
        self.server.command(901, "settings2tc")
        self.once("--settings", self.file, "--on-settings", self.hook("apply", "echo no\nexit 1\n"))
        self.assertEqual(self.server.results, {"901": [("failed", "no")]})

    def test_killed_while_they_are_put_in_force(self):
        self.server.set_settings(119, a="1")
        agent = self.start("--settings", self.file, "--on-settings", self.hook("apply", "kill -9 $PPID\n"))
        self.assertEqual(agent.finish(), -signal.SIGKILL)
        self.assertEqual(self.written()["revision"], "119")  # whole, but not known to be in force
        self.once("--settings", self.file)
        self.assertEqual(self.server.bodies()[-1]["settingsRevision"], "119")
        self.assertEqual(glob.glob(self.file + "*"), [self.file])


if __name__ == "__main__":
    unittest.main()
