"""Finding the library: one that is missing, older, newer, or something else."""

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import unittest

import itg


class Loading(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="itg-python-")
        self.addCleanup(shutil.rmtree, self.directory)

    def load(self, path, code="import itg"):
        """Imports the package in a new process. @return its last line of errors, "" if all went well"""
        environment = dict(os.environ, ITG_LIBRARY=path)
        done = subprocess.run([sys.executable, "-B", "-W", "error", "-c", code], env=environment, capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 1 if done.stderr else 0)
        return done.stderr.strip().split("\n")[-1]

    def build(self, source):
        path, text = os.path.join(self.directory, "libfake.so"), os.path.join(self.directory, "fake.c")
        with open(text, "w") as file:
            file.write(source)
        compiler = shlex.split(os.environ.get("CC") or "cc")
        if not shutil.which(compiler[0]):
            self.skipTest("no compiler")
        subprocess.run([*compiler, "-shared", "-fPIC", "-o", path, text], check=True)
        return path

    def test_the_real_one(self):
        self.assertEqual(self.load(itg.library_path, "import itg; assert itg.library_version == itg.__version__"), "")

    def test_every_name_is_there(self):
        self.assertEqual(self.load(itg.library_path, "from itg import *; Fleet, Error, Code, ThinclientNotFound, __version__"), "")

    def test_none(self):
        path = os.path.join(self.directory, "none.so")
        self.assertIn("ImportError: the environment's ITG_LIBRARY names %s, which cannot be loaded: " % path, self.load(path))

    def test_nowhere(self):
        """The package by itself, without a build tree beside it, and a linker that finds nothing."""
        shutil.copytree(os.path.dirname(itg.__file__), os.path.join(self.directory, "a", "b", "c", "itg"))
        done = subprocess.run([sys.executable, "-B", "-c", "import ctypes.util, itg"], capture_output=True, text=True, timeout=120,
                              env={"PYTHONPATH": os.path.join(self.directory, "a", "b", "c"), "PATH": "/nonexistent"})
        if "ImportError" not in done.stderr:
            self.skipTest("libitg is installed")
        self.assertIn("ImportError: libitg is not found: install it, ", done.stderr)

    def test_no_library_at_all(self):
        path = os.path.join(self.directory, "text.so")
        with open(path, "w") as file:
            file.write("text")
        self.assertIn("which cannot be loaded", self.load(path))

    def test_another_library(self):
        self.assertIn("is not libitg", self.load(self.build("int x(void) { return 1; }")))

    def test_an_older_one(self):
        self.assertIn("libitg 0.0.9 at ", self.load(self.build('const char *itg_version(void) { return "0.0.9"; }')))
        self.assertIn("is older than this package", self.load(self.build('const char *itg_version(void) { return "0.0.9"; }')))

    def test_a_newer_one(self):
        self.assertIn("libitg 12.3.4 at %s/libfake.so is newer than this package" % self.directory,
                      self.load(self.build('const char *itg_version(void) { return "12.3.4"; }')))

    def test_one_that_lacks_functions(self):
        said = self.load(self.build('const char *itg_version(void) { return "%s"; }' % itg.__version__))
        self.assertRegex(said, r"^ImportError: libitg \S+ at \S+ lacks \d+ functions that this package \(\S+\) needs: itg_access_each, .*\.\.\.$")

    def test_one_without_a_version(self):
        self.assertIn("which is no version", self.load(self.build('const char *itg_version(void) { return "new"; }')))
        self.assertIn("which is no version", self.load(self.build('const char *itg_version(void) { return 0; }')))


if __name__ == "__main__":
    unittest.main()
