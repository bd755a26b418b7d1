"""What thin clients cost a server, and how fast commands reach them: `itg serve` under `itg simulate`, over TLS on loopback.

    ITG=build/lib/cli/itg python3 tests/bench/agents.py [--thinclients 20000 --interval 30] [--waiting 1000] [--only checkins]

Check-ins are measured twice: TLS sessions resumed, and every handshake a full one; each while nothing else goes on, and while
an IMI client lists and commands. Numbers of the server come from /proc."""

import argparse
import base64
import http.client
import json
import os
import re
import shutil
import signal
import sqlite3
import ssl
import subprocess
import tempfile
import threading
import time

ITG = os.environ.get("ITG", "itg")
SIMULATOR = os.environ.get("SIMULATOR", ITG)  # another build, for another variant of libcurl
TICKS = os.sysconf("SC_CLK_TCK")


class Fleet:
    def __init__(self, interval, *more):
        self.directory = tempfile.mkdtemp(prefix="itg-bench-")
        self.db = os.path.join(self.directory, "fleet.db")
        self.key = self.itg("key", "add", "bench").split()[-1]
        self.process = subprocess.Popen(
            [ITG, "serve", "--db", self.db, "--listen", "127.0.0.1:0", "--interval", str(interval), "--wake-broadcast",
             "none", "--no-wake-unicast", *more], stdout=subprocess.PIPE, text=True)
        text = ""
        while "Serving" not in text:
            line = self.process.stdout.readline()
            if not line:
                raise SystemExit("itg serve has ended: " + text)
            text += line
        self.password = re.search("password (\\S+)", text).group(1)
        self.port = int(re.search(":(\\d+)/umsapi", text).group(1))

    def itg(self, *arguments):
        return subprocess.run([ITG, *arguments, "--db", self.db], capture_output=True, text=True, check=True).stdout

    def simulate(self, *arguments):
        return subprocess.Popen([SIMULATOR, "simulate", "--server", "https://127.0.0.1:%d" % self.port, "--key", self.key,
                                 "--json", *arguments], stdout=subprocess.PIPE, text=True)

    def connect(self):
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=ssl._create_unverified_context(),
                                                 timeout=120)
        login = base64.b64encode(("admin:" + self.password).encode()).decode()
        headers = {"Authorization": "Basic " + login, "Content-Type": "application/json"}

        def ask(method, path, body=None):
            connection.request(method, "/umsapi/v3" + path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            text = answer.read()
            if answer.status != 200:
                raise SystemExit("%s %s: %d %s" % (method, path, answer.status, text[:300]))
            return json.loads(text)

        return ask

    def top(self):
        return json.loads(self.itg("top", "--json"))

    def took(self, count):
        """Of the newest commands, those that have ended: milliseconds from queue to result."""
        with sqlite3.connect("file:%s?mode=ro" % self.db, uri=True) as db:
            rows = db.execute("SELECT queued, ended FROM command ORDER BY id DESC LIMIT ?", (count,)).fetchall()
        return [ended - queued for queued, ended in rows if ended]

    def cpu_s(self):
        with open("/proc/%d/stat" % self.process.pid) as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def status(self, name):
        with open("/proc/%d/status" % self.process.pid) as file:
            return int(re.search("%s:\\s+(\\d+) kB" % name, file.read()).group(1)) * 1024

    def written(self):
        with open("/proc/%d/io" % self.process.pid) as file:
            return int(re.search("^write_bytes: (\\d+)", file.read(), re.M).group(1))

    def wal(self):
        return os.path.getsize(self.db + "-wal")

    def sample(self):
        """At the moment when the server has told its number of contacts, which it does every few seconds."""
        before = self.top()["contacts"]
        while True:
            told = self.top()
            if told["contacts"] != before:
                return {"time": time.monotonic(), "contacts": told["contacts"], "cpu": self.cpu_s(),
                        "written": self.written(), "online": told["online"]}
            time.sleep(0.1)

    def close(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)
        shutil.rmtree(self.directory, ignore_errors=True)


def at(values, per_cent):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * per_cent / 100))] if values else 0


def spread(values, unit="ms"):
    return "p50 %.0f  p95 %.0f  p99 %.0f  max %.0f %s" % (at(values, 50), at(values, 95), at(values, 99), max(values), unit)


class Imi(threading.Thread):
    """Lists all thin clients every two seconds, and restarts ten of them."""

    def __init__(self, fleet):
        super().__init__()
        self.fleet = fleet
        self.ended = threading.Event()
        self.lists = []
        self.commands = []

    def run(self):
        ask = self.fleet.connect()
        turn = 0
        while not self.ended.wait(2):
            begin = time.monotonic()
            all = ask("GET", "/thinclients")
            self.lists.append((time.monotonic() - begin) * 1000)
            ids = [{"id": each["id"], "type": "tc"} for each in all[turn * 10 % len(all):][:10]]
            begin = time.monotonic()
            ask("POST", "/thinclients?command=settings2tc", ids)
            self.commands.append((time.monotonic() - begin) * 1000)
            turn += 1

    def stop(self):
        self.ended.set()
        self.join()


def window(fleet, seconds):
    begin = fleet.sample()
    time.sleep(seconds)
    end = fleet.sample()
    count, took = end["contacts"] - begin["contacts"], end["time"] - begin["time"]
    cpu = end["cpu"] - begin["cpu"]
    return {"rate": count / took, "us": cpu / count * 1e6, "load": cpu / took, "bytes": (end["written"] - begin["written"]) / count,
            "online": end["online"]}


WRITTEN = 1000  # contacts that a server writes in a second at most, presence_store.c


def say_window(what, told):
    rate = 300000 / 60
    print("  %-22s %6.0f check-ins/s  %5.0f us of CPU each (%.2f of a core)  %5.0f bytes written each" %
          (what, told["rate"], told["us"], told["load"], told["bytes"]))
    print("  %-22s %6.0f check-ins/s would take %.1f cores, and write %.1f MB/s: %d contacts a second" %
          ("300,000 at 60 s", rate, rate * told["us"] / 1e6, WRITTEN * told["bytes"] / 1e6, WRITTEN))


def checkins(options, fresh):
    print("%d thin clients, each every %d s, TLS %s" %
          (options.thinclients, options.interval, "with full handshakes" if fresh else "resumed where it can be"))
    fleet = Fleet(options.interval)
    empty = fleet.status("VmRSS")
    seconds = 2 * options.interval + 2 * options.seconds + 25
    simulation = fleet.simulate("--thinclients", str(options.thinclients), "--interval", str(options.interval), "--seconds",
                                str(seconds), "--failures", "0", *(["--no-resume"] if fresh else []))
    try:
        time.sleep(2 * options.interval)
        known = fleet.top()
        quiet = window(fleet, options.seconds)
        imi = Imi(fleet)
        imi.start()
        busy = window(fleet, options.seconds)
        imi.stop()
        full = fleet.status("VmRSS")
        wal = fleet.wal()
        told = json.loads(simulation.communicate()[0])
    finally:
        simulation.kill()
        fleet.close()
    print("  %-22s %d, %d online" % ("registered", known["known"], quiet["online"]))
    say_window("alone", quiet)
    say_window("with an IMI client", busy)
    print("  %-22s %.1f MB, %.0f bytes for each thin client; WAL %.1f MB" %
          ("memory", full / 1e6, (full - empty) / options.thinclients, wal / 1e6))
    print("  %-22s %d full, %d resumed; failures %s; latest check-in %d ms late" %
          ("handshakes", told["handshakesFull"], told["handshakesResumed"], told["failures"] or "none", told["lateMs"]))
    for what, key in (("check-ins took", "checkInMs"), ("registrations took", "registrationMs")):
        times = told[key]
        print("  %-22s p50 %.1f  p95 %.1f  p99 %.1f  max %.1f ms" %
              (what, times["p50"], times["p95"], times["p99"], times["max"]))
    if imi.lists:
        print("  %-22s %s" % ("lists over IMI", spread(imi.lists)))
        print("  %-22s %s" % ("commands to 10", spread(imi.commands)))
    print(flush=True)


def commands(options):
    print("%d commands to as many thin clients that wait, %d times" % (options.waiting, options.rounds))
    fleet = Fleet(60)
    simulation = fleet.simulate("--thinclients", str(options.waiting), "--interval", "10", "--seconds", "600", "--wait",
                                "--events", "0", "--failures", "0", "--work", "0")
    posts, each, lost = [], [], 0
    try:
        while fleet.top()["waiting"] < options.waiting:
            time.sleep(0.5)
        ask = fleet.connect()
        body = [{"id": tc["id"], "type": "tc"} for tc in ask("GET", "/thinclients")]
        for _ in range(options.rounds):
            begin = time.monotonic()
            answer = ask("POST", "/thinclients?command=settings2tc", body)["CommandExecList"]
            posts.append((time.monotonic() - begin) * 1000)
            lost += sum(result["state"] != "SUCCESS" for result in answer)
            each += fleet.took(len(body))
            time.sleep(6)  # they wait again, and the server has told so
            while fleet.top()["waiting"] < options.waiting:
                time.sleep(0.5)
        simulation.send_signal(signal.SIGINT)
        told = json.loads(simulation.communicate()[0])
    finally:
        simulation.kill()
        fleet.close()
    print("  %-22s %s" % ("POST to its answer", spread(posts)))
    print("  %-22s %s" % ("queued to confirmed", spread(each)))
    print("  %-22s %d; got %d, confirmed %d; failures %s" %
          ("not confirmed in 2 s", lost, told["commands"], told["confirmed"], told["failures"] or "none"))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--thinclients", type=int, default=20000)
    parser.add_argument("--interval", type=int, default=30)
    parser.add_argument("--seconds", type=int, default=40, help="of a measurement")
    parser.add_argument("--waiting", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--only", choices=("resumed", "full", "commands"))
    options = parser.parse_args()
    if options.only in (None, "resumed"):
        checkins(options, False)
    if options.only in (None, "full"):
        checkins(options, True)
    if options.only in (None, "commands"):
        commands(options)


if __name__ == "__main__":
    main()
