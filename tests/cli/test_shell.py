"""What the command tells of itself to people and shells: manual page, completion, suggestions, colours, exit statuses."""

import os
import re
import shutil
import subprocess
import unittest

from itg import ITG, OK, REFUSED, TIMEOUT, USAGE, CommandTest, Terminal

CODES = 39


class Completion(CommandTest):
    def words(self, *words):
        """What is offered for the last word."""
        rows = self.ok("completion", "words", "--", *words).rows
        return [row[0] for row in rows]

    def commands(self):
        return re.findall(r"(?m)^  (\S+)  ", self.ok("help").out.split("\nCommands:\n")[1].split("\n\n")[0])

    def verbs(self, group):
        text = self.ok("help", group).out
        if "\nVerbs:\n" not in text:
            return []
        return re.findall(r"(?m)^  (\S+)", re.sub(r"(?m)^   .*\n", "", text.split("\nVerbs:\n")[1].split("\n\n")[0] + "\n"))

    def options(self, *words):
        return re.findall(r"(?m)^  (?:-\w, )?(--[\w-]+)", self.ok("help", *words).out)

    def test_all_that_help_names_is_offered(self):
        self.assertEqual(self.words(""), self.commands())
        for name in self.commands():
            self.assertEqual(self.words("help", name)[0], name)
            verbs = self.verbs(name)
            self.assertEqual(self.words("help", name, ""), verbs)
            if verbs:
                self.assertEqual(self.words(name, ""), verbs)
                self.assertEqual(self.words("--json", name, ""), verbs)
            for verb in verbs or [None]:
                words = [name, verb] if verb else [name]
                self.assertEqual(self.words(*words, "--"), self.options(*words))

    def test_only_what_begins_so(self):
        self.assertEqual(self.words("ex"), ["export"])
        self.assertEqual(self.words("tc", "li"), ["list"])
        self.assertEqual(self.words("tc", "list", "--wh"), ["--where"])
        self.assertEqual(self.words("zzz"), [])
        self.assertEqual(self.words("zzz", ""), [])
        self.assertEqual(self.words("%s", "--%n"), [])

    def test_values(self):
        self.assertEqual(self.words("dir", "list", "--tree", ""), ["tc", "profile", "masterprofile"])
        self.assertEqual(self.words("dir", "list", "--tree", "p"), ["profile"])
        self.assertEqual(self.words("dir", "list", "--tree=p"), ["--tree=profile"])
        self.assertEqual(self.words("dir", "list", "--tree", "=", "p"), ["profile"])  # as bash cuts it
        self.assertEqual(self.words("user", "add", "-r", "v"), ["viewer"])
        self.assertEqual(self.words("right", "set", "1", "--allow", "read,wr"), ["read,write"])
        self.assertEqual(self.words("tc", "list", "--db", ""), [":files"])
        self.assertEqual(self.words("tc", "list", "--where", ""), [])

    def test_operands(self):
        self.assertEqual(self.words("tc", "command", "re"), ["reboot"])
        self.assertEqual(self.words("tc", "command", "--queue", "re"), ["reboot"])
        self.assertEqual(self.words("tc", "command", "reboot", "re"), [])
        self.assertEqual(len(self.words("error", "")), CODES)
        self.assertEqual(self.words("error", "ITG-FF006", "ITG-0B00")[0], "ITG-0B001")
        self.assertEqual(self.words("import", ""), [":files"])
        self.assertEqual(self.words("completion", ""), ["bash", "zsh", "fish"])
        self.assertEqual(self.words("tc", "move", "-1", "--js"), ["--json"])
        self.assertEqual(self.words("tc", "show", "--", "--js"), [])

    def test_no_words(self):
        self.assertEqual(self.words(), self.commands())

    def test_wrong_shells(self):
        self.assertIn("did you mean 'bash'", self.wrong("completion", "bahs").err)
        self.wrong("completion")
        self.wrong("completion", "bash", "zsh")

    def run_shell(self, shell, *arguments):
        program = shutil.which(shell)
        if not program:
            self.skipTest(shell + " is not installed")
        env = self.environment(PATH=os.path.dirname(ITG) + ":" + os.environ["PATH"], HOME=self.directory)
        done = subprocess.run([program, *arguments], capture_output=True, timeout=TIMEOUT, env=env, cwd=self.directory)
        self.assertEqual(done.stderr, b"")
        return done.stdout.decode().split("\n")[:-1]

    def test_bash(self):
        ask = """source <(itg completion bash); compopt() { echo "compopt $*"; }
            COMP_WORDS=(%s); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _itg itg; printf '%%s\\n' "${COMPREPLY[@]}" """
        self.assertEqual(self.run_shell("bash", "-c", ask % "itg tc li"), ["list"])
        self.assertEqual(self.run_shell("bash", "-c", ask % "itg dir list --tree ''"), ["tc", "profile", "masterprofile"])
        self.assertEqual(self.run_shell("bash", "-c", ask % "itg import ''"), ["compopt -o default", ""])
        self.assertEqual(self.run_shell("bash", "-c", "source <(itg completion bash); complete -p itg"),
                         ["complete -F _itg itg"])

    def test_zsh(self):
        ask = """compdef() { echo "$@"; }; _files() { echo files; }; _describe() { print -l ${(P)2}; }
            source <(itg completion zsh); words=(%s); CURRENT=$#words; _itg"""
        self.assertEqual(self.run_shell("zsh", "-fc", ask % "itg tc li"),
                         ["_itg itg", "list:list them, those in the recycle bin included"])
        self.assertEqual(self.run_shell("zsh", "-fc", ask % "itg import ''"), ["_itg itg", "files"])

    def test_fish(self):
        ask = "itg completion fish | source; complete -C '%s'"
        self.assertEqual(self.run_shell("fish", "-Nc", ask % "itg tc li"),
                         ["list\tlist them, those in the recycle bin included"])
        self.assertEqual(self.run_shell("fish", "-Nc", ask % "itg dir list --tree p"), ["profile"])


class Manual(CommandTest):
    def test_has_all_that_help_has(self):
        page = self.ok("help", "--man").out
        self.assertTrue(page.startswith(".TH ITG 1 "))
        plain = re.sub(r"\\f.|\\&", "", page).replace("\\-", "-").replace("\\(aq", "'").replace("\\e", "\\")
        for name in re.findall(r"(?m)^  (\S+)  ", self.ok("help").out.split("\nCommands:\n")[1].split("\n\n")[0]):
            self.assertRegex(plain, r"(?m)^\.SS itg %s( |$)" % name)
            for option in re.findall(r"(?m)^  (?:-\w, )?(--[\w-]+)", self.ok("help", name).out):
                self.assertIn(option, plain)
        self.assertIn("--where EXPR", plain.replace("\n", " "))
        for status in "012":
            self.assertIn("\n.B %s\n" % status, page)

    def test_man_understands_it(self):
        if not shutil.which("groff"):
            self.skipTest("groff is not installed")
        done = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-rHY=0"], input=self.ok("help", "--man").out.encode(),
                              capture_output=True, timeout=TIMEOUT)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.assertGreater(len(done.stdout), 10000)

    def test_wrong_usage(self):
        self.wrong("help", "tc", "--man")


class Suggestions(CommandTest):
    def test_help(self):
        self.assertIn("did you mean 'export'", self.wrong("help", "exprot").err)
        self.assertIn("did you mean 'tc list'", self.wrong("help", "tc", "lsit").err)
        self.assertNotIn("did you mean", self.wrong("help", "zzzzzzzz").err)
        self.assertNotIn("did you mean", self.wrong("help", "export", "zzzzzzzz").err)

    def test_codes(self):
        for slip in ("ITG-0A06", "ITG-0A0006", "0A06", "A006", "itg-0a06"):
            self.assertIn("did you mean ITG-0A0", self.refused("no error", "error", slip).err, slip)


class Colours(CommandTest):
    def show(self, *arguments, **environment):
        environment = {"NO_COLOR": None, "TERM": "xterm", **environment}
        return Terminal(arguments, self.environment(**environment)).finish()

    def test_on_a_terminal(self):
        status, text = self.show("error", "--all")
        self.assertEqual(status, OK)
        self.assertTrue(text.startswith("\x1b[1mcode"), text[:40])
        self.assertEqual(text.count("\x1b"), 2)
        status, text = self.show("tc", "show", "1")
        self.assertEqual(status, REFUSED)
        self.assertTrue(text.startswith("\x1b[1;31mitg:\x1b[0m ITG-FF002: "), text)
        self.assertIn("\x1b[1mCommands:\x1b[0m\n", self.show("help")[1])

    def test_not_where_they_are_not_wanted(self):
        for environment in ({"NO_COLOR": "1"}, {"TERM": "dumb"}, {"TERM": None}, {"TERM": ""}):
            for words in (["error", "--all"], ["tc", "show", "1"], ["help"]):
                self.assertNotIn("\x1b", self.show(*words, **environment)[1])
        self.assertIn("\x1b", self.show("help", NO_COLOR="")[1])

    def test_not_in_a_pipe(self):
        env = self.environment(NO_COLOR=None, TERM="xterm")
        for words in (["error", "--all"], ["tc", "show", "1"], ["help"]):
            result = self.run_itg(*words, env=env)
            self.assertNotIn("\x1b", result.out + result.err)


class ExitStatuses(CommandTest):
    def test_help_says_them(self):
        statuses = re.findall(r"(?m)^  (\d) ", self.ok("help").out.split("\nExit status:\n")[1])
        self.assertEqual(statuses, [str(OK), str(REFUSED), str(USAGE)])


if __name__ == "__main__":
    unittest.main()
