"""The whole contract by 16 clients at once, and what they leave behind."""

import json
import threading
import unittest

from host import Client, ContractTest, basic

CLIENTS = 16
ROUNDS = 6


class Worker(threading.Thread):
    """One client with a directory, a thin client and assignments of its own, doing all that IMI offers."""

    def __init__(self, host, number):
        super().__init__()
        self.host = host
        self.number = number
        self.failure = None
        self.requests = 0

    def run(self):
        try:
            self.api = Client(self.host, "oscar")
            for turn in range(ROUNDS):
                self.work(turn)
            self.ask("POST", "/logout")
            self.ask("GET", "/firmwares", status=401)
            self.api.close()
        except Exception as failure: # told by the test, which is another thread
            self.failure = failure

    def ask(self, method, path, body=None, status=200):
        answer = self.api.request(method, path, body)
        self.requests += 1
        if answer.status != status:
            raise AssertionError("%s %s: %d %r" % (method, path, answer.status, answer.body))
        return answer.json

    def work(self, turn):
        name = "worker %d.%d" % (self.number, turn)
        mac = "00E0C7%02X%04X" % (self.number, turn)
        directory = self.ask("PUT", "/directories/tcdirectories", {"name": name})["id"]
        tc = self.ask("PUT", "/thinclients", {"mac": mac, "firmwareID": "2", "name": name})["id"]
        self.ask("PUT", "/thinclients", {"mac": mac.lower(), "firmwareID": "2"}, status=400)
        self.ask("PUT", "/thinclients/" + tc, {"site": name})
        assert self.ask("GET", "/thinclients/%s?facets=details" % tc)["site"] == name
        moved = self.ask("PUT", "/directories/tcdirectories/%s?operation=move" % directory, [{"id": tc, "type": "tc"}])
        assert moved == [{"id": tc, "results": "successful"}], moved
        self.ask("DELETE", "/directories/tcdirectories/" + directory, status=400)
        for receiver, kind, path in ((tc, "tc", "thinclients"), (directory, "tcdirectory", "tcdirectories")):
            self.ask("PUT", "/profiles/6585/assignments/" + path, [
                {"assignee": {"id": "6585", "type": "profile"}, "receiver": {"id": receiver, "type": kind}}])
        reaching = self.ask("GET", "/thinclients/%s/assignments/profiles" % tc)
        assert [a["receiver"]["id"] for a in reaching] == [tc, directory], reaching
        results = self.ask("POST", "/thinclients?command=reboot", [{"id": tc, "type": "tc"}])["CommandExecList"]
        assert [r["id"] for r in results] == [tc]
        ids = [int(t["id"]) for t in self.ask("GET", "/thinclients")]
        assert ids == sorted(ids) and int(tc) in ids
        assert any(d["id"] == directory for d in self.ask("GET", "/directories/tcdirectories?facets=children"))
        self.ask("DELETE", "/profiles/6585/assignments/thinclients/" + tc)
        self.ask("DELETE", "/thinclients/%s/deletetcoffline" % tc)
        self.ask("GET", "/thinclients/" + tc, status=404)
        self.ask("DELETE", "/directories/tcdirectories/" + directory)


class Parallel(ContractTest):
    def run_workers(self, workers):
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(240)
            self.assertFalse(worker.is_alive())
            if worker.failure:
                raise worker.failure

    def test_sixteen_clients_leave_the_fleet_as_it_was(self):
        before = self.host.export()
        self.run_workers([Worker(self.host, number) for number in range(CLIENTS)])
        self.assertEqual(self.host.export(), before)

    def test_one_mac_is_given_once(self):
        taken = []

        def race():
            client = Client(self.host, "alice")
            answer = client.request("PUT", "/thinclients", {"mac": "00E0C7FFFFFF", "firmwareID": "2"})
            taken.append((answer.status, answer.json.get("errorCode")))
            client.close()

        threads = [threading.Thread(target=race) for _ in range(CLIENTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        self.assertEqual(sorted(taken), [(200, None)] + [(400, "ITG-0A008")] * (CLIENTS - 1))

    def test_basic_authorization_of_many(self):
        failures = []

        def ask():
            client = Client(self.host)
            for _ in range(10):
                if client.request("GET", "/thinclients/27", headers=[basic("victor")]).status != 200:
                    failures.append(1)
            client.close()

        threads = [threading.Thread(target=ask) for _ in range(CLIENTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
        self.assertEqual(failures, [])

    def test_lists_while_the_fleet_changes_are_well_formed(self):
        stop = threading.Event()
        failures = []

        def change():
            client = Client(self.host, "oscar")
            number = 0
            while not stop.is_set():
                number += 1
                tc = client.request("PUT", "/thinclients", {"mac": "00E0C8%06X" % number, "firmwareID": "2"}).json["id"]
                if client.request("DELETE", "/thinclients/%s/deletetcoffline" % tc).status != 200:
                    failures.append(tc)
            client.close()

        writer = threading.Thread(target=change)
        writer.start()
        try:
            for _ in range(50):
                ids = [int(tc["id"]) for tc in json.loads(self.ok("GET", "/thinclients?facets=details").body)]
                self.assertEqual(ids, sorted(set(ids)))
                self.assertLessEqual({27, 95, 96, 48335}, set(ids))
        finally:
            stop.set()
            writer.join(60)
        self.assertEqual(failures, [])


if __name__ == "__main__":
    unittest.main()
