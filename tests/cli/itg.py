"""What the tests of the command share. ITG names the command."""

import errno
import fcntl
import json
import os
import pty
import re
import select
import shutil
import struct
import subprocess
import tempfile
import termios
import time
import unittest

ITG = os.environ.get("ITG", "itg")

OK, REFUSED, USAGE = 0, 1, 2

# Everything that runs ends by then; no test hangs.
TIMEOUT = 60


class Result:
    def __init__(self, status, out, err):
        self.status = status
        self.out = out
        self.err = err

    @property
    def json(self):
        return json.loads(self.out)

    @property
    def rows(self):
        """The cells of tab-separated lines."""
        return [line.split("\t") for line in self.out.splitlines()]


class CommandTest(unittest.TestCase):
    """Each test has a directory of its own, and in it a fleet that does not exist yet."""

    maxDiff = None

    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="itg-test-")
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)
        self.db = self.path("fleet.db")

    def path(self, name):
        return os.path.join(self.directory, name)

    def environment(self, **more):
        environment = {k: v for k, v in os.environ.items() if k not in ("ITG_DB", "COLUMNS")}
        environment["ITG_DB"] = self.db
        environment["NO_COLOR"] = "1"
        environment.update(more)
        return {k: v for k, v in environment.items() if v is not None}

    def run_itg(self, *arguments, input=b"", env=None, **popen):
        """Runs the command with standard output in a pipe."""
        if isinstance(input, str):
            input = input.encode()
        done = subprocess.run([ITG, *arguments], input=input, capture_output=True, timeout=TIMEOUT,
                              env=env or self.environment(), cwd=self.directory, **popen)
        return Result(done.returncode, done.stdout.decode(errors="surrogateescape"),
                      done.stderr.decode(errors="surrogateescape"))

    def ok(self, *arguments, **options):
        result = self.run_itg(*arguments, **options)
        self.assertEqual((result.status, result.err), (OK, ""), arguments)
        return result

    def refused(self, code, *arguments, **options):
        """Runs what must be refused, with nothing on standard output."""
        result = self.run_itg(*arguments, **options)
        self.assertEqual(result.status, REFUSED, (arguments, result.out, result.err))
        self.assertTrue(result.err.startswith("itg: " + code), result.err)
        self.assertEqual(result.err.count("\n"), 1, result.err)
        return result

    def wrong(self, *arguments, **options):
        """Runs what is wrong usage."""
        result = self.run_itg(*arguments, **options)
        self.assertEqual((result.status, result.out), (USAGE, ""), (arguments, result.err))
        self.assertTrue(result.err.startswith("itg: "), result.err)
        self.assertIn("Try 'itg help", result.err)
        return result

    def create(self, *arguments):
        """Runs a create; the new id as text."""
        return self.ok(*arguments).out.strip()

    def demo(self, count=60, seed=1):
        """A fleet to work on; its fleet file as an object."""
        text = self.ok("demo", "--thinclients", str(count), "--seed", str(seed)).out
        self.ok("import", "-", input=text)
        return json.loads(text)


class Terminal:
    """The command on a terminal of its own."""

    def __init__(self, arguments, env, columns=80, stdout=None):
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self.slave = slave

        def take_terminal():
            os.setsid()
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        self.process = subprocess.Popen([ITG, *arguments], stdin=slave, stdout=stdout or slave, stderr=slave,
                                        env=env, preexec_fn=take_terminal)
        self.text = ""

    def read_until(self, wanted):
        """Reads until the text is there."""
        end = time.monotonic() + TIMEOUT
        while wanted not in self.text:
            ready = select.select([self.master], [], [], max(0, end - time.monotonic()))[0]
            if not ready:
                raise AssertionError("no %r in %r" % (wanted, self.text))
            self.text += os.read(self.master, 65536).decode(errors="replace")
        return self.text

    def type(self, text):
        os.write(self.master, text.encode())

    def echoes(self):
        return bool(termios.tcgetattr(self.slave)[3] & termios.ECHO)

    def finish(self):
        """Reads to the end. @return exit status, text with plain line ends"""
        end = time.monotonic() + TIMEOUT
        while True:
            ready = select.select([self.master], [], [], 0.02)[0]
            if ready:
                try:
                    self.text += os.read(self.master, 65536).decode(errors="replace")
                    continue
                except OSError as error:
                    if error.errno != errno.EIO:
                        raise
            if self.process.poll() is not None and not ready:
                break
            if time.monotonic() > end:
                self.process.kill()
                raise AssertionError("still running: %r" % self.text)
        self.close()
        return self.process.returncode, self.text.replace("\r\n", "\n")

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for fd in (self.master, self.slave):
            try:
                os.close(fd)
            except OSError:
                pass


class Server:
    """`itg serve` running; made by CommandTest's tests, which clean it up with close()."""

    def __init__(self, arguments, env, cwd):
        # Unbuffered: lines that wait in a buffer would not wake select().
        self.process = subprocess.Popen([ITG, "serve", *arguments], bufsize=0, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, env=env, cwd=cwd)
        self.lines = []
        self.url = None
        self.password = None

    def wait_ready(self):
        """Reads what it prints until it serves."""
        end = time.monotonic() + TIMEOUT
        while self.url is None:
            if not select.select([self.process.stdout], [], [], max(0, end - time.monotonic()))[0]:
                raise AssertionError("does not serve: %r" % self.lines)
            line = self.process.stdout.readline().decode()
            if not line:
                raise AssertionError("ended: %r %r" % (self.lines, self.process.stderr.read()))
            self.lines.append(line)
            created = re.match(r"Created user admin with password (\S+) \(shown only now\)\n", line)
            serving = re.match(r"Serving IMI v3 on (\S+) \(database (.*)\)\n", line)
            self.password = created.group(1) if created else self.password
            self.url = serving.group(1) if serving else None
        return self

    @property
    def port(self):
        return int(re.match(r"https?://[^/]*:(\d+)/", self.url).group(1))

    def finish(self, timeout=TIMEOUT):
        """Waits for the end. @return exit status, standard error"""
        out, err = self.process.communicate(timeout=timeout)
        self.lines.append((out or b"").decode())
        return self.process.returncode, err.decode()

    def stop(self, signal):
        self.process.send_signal(signal)
        return self.finish()

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()
