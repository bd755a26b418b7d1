"""The command's manners, and the fleet's objects: list, show, create, update, move, delete, assign, command."""

import os
import socket
import subprocess
import unittest

from itg import ITG, OK, REFUSED, TIMEOUT, CommandTest, Terminal

CODES = 39
HOSTILE = [
    "O'Brien \"quoted\" \\ back",
    "'); DROP TABLE object; --",
    "%s%n%x {} ${HOME} `id`",
    "Zürich 東京 🖥",
    "-rf",
    "--help",
    "a=b=c",
    "\u202etxt.exe",
]


class Help(CommandTest):
    def test_help_names_every_command(self):
        out = self.ok("help").out
        for name in "serve import export tc dir profile masterprofile firmware user request error demo check".split():
            self.assertRegex(out, r"(?m)^  %s " % name)
        self.assertEqual(out, self.ok("--help").out)

    def test_help_of_each_command_and_verb(self):
        for name in "tc dir profile masterprofile firmware user".split():
            out = self.ok("help", name).out
            verbs = [line.split()[0] for line in out.split("Verbs:\n")[1].split("\n\n")[0].splitlines()
                     if line.startswith("  ") and not line.startswith("   ")]
            self.assertIn("list", verbs)
            for verb in verbs:
                text = self.ok("help", name, verb).out
                self.assertTrue(text.startswith("Usage: itg %s %s" % (name, verb)))
                self.assertEqual(text, self.ok(name, verb, "--help").out)

    def test_help_fits_a_narrow_terminal(self):
        for words in (["help"], ["help", "serve"], ["help", "tc"], ["help", "dir"], ["help", "request"]):
            for line in self.ok(*words).out.splitlines():
                self.assertLessEqual(len(line), 80, line)

    def test_version(self):
        self.assertRegex(self.ok("--version").out, r"^itg \d+\.\d+\.\d+\n$")

    def test_help_needs_no_fleet(self):
        self.ok("tc", "list", "--help", env=self.environment(ITG_DB=None))
        self.assertFalse(os.path.exists(self.db))


class Usage(CommandTest):
    def test_no_command(self):
        self.wrong()

    def test_nearest_command_is_suggested(self):
        self.assertIn("did you mean 'export'", self.wrong("exprot").err)
        self.assertIn("did you mean 'list'", self.wrong("tc", "lsit").err)
        self.assertNotIn("did you mean", self.wrong("zzzzzzzzz").err)
        for words in (("view", "add", "create"), ("user", "new", "add"), ("job", "rm", "delete"), ("tc", "get", "show")):
            self.assertIn("did you mean '%s'?" % words[2], self.wrong(*words[:2]).err)

    def test_nearest_option_is_suggested(self):
        self.assertIn("did you mean --listen", self.wrong("serve", "--lisen", ":0").err)

    def test_options_are_checked(self):
        self.wrong("demo", "--thinclients")
        self.wrong("demo", "--thinclients", "many")
        self.wrong("demo", "--thinclients", "1000001")
        self.wrong("demo", "--thinclients", "-1")
        self.wrong("demo", "--thinclients=99999999999999999999")
        self.wrong("tc", "list", "--json=1")
        self.wrong("tc", "list", "-z")
        self.wrong("tc", "list", "--" + "x" * 5000)

    def test_operands_are_counted(self):
        self.wrong("tc", "show")
        self.wrong("check", "what")
        self.wrong("tc")

    def test_a_fleet_must_be_named(self):
        self.assertIn("ITG_DB", self.wrong("tc", "list", env=self.environment(ITG_DB=None)).err)

    def test_db_wins_over_the_environment(self):
        self.ok("firmware", "create", "OS", "1", "LX", "--db", self.path("other.db"))
        self.assertTrue(os.path.exists(self.path("other.db")))
        self.assertFalse(os.path.exists(self.db))

    def test_common_options_stand_anywhere(self):
        self.ok("firmware", "create", "OS", "1", "LX")
        wanted = self.ok("firmware", "list", "--json").out
        self.assertEqual(wanted, self.ok("--json", "firmware", "list").out)
        self.assertEqual(wanted, self.ok("firmware", "--json", "list").out)
        env = self.environment(ITG_DB=None)
        self.assertEqual(wanted, self.ok("--db", self.db, "firmware", "--json", "list", env=env).out)

    def test_reading_does_not_create_a_fleet(self):
        for words in (["tc", "list"], ["check"], ["export", "-"], ["request", "GET", "thinclients"], ["user", "list"]):
            self.refused("ITG-FF002", *words)
            self.assertEqual(os.listdir(self.directory), [])

    def test_what_is_no_fleet_is_refused(self):
        with open(self.db, "wb") as file:
            file.write(b"This is no database at all. " * 200)
        self.refused("ITG-FF002", "tc", "list")

    def test_a_full_disk_is_reported(self):
        self.demo(50)
        with open("/dev/full", "wb") as full:
            for words in (["tc", "list"], ["demo"], ["help"], ["error", "--all"], ["request", "GET", "thinclients"],
                          ["export", "-"], ["tc", "list", "--json"], ["--version"]):
                done = subprocess.run([ITG, *words], stdout=full, stderr=subprocess.PIPE, env=self.environment(),
                                      timeout=TIMEOUT)
                self.assertEqual(done.returncode, REFUSED, words)
                self.assertIn(b"No space left", done.stderr, words)


class Errors(CommandTest):
    def test_one_code(self):
        out = self.ok("error", "ITG-0A006").out
        self.assertIn("text\tDirectory with ID [id] is not empty. Remove content first.\n", out)
        self.assertIn("message\tDirectory with ID <...> is not empty. Remove content first.\n", out)
        self.assertIn("status\t400\n", out)
        self.assertIn("name\tITG_E_DIRECTORY_NOT_EMPTY\n", out)
        self.assertEqual(out, self.ok("error", "itg-0a006").out)
        self.assertEqual(out, self.ok("error", "0A006").out)

    def test_json(self):
        entry = self.ok("error", "ITG-0A011", "--json").json
        self.assertEqual(entry, {"code": "ITG-0A011", "text": "Request method [method] not supported.",
                                 "message": "Request method '...' not supported", "status": 400,
                                 "name": "ITG_E_METHOD_NOT_SUPPORTED"})

    def test_all(self):
        rows = self.ok("error", "--all").rows
        self.assertEqual(len(rows), CODES)
        self.assertEqual([row[0] for row in rows], sorted(row[0] for row in rows))
        entries = self.ok("error", "--all", "--json").json
        self.assertEqual(len(entries), CODES)
        for entry in entries:
            self.assertEqual(entry, self.ok("error", entry["code"], "--json").json)

    def test_all_agree_with_the_documented_list(self):
        data = os.path.join(os.path.dirname(__file__), "..", "data", "errors.tsv")
        with open(data, encoding="utf-8") as file:
            documented = [line.rstrip("\n").split("\t") for line in file if line.startswith("ITG-")]
        entries = {entry["code"]: entry for entry in self.ok("error", "--all", "--json").json}
        self.assertEqual(len(documented), CODES)
        for code, *rest in documented:
            self.assertIn(entries[code]["text"], rest)

    def test_unknown_code(self):
        self.assertIn("did you mean ITG-0A006?", self.refused("no error", "error", "ITG-0A0O6").err)
        self.refused("no error", "error", "ITG-0A006", "nonsense")
        self.wrong("error")
        self.wrong("error", "--all", "ITG-0A006")


class Firmwares(CommandTest):
    def test_create_list_show(self):
        first = self.create("firmware", "create", "IGEL OS 11", "11.3.100.1", "LX")
        second = self.create("firmware", "create", "IGEL OS 12", "12.4.1", "LX")
        self.assertEqual(self.ok("firmware", "list").rows,
                         [[first, "IGEL OS 11", "11.3.100.1", "LX"], [second, "IGEL OS 12", "12.4.1", "LX"]])
        self.assertEqual(self.ok("firmware", "show", second, "--json").json,
                         {"id": second, "product": "IGEL OS 12", "version": "12.4.1", "firmwareType": "LX"})

    def test_refusals(self):
        self.create("firmware", "create", "OS", "1", "LX")
        self.refused("ITG-0A008", "firmware", "create", "OS", "1", "LX")
        self.refused("ITG-0A015: Firmware with ID <9> does not exist.", "firmware", "show", "9")
        self.wrong("firmware", "show", "nine")


class ThinClients(CommandTest):
    def setUp(self):
        super().setUp()
        self.firmware = self.create("firmware", "create", "OS", "1", "LX")

    def make(self, mac, *more):
        return self.create("tc", "create", "mac=" + mac, "firmwareID=" + self.firmware, *more)

    def test_create_and_show(self):
        tc = self.make("00e0c5000001", "name=Desk 1", "site=Bremen")
        shown = self.ok("tc", "show", tc, "--json").json
        self.assertEqual((shown["id"], shown["mac"], shown["name"], shown["site"], shown["parentID"]),
                         (tc, "00E0C5000001", "Desk 1", "Bremen", "-1"))
        self.assertIs(shown["movedToBin"], False)
        self.assertEqual(shown["cpuSpeed"], 0)
        created = self.ok("tc", "create", "mac=00E0C5000002", "firmwareID=" + self.firmware, "--json").json
        self.assertEqual(list(created), ["id"])

    def test_named_by_mac(self):
        tc = self.make("00E0C5000001")
        for mac in ("00E0C5000001", "00e0c5000001", "00:e0:c5:00:00:01", "00-E0-C5-00-00-01"):
            self.assertEqual(self.ok("tc", "show", mac, "--json").json["id"], tc)
        self.refused("ITG-0A001: Thin client with ID <00E0C5FFFFFF> not found.", "tc", "show", "00E0C5FFFFFF")
        self.wrong("tc", "show", "00E0C5")

    def test_a_mac_of_decimal_digits(self):
        tc = self.make("000000000042")
        self.assertEqual(self.ok("tc", "show", "000000000042", "--json").json["id"], tc)
        self.refused("ITG-0A001: Thin client with ID <123456789012>", "tc", "show", "123456789012")

    def test_update(self):
        tc = self.make("00E0C5000001", "site=Bremen", "comment=old")
        self.assertEqual(self.ok("tc", "update", tc, "site=", "comment=a=b", "name=New").out, "")
        shown = self.ok("tc", "show", tc, "--json").json
        self.assertEqual((shown["site"], shown["comment"], shown["name"]), ("", "a=b", "New"))

    def test_keys_are_checked_before_anything_happens(self):
        tc = self.make("00E0C5000001")
        self.assertIn("did you mean 'department'", self.wrong("tc", "update", tc, "site=X", "departmet=Y").err)
        self.wrong("tc", "update", tc, "site")
        self.assertEqual(self.ok("tc", "show", tc, "--json").json["site"], "")
        self.refused("ITG-0A013", "tc", "update", tc, "mac=00E0C5000009")

    def test_refusals(self):
        tc = self.make("00E0C5000001")
        self.refused("ITG-0A008", "tc", "create", "mac=00e0c5000001", "firmwareID=" + self.firmware)
        self.refused("ITG-0A007", "tc", "create", "firmwareID=" + self.firmware)
        self.refused("ITG-0A009", "tc", "create", "mac=00E0C5000002")
        self.refused("ITG-0A015", "tc", "create", "mac=00E0C5000002", "firmwareID=77")
        self.refused("ITG-0A014", "tc", "create", "mac=00E0C5", "firmwareID=" + self.firmware)
        self.refused("ITG-0A010", "tc", "create", "mac=00E0C500000G", "firmwareID=" + self.firmware)
        self.refused("ITG-0A024", "tc", "update", tc, "name= ")
        self.refused("ITG-0A024", "tc", "update", tc, "name=line\nbreak")
        self.assertEqual(len(self.ok("tc", "list").rows), 1)

    def test_list_columns(self):
        tc = self.make("00E0C5000001", "site=Bremen")
        self.assertEqual(self.ok("tc", "list", "--columns", "site,mac,cpuSpeed").rows,
                         [["Bremen", "00E0C5000001", "0"]])
        self.assertEqual(self.ok("tc", "list", "--columns", "cpuSpeed,id,movedToBin", "--json").json,
                         [{"cpuSpeed": 0, "id": tc, "movedToBin": False}])
        self.assertIn("did you mean 'site'", self.wrong("tc", "list", "--columns", "sitte").err)
        self.wrong("tc", "list", "--columns", "")
        details = self.ok("tc", "list", "--details", "--json").json
        self.assertEqual(details, [self.ok("tc", "show", tc, "--json").json])

    def test_hostile_texts_survive(self):
        tc = self.make("00E0C5000001")
        for text in HOSTILE:
            self.ok("tc", "update", tc, "name=" + text, "comment=" + text)
            shown = self.ok("tc", "show", tc, "--json").json
            self.assertEqual((shown["name"], shown["comment"]), (text, text))
        self.refused("ITG-0A", "tc", "update", tc, b"comment=\xff\xfe")

    def test_lines_stay_lines(self):
        tc = self.make("00E0C5000001", "comment=one\ttwo\nthree\\four")
        self.assertEqual(self.ok("tc", "list", "--columns", "id,comment").out, tc + "\tone\\ttwo\\nthree\\\\four\n")

    def test_delete_is_all_or_none(self):
        first, second = self.make("00E0C5000001"), self.make("00E0C5000002")
        self.refused("ITG-0A001", "tc", "delete", first, "4711", second)
        self.assertEqual(len(self.ok("tc", "list").rows), 2)
        self.ok("tc", "delete", first, "00E0C5000002")
        self.assertEqual(self.ok("tc", "list").out, "")
        self.assertEqual(self.ok("tc", "list", "--json").json, [])

    def test_delete_online(self):
        tc = self.make("00E0C5000001")
        result = self.run_itg("tc", "delete", "--online", tc)
        self.assertEqual(result.status, REFUSED)
        self.assertEqual(result.rows[0][:3], [tc, "00E0C5000001", "FAILED"])
        self.ok("tc", "show", tc)

    def test_bin(self):
        tc = self.make("00E0C5000001")
        self.ok("tc", "bin", tc)
        self.assertIs(self.ok("tc", "show", tc, "--json").json["movedToBin"], True)
        self.refused("ITG-0A018", "tc", "update", tc, "site=X")
        self.ok("tc", "restore", tc)
        self.ok("tc", "update", tc, "site=X")

    def test_wakeup_sends_a_packet(self):
        receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(receiver.close)
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(10)
        tc = self.make("00E0C514325B", "lastIP=127.0.0.9")
        result = self.ok("tc", "command", "wakeup", tc, "--wake-broadcast", "127.0.0.1", "--no-wake-unicast",
                         "--wake-port", str(receiver.getsockname()[1]), "--json")
        self.assertEqual(result.json, [{"id": tc, "mac": "00E0C514325B", "commandID": "", "state": "confirmed",
                                        "message": "OK"}])
        self.assertEqual(receiver.recv(200), b"\xff" * 6 + bytes.fromhex("00E0C514325B") * 16)

    def test_wrong_command(self):
        tc = self.make("00E0C5000001")
        self.assertIn("did you mean reboot?", self.refused("ITG-0A003: <rebot> is an invalid command.", "tc", "command",
                                                           "rebot", tc).err)
        self.refused("ITG-0A003", "tc", "command", "forget", tc)
        self.refused("ITG-0A001", "tc", "command", "reboot", tc, "4711")


class Directories(CommandTest):
    def test_the_three_trees(self):
        for tree, root in (("tc", "-1"), ("profile", "-2"), ("masterprofile", "-14")):
            top = self.create("dir", "create", "Top", "--tree", tree)
            below = self.create("dir", "create", "Below", "--tree", tree, "--parent", top)
            rows = self.ok("dir", "list", "--tree", tree).rows
            self.assertEqual(rows, [[top, "Top", root, "false"], [below, "Below", top, "false"]])
            self.assertEqual(self.ok("dir", "show", top, "--tree", tree, "--json").json,
                             {"id": top, "name": "Top", "parentID": root, "movedToBin": False,
                              "objectType": tree + "directory"})
            self.assertEqual(self.ok("dir", "children", "root", "--tree", tree).rows[0][0], top)
            self.assertEqual(self.ok("dir", "show", root, "--tree", tree).out,
                             self.ok("dir", "show", "root", "--tree", tree).out)

    def test_trees_are_apart(self):
        top = self.create("dir", "create", "Top", "--tree", "profile")
        self.refused("ITG-0A002", "dir", "show", top)
        self.refused("ITG-0A016", "dir", "create", "Below", "--parent", top)
        self.assertIn("did you mean 'profile'", self.wrong("dir", "list", "--tree", "profil").err)

    def test_rename(self):
        top = self.create("dir", "create", "Top")
        for name in HOSTILE:
            self.ok("dir", "update", "--", top, name)
            self.assertEqual(self.ok("dir", "show", top, "--json").json["name"], name)
        self.refused("ITG-0A004", "dir", "update", top, " ")
        self.refused("ITG-0A002", "dir", "update", "4711", "X")
        self.refused("ITG-0B005", "dir", "update", "-1", "X")

    def test_delete(self):
        top = self.create("dir", "create", "Top")
        below = self.create("dir", "create", "Below", "--parent", top)
        refusal = self.refused("ITG-0A006", "dir", "delete", top)
        self.assertEqual(refusal.err,
                         "itg: ITG-0A006: Directory with ID <%s> is not empty. Remove content first.\n" % top)
        self.ok("dir", "delete", below, top)
        self.assertEqual(self.ok("dir", "list").out, "")

    def test_move(self):
        a, b = self.create("dir", "create", "A"), self.create("dir", "create", "B")
        self.assertEqual(self.ok("dir", "move", a, b).rows, [[b, "successful"]])
        self.assertEqual(self.ok("dir", "show", b, "--json").json["parentID"], a)
        result = self.run_itg("dir", "move", b, a, b, "4711")
        self.assertEqual(result.status, REFUSED)
        self.assertEqual(result.rows, [[a, "into_itself"], [b, "into_itself"], ["4711", "does_not_exist"]])
        self.assertEqual(self.ok("dir", "move", "-1", b).rows, [[b, "successful"]])
        self.assertEqual(self.ok("dir", "show", b, "--json").json["parentID"], "-1")
        self.refused("ITG-0A002", "dir", "move", "4711", a)

    def test_move_thin_clients(self):
        firmware = self.create("firmware", "create", "OS", "1", "LX")
        tc = self.create("tc", "create", "mac=00E0C5000001", "firmwareID=" + firmware)
        top = self.create("dir", "create", "Top")
        self.assertEqual(self.ok("tc", "move", top, "00E0C5000001", "--json").json,
                         [{"id": tc, "results": "successful"}])
        self.assertEqual(self.ok("dir", "children", top).rows, [[tc, "ITC00E0C5000001", top, "false", "tc"]])
        self.ok("tc", "move", "root", tc)
        self.assertEqual(self.ok("dir", "children", top).out, "")

    def test_bin(self):
        top = self.create("dir", "create", "Top")
        below = self.create("dir", "create", "Below", "--parent", top)
        self.ok("dir", "bin", top)
        self.assertEqual([row[3] for row in self.ok("dir", "list").rows], ["true", "true"])
        self.refused("ITG-0A017", "dir", "create", "X", "--parent", below)
        self.ok("dir", "restore", top)
        self.assertEqual([row[3] for row in self.ok("dir", "list").rows], ["false", "false"])


class Bin(CommandTest):
    def test_items_of_all_trees(self):
        top = self.create("dir", "create", "Top")
        below = self.create("dir", "create", "Below", "--parent", top)
        other = self.create("dir", "create", "P", "--tree", "profile")
        self.assertEqual(self.ok("bin", "list").out, "")
        self.assertEqual(self.ok("bin", "put", top, other).out, "")
        self.assertEqual(self.ok("bin", "list").rows,
                         [[top, "tcdirectory", "Top", "-1"], [other, "profiledirectory", "P", "-2"]])
        self.assertEqual([item["id"] for item in self.ok("bin", "list", "--json").json], [top, other])
        self.refused("ITG-0A004", "bin", "purge", other, below)
        self.ok("bin", "restore", other)
        self.ok("bin", "purge", top)
        self.refused("ITG-0A002", "dir", "show", below)
        self.refused("ITG-0A020", "bin", "put", other, top)
        self.assertEqual(self.ok("bin", "list").out, "")
        self.ok("bin", "put", other)
        self.assertEqual(self.ok("bin", "empty", "--json").json, {"purged": 1})
        self.assertEqual(self.ok("bin", "empty").rows, [["purged", "0"]])


class Profiles(CommandTest):
    def setUp(self):
        super().setUp()
        self.firmware = self.create("firmware", "create", "OS", "1", "LX")

    def make(self, kind, name, *more):
        return self.create(kind, "create", name, "--firmware", self.firmware, *more)

    def test_both_kinds(self):
        for kind, root in (("profile", "-2"), ("masterprofile", "-14")):
            directory = self.create("dir", "create", "D", "--tree", kind)
            one = self.make(kind, "One", "--overrides-sessions", "--parent", directory)
            self.assertEqual(self.ok(kind, "show", one, "--json").json,
                             {"id": one, "name": "One", "firmwareID": self.firmware, "overridesSessions": True,
                              "parentID": directory, "movedToBin": False, "objectType": kind})
            self.assertEqual(self.ok(kind, "list").rows, [[one, "One", self.firmware, directory, "false"]])
            self.ok(kind, "update", one, "Two")
            self.ok(kind, "move", "root", one)
            self.assertEqual(self.ok(kind, "list").rows, [[one, "Two", self.firmware, root, "false"]])
            self.ok(kind, "bin", one)
            self.refused("ITG-0A022", kind, "update", one, "Three")
            self.ok(kind, "restore", one)
            self.ok(kind, "delete", one)
            self.assertEqual(self.ok(kind, "list").out, "")

    def test_refusals(self):
        one = self.make("profile", "One")
        self.refused("ITG-0A020", "masterprofile", "show", one)
        for words in (["show", "4711"], ["delete", "4711"], ["update", "4711", "X"], ["receivers", "4711"]):
            self.assertIn("(no profile has id 4711)", self.refused("ITG-0A020", "profile", *words).err)
        self.refused("ITG-0A015", "profile", "create", "X", "--firmware", "77")
        self.refused("ITG-0A004", "profile", "create", "", "--firmware", self.firmware)
        self.wrong("profile", "create", "X")

    def test_assignments(self):
        top = self.create("dir", "create", "Top")
        tc = self.create("tc", "create", "mac=00E0C5000001", "firmwareID=" + self.firmware, "parentID=" + top)
        one, two = self.make("profile", "One"), self.make("profile", "Two")
        master = self.make("masterprofile", "Master")
        self.ok("profile", "assign", one, top, "00E0C5000001")
        self.ok("tc", "assign", tc, two, master)
        reaching = self.ok("tc", "assignments", tc).rows
        self.assertEqual([row[1:] for row in reaching],
                         [[one, "profile", "One", tc, "tc"], [two, "profile", "Two", tc, "tc"],
                          [one, "profile", "One", top, "tcdirectory"], [master, "masterprofile", "Master", tc, "tc"]])
        self.assertEqual([row[0] for row in reaching], ["0", "1", "2", "3"])
        self.assertEqual(self.ok("profile", "receivers", one).rows, [[top, "tcdirectory"], [tc, "tc"]])
        self.assertEqual(len(self.ok("dir", "assignments", top).rows), 1)

    def test_assigning_is_all_or_none(self):
        top = self.create("dir", "create", "Top")
        one, two = self.make("profile", "One"), self.make("profile", "Two")
        self.ok("dir", "assign", top, one)
        self.refused("ITG-0A008", "dir", "assign", top, two, one)
        self.refused("ITG-0A019", "profile", "assign", two, top, "4711")
        self.refused("ITG-0A019", "profile", "assign", two, "-1")
        self.refused("ITG-0A021", "dir", "assign", top, "4711")
        self.assertEqual(len(self.ok("dir", "assignments", top).rows), 1)
        self.refused("ITG-0A021", "dir", "unassign", top, one, two)
        self.assertEqual(len(self.ok("dir", "assignments", top).rows), 1)
        self.ok("dir", "unassign", top, one)
        self.assertEqual(self.ok("dir", "assignments", top).out, "")

    def test_refusals_come_alone(self):
        self.refused("ITG-0A001", "tc", "assignments", "4711", "--json")
        self.refused("ITG-0A020", "profile", "receivers", "4711", "--json")
        self.refused("ITG-0A002", "dir", "children", "4711", "--json")


class Tables(CommandTest):
    """On a terminal."""

    def show(self, *arguments, columns=80):
        status, text = Terminal(arguments, self.environment(), columns).finish()
        self.assertEqual(status, OK, text)
        return text

    def test_columns_are_aligned_by_what_is_seen(self):
        for name in ("東京", "Zürich", "Plain"):
            self.create("dir", "create", name)
        self.assertEqual(self.show("dir", "list"),
                         "id  name    parentID  movedToBin\n"
                         " 1  東京          -1  false\n"
                         " 2  Zürich        -1  false\n"
                         " 3  Plain         -1  false\n")

    def test_a_wide_table_is_cut_to_the_terminal(self):
        self.create("dir", "create", "x" * 200)
        lines = self.show("dir", "list", columns=60).splitlines()
        self.assertEqual([len(line) <= 60 for line in lines], [True, True], lines)
        self.assertIn("x…", lines[1])
        self.assertIn("x" * 200, self.ok("dir", "list").out)

    def test_wide_characters_are_cut_whole(self):
        self.create("dir", "create", "東" * 100)
        line = self.show("dir", "list", columns=60).splitlines()[1]
        self.assertIn("東…", line)
        self.assertNotIn("\ufffd", line)

    def test_nothing_speaks_to_the_terminal(self):
        firmware = self.create("firmware", "create", "OS", "1", "LX")
        tc = self.create("tc", "create", "mac=00E0C5000001", "firmwareID=" + firmware,
                         "comment=\x1b[31mred\x07\u202ecba")
        for words in (["tc", "show", tc], ["tc", "list", "--columns", "comment"]):
            text = self.show(*words)
            self.assertIn("\\x1b[31mred\\x07\\u{202e}cba", text)
            self.assertNotIn("\x1b", text)
        result = self.run_itg("tc", "show", "\x1b]0;title\x07")
        self.assertNotIn("\x1b", result.err)

    def test_an_empty_table_has_its_header(self):
        self.create("dir", "create", "Top", "--tree", "profile")
        self.assertEqual(self.show("dir", "list"), "id  name  parentID  movedToBin\n")

    def test_longer_than_what_widths_are_measured_from(self):
        text = self.ok("demo", "--thinclients", "3000").out
        self.ok("import", "-", input=text)
        lines = self.show("tc", "list", "--columns", "id,mac").splitlines()
        self.assertEqual(len(lines), 3001)
        self.assertEqual(len(set(len(line) for line in lines[1:])), 1)

    def test_utf8_without_a_locale(self):
        self.create("dir", "create", "東京")
        env = self.environment(LANG="C", LC_ALL="C")
        self.assertEqual(self.ok("dir", "list", env=env).rows[0][1], "東京")
        status, text = Terminal(["dir", "list"], env).finish()
        self.assertIn(" 1  東京        -1  false\n", text)


if __name__ == "__main__":
    unittest.main()
