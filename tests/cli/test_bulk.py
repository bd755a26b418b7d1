"""Made-up fleets, import and export."""

import collections
import json
import os
import signal
import sqlite3
import stat
import subprocess
import threading
import time
import unittest

from itg import ITG, OK, REFUSED, TIMEOUT, CommandTest, Terminal


class Demo(CommandTest):
    def make(self, count, seed=1):
        return json.loads(self.ok("demo", "--thinclients", str(count), "--seed", str(seed)).out)

    def test_the_same_each_time(self):
        first = self.ok("demo", "--thinclients", "700", "--seed", "7").out
        self.assertEqual(first, self.ok("demo", "--thinclients", "700", "--seed", "7").out)
        self.assertEqual(first, self.ok("demo", "--thinclients", "700", "--seed", "7",
                                        env=self.environment(TZ="America/New_York", LC_ALL="C")).out)
        self.assertNotEqual(first, self.ok("demo", "--thinclients", "700", "--seed", "8").out)
        self.assertNotEqual(first, self.ok("demo", "--thinclients", "700", "--seed", "-7").out)

    def test_sizes(self):
        for count in (0, 1, 2, 25, 26, 101, 999):
            self.assertEqual(len(self.make(count)["thinclients"]), count)
        self.assertEqual(self.ok("demo").out, self.ok("demo", "--thinclients", "500").out)

    def test_identities_are_unique(self):
        fleet = self.make(5000)
        tcs = fleet["thinclients"]
        self.assertEqual(len({tc["mac"] for tc in tcs}), len(tcs))
        addresses = [tc["lastIP"] for tc in tcs if tc["lastIP"]]
        self.assertEqual(len(set(addresses)), len(addresses))
        ids = [o["id"] for array in ("directories", "thinclients", "profiles") for o in fleet[array]]
        self.assertEqual(len(set(ids)), len(ids))
        assignments = [json.dumps(a) for a in fleet["assignments"]]
        self.assertEqual(len(set(assignments)), len(assignments))

    def test_the_tree_is_deep_and_grows(self):
        def depths(fleet):
            parents = {d["id"]: d["parentID"] for d in fleet["directories"]}

            def depth(identity):
                return 1 + depth(parents[identity]) if identity in parents else 0
            return collections.Counter(depth(tc["parentID"]) for tc in fleet["thinclients"])
        small, large = self.make(50), self.make(20000)
        self.assertGreaterEqual(max(depths(small)), 3)
        self.assertEqual(max(depths(large)), 8)
        self.assertGreater(len(large["directories"]), 20 * len(small["directories"]))

    def test_what_is_below_a_binned_directory_is_binned(self):
        fleet = self.make(20000)
        binned = {d["id"] for d in fleet["directories"] if d["movedToBin"]}
        self.assertTrue(binned)
        for item in fleet["directories"] + fleet["thinclients"]:
            if item["parentID"] in binned:
                self.assertTrue(item["movedToBin"])

    def test_thin_clients_make_sense(self):
        fleet = self.make(3000)
        firmwares = {f["id"]: f for f in fleet["firmwares"]}
        models = collections.defaultdict(set)
        for tc in fleet["thinclients"]:
            self.assertIn(tc["firmwareID"], firmwares)
            if not tc["isThinClientRegistered"]:
                known = tc["deviceType"], tc["lastIP"], tc["lastContact"], tc["totalUptime"]
                self.assertEqual(known, ("", "", "", "-1"))
                continue
            self.assertEqual(tc["osType"], firmwares[tc["firmwareID"]]["product"])
            models[tc["deviceType"]].add((tc["cpuType"], tc["memorySize"], tc["flashSize"], tc["mac"][:6]))
            self.assertLessEqual(int(tc["totalUsagetime"]), int(tc["totalUptime"]))
            day, month, year = tc["registrationDate"][:10].split(".")
            self.assertLessEqual("-".join((year, month, day)), tc["lastBoottime"][:10])
            self.assertLessEqual(tc["lastBoottime"], tc["lastContact"])
        self.assertGreater(len(models), 5)
        self.assertTrue(all(len(kinds) == 1 for kinds in models.values()), models)


class RoundTrip(CommandTest):
    def export(self, **environment):
        path = self.path("export.json")
        self.ok("export", path, env=self.environment(**environment))
        with open(path, "rb") as file:
            return file.read()

    def test_second_export_is_the_first(self):
        self.demo(2000)
        first = self.export()
        other = self.path("other.db")
        self.ok("import", self.path("export.json"), env=self.environment(ITG_DB=other))
        self.assertEqual(first, self.export(ITG_DB=other))
        self.ok("check", env=self.environment(ITG_DB=other))

    def test_nothing_of_the_demo_is_lost(self):
        demo = self.demo(2000, seed=3)
        export = json.loads(self.export())
        for array in ("firmwares", "directories", "thinclients", "profiles"):
            self.assertEqual(demo[array], [{key: item[key] for key in demo[array][0]} for item in export[array]], array)
        self.assertEqual(sorted(map(json.dumps, demo["assignments"])), sorted(map(json.dumps, export["assignments"])))

    def test_times_survive_in_any_zone(self):
        text = self.ok("demo", "--thinclients", "300").out
        for zone in ("UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kolkata"):
            env = {"ITG_DB": self.path(zone.replace("/", "-") + ".db"), "TZ": zone}
            self.ok("import", "-", input=text, env=self.environment(**env))
            self.assertEqual(json.loads(text)["thinclients"], [
                {key: tc[key] for key in json.loads(text)["thinclients"][0]}
                for tc in json.loads(self.export(**env))["thinclients"]])

    def test_through_standard_streams(self):
        self.demo(100)
        to_file = self.export()
        result = self.run_itg("export", "-")
        self.assertEqual((result.status, result.out.encode()), (OK, to_file))
        self.assertRegex(result.err, r"^Exported 100 thin clients, ")

    def test_summaries(self):
        text = self.ok("demo", "--thinclients", "1").out
        self.assertRegex(self.ok("import", "-", input=text).out, r"^Imported 1 thin client, \d+ directories, "
                         r"\d+ profiles, 8 firmwares and 1 assignment in \d+\.\d s\n$")
        self.ok("view", "create", "v", "id>0")
        self.assertRegex(self.ok("export", self.path("export.json")).out, r"^Exported .* 1 assignment and 1 view in ")
        summary = self.ok("export", self.path("export.json"), "--json").json
        self.assertEqual((summary["thinclients"], summary["firmwares"], summary["views"], summary["rules"]), (1, 8, 1, 0))
        self.assertRegex(self.ok("import", "-", "--db", self.path("empty.db"), input="{}").out,
                         r"^Imported 0 thin clients in ")
        self.assertIsInstance(summary["seconds"], float)


class Import(CommandTest):
    def test_broken_element_is_named_and_nothing_is_imported(self):
        fleet = json.loads(self.ok("demo", "--thinclients", "50").out)
        fleet["thinclients"][17]["mac"] = "00E0C5"
        self.refused("ITG-0A014: thinclients[17].mac: MAC must be 12 characters long.", "import", "-",
                     input=json.dumps(fleet))
        self.assertEqual(self.ok("tc", "list").out, "")
        self.assertEqual(self.ok("firmware", "list").out, "")

    def test_truncated(self):
        text = self.ok("demo", "--thinclients", "50").out
        self.refused("ITG-0A005", "import", "-", input=text[:-4000])
        self.refused("ITG-0A005", "import", "-", input="")
        self.assertEqual(self.ok("tc", "list").out, "")

    def test_twice(self):
        self.demo(50)
        before = self.ok("tc", "list", "--details").out
        self.refused("ITG-0A008", "import", "-", input=self.ok("demo", "--thinclients", "50").out)
        self.assertEqual(before, self.ok("tc", "list", "--details").out)

    def test_files_that_cannot_be_read(self):
        self.refused("cannot read", "import", self.path("missing.json"))
        self.refused("cannot read", "import", self.directory)

    def test_interrupted_import_leaves_nothing(self):
        text = self.ok("demo", "--thinclients", "2000").out.encode()
        process = subprocess.Popen([ITG, "import", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   env=self.environment())
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        process.stdin.write(text[: len(text) // 2])
        process.stdin.flush()
        time.sleep(0.3)
        process.terminate()
        process.communicate(timeout=TIMEOUT)
        self.assertEqual(process.returncode, -signal.SIGTERM)
        self.assertEqual(self.ok("tc", "list").out, "")
        self.ok("check")

    def test_progress_on_a_terminal(self):
        path = self.path("fleet.json")
        with open(path, "wb") as file:
            subprocess.run([ITG, "demo", "--thinclients", "40000"], stdout=file, check=True, timeout=TIMEOUT)
        status, text = Terminal(["import", path], self.environment(), columns=100).finish()
        self.assertEqual(status, OK)
        self.assertRegex(text, r"Importing \[#+\.+\] +\d+% \d+ elements")
        self.assertRegex(text, r"\r\x1b\[KImported 40000 thin clients, .*\n$")


class Export(CommandTest):
    def setUp(self):
        super().setUp()
        self.demo(100)
        self.target = self.path("export.json")

    def left_over(self):
        return sorted(name for name in os.listdir(self.directory) if not name.startswith("fleet.db"))

    def test_new_file_gets_the_usual_mode(self):
        before = os.umask(0o027)
        self.addCleanup(os.umask, before)
        self.ok("export", self.target)
        self.assertEqual(stat.S_IMODE(os.stat(self.target).st_mode), 0o640)
        self.assertEqual(self.left_over(), ["export.json"])

    def test_replaced_file_keeps_its_mode(self):
        with open(self.target, "w") as file:
            file.write("old")
        os.chmod(self.target, 0o604)
        self.ok("export", self.target)
        self.assertEqual(stat.S_IMODE(os.stat(self.target).st_mode), 0o604)
        with open(self.target) as file:
            self.assertEqual(len(json.load(file)["thinclients"]), 100)

    def test_a_link_stays_a_link(self):
        with open(self.path("real.json"), "w") as file:
            file.write("old")
        os.symlink("real.json", self.target)
        self.ok("export", self.target)
        self.assertTrue(os.path.islink(self.target))
        with open(self.path("real.json")) as file:
            self.assertEqual(len(json.load(file)["thinclients"]), 100)

    def test_devices_and_pipes_are_written_to(self):
        self.ok("export", "/dev/null")
        self.assertTrue(stat.S_ISCHR(os.stat("/dev/null").st_mode))
        os.mkfifo(self.target)
        got = []

        def read():
            with open(self.target) as pipe:
                got.append(pipe.read())
        reader = threading.Thread(target=read)
        reader.start()
        self.ok("export", self.target)
        reader.join(TIMEOUT)
        self.assertEqual(len(json.loads(got[0])["thinclients"]), 100)
        self.assertEqual(self.left_over(), ["export.json"])

    def test_a_failed_export_leaves_the_old_file(self):
        with open(self.target, "w") as file:
            file.write("old")
        limited = "ulimit -f 128; trap '' XFSZ; exec \"$0\" export \"$1\""
        done = subprocess.run(["sh", "-c", limited, ITG, self.target], capture_output=True, env=self.environment(),
                              timeout=TIMEOUT)
        self.assertEqual(done.returncode, REFUSED, done.stderr)
        self.assertIn(b"cannot write", done.stderr)
        with open(self.target) as file:
            self.assertEqual(file.read(), "old")
        self.assertEqual(self.left_over(), ["export.json"])

    def test_directories_and_missing_directories(self):
        self.refused("cannot write", "export", self.directory)
        self.refused("cannot write", "export", self.path("missing/export.json"))
        self.assertEqual(self.left_over(), [])


class Check(CommandTest):
    def test_sound(self):
        self.demo(200)
        self.assertEqual(self.ok("check").out, "")
        self.assertEqual(self.ok("check", "--json").json, [])

    def test_a_contradiction_is_found(self):
        self.demo(200)
        database = sqlite3.connect(self.db)
        database.execute("PRAGMA foreign_keys = OFF")
        database.execute("UPDATE object SET parent_id = 2 WHERE id = 1")
        database.execute("UPDATE object SET parent_id = 1 WHERE id = 2")
        database.commit()
        database.close()
        result = self.run_itg("check")
        self.assertEqual(result.status, REFUSED)
        self.assertTrue(result.out)
        self.assertRegex(result.err, r"^itg: .*: \d+ faults? found\n$")
        self.assertEqual(len(self.run_itg("check", "--json").json), len(result.out.splitlines()))


if __name__ == "__main__":
    unittest.main()
