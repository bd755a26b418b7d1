"""Users, requests without a server, and the server."""

import base64
import http.client
import json
import os
import re
import resource
import signal
import socket
import ssl
import stat
import threading
import time
import unittest

from itg import OK, REFUSED, TIMEOUT, CommandTest, Server, Terminal

PASSWORD = "correct horse"


def read(path):
    with open(path, "rb") as file:
        return file.read()


class Users(CommandTest):
    def add(self, name, role="operator", password=PASSWORD):
        return self.ok("user", "add", name, "--role", role, "--password-stdin", input=password + "\n")

    def may_log_in(self, name, password):
        """Asks the interface itself, through a server that is not there: Basic authorization needs none."""
        server = Server(["--listen", ":0", "--plain-http"], self.environment(), self.directory)
        try:
            server.wait_ready()
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=TIMEOUT)
            secret = base64.b64encode((name + ":" + password).encode()).decode()
            connection.request("POST", "/umsapi/v3/login", headers={"Authorization": "Basic " + secret})
            accepted = connection.getresponse().status == 200
            connection.close()
            return accepted
        finally:
            server.close()

    def test_add_list_delete(self):
        self.add("berta", "administrator")
        self.add("anton", "viewer")
        self.assertEqual([row[1:] for row in self.ok("user", "list").rows],
                         [["anton", "viewer"], ["berta", "administrator"]])
        self.ok("user", "delete", "anton")
        self.assertEqual([row[1] for row in self.ok("user", "list").rows], ["berta"])

    def test_password_counts(self):
        self.add("anton", password=PASSWORD + " \t#")
        self.assertTrue(self.may_log_in("anton", PASSWORD + " \t#"))
        self.assertFalse(self.may_log_in("anton", PASSWORD))
        self.ok("user", "password", "anton", "--password-stdin", input="another one\r\nsecond line\n")
        self.assertTrue(self.may_log_in("anton", "another one"))
        self.assertFalse(self.may_log_in("anton", PASSWORD + " \t#"))

    def test_refusals(self):
        self.add("anton", "administrator")
        add = ["user", "add", "berta", "--role", "viewer", "--password-stdin"]
        self.refused("ITG-0A004", *add, input="short\n")
        self.refused("ITG-0A004", *add, input="")
        self.refused("ITG-0A004", *add, input="x" * 1025)
        self.refused("the password is longer", *add, input="x" * 2000)
        self.refused("the password holds a NUL", *add, input=b"12345678\x0090\n")
        self.refused("ITG-0A004", *add, input=b"\xff\xfe\xfd\xfc\xff\xfe\xfd\xfc\n")
        self.refused("ITG-0A008", "user", "add", "anton", "--role", "viewer", "--password-stdin", input=PASSWORD)
        self.refused("ITG-0A004", "user", "add", "a:b", "--role", "viewer", "--password-stdin", input=PASSWORD)
        self.refused("ITG-0B007", "user", "delete", "berta")
        self.refused("ITG-0B007", "user", "password", "berta", "--password-stdin", input=PASSWORD)
        self.refused("ITG-0B005", "user", "delete", "anton")
        self.wrong("user", "add", "berta", "--password-stdin", input=PASSWORD)
        self.wrong("user", "add", "berta", "--role", "root", "--password-stdin", input=PASSWORD)
        self.assertEqual([row[1] for row in self.ok("user", "list").rows], ["anton"])

    def test_longest_password(self):
        self.add("anton", password="x" * 1024)

    def test_hostile_names(self):
        for name in ("O'Brien", '"; DROP TABLE account; --', "%s%n", "Zoë 東京"):
            self.add(name)
            self.assertIn(name, [row[1] for row in self.ok("user", "list").rows])
            self.ok("user", "delete", name)

    def test_asked_for_unseen_on_the_terminal(self):
        terminal = Terminal(["user", "add", "anton", "--role", "viewer"], self.environment())
        self.addCleanup(terminal.close)
        terminal.read_until("Password for anton: ")
        self.wait_silent(terminal)
        terminal.type(PASSWORD + "\n")
        terminal.read_until("Again, password for anton: ")
        self.wait_silent(terminal)
        terminal.type(PASSWORD + "\n")
        status, text = terminal.finish()
        self.assertEqual(status, OK, text)
        self.assertNotIn(PASSWORD, text)
        self.assertTrue(self.may_log_in("anton", PASSWORD))

    def wait_silent(self, terminal):
        end = time.monotonic() + TIMEOUT
        while terminal.echoes() and time.monotonic() < end:
            time.sleep(0.005)
        self.assertFalse(terminal.echoes())

    def test_typed_differently(self):
        terminal = Terminal(["user", "add", "anton", "--role", "viewer"], self.environment())
        self.addCleanup(terminal.close)
        for prompt, text in (("Password for anton: ", PASSWORD), ("Again, password for anton: ", PASSWORD + "!")):
            terminal.read_until(prompt)
            self.wait_silent(terminal)
            terminal.type(text + "\n")
        status, text = terminal.finish()
        self.assertEqual(status, REFUSED)
        self.assertIn("itg: the passwords differ\n", text)
        self.assertEqual(self.ok("user", "list").out, "")

    def test_interrupt_key_leaves_the_terminal_as_it_was(self):
        terminal = Terminal(["user", "add", "anton", "--role", "viewer"], self.environment())
        self.addCleanup(terminal.close)
        terminal.read_until("Password for anton: ")
        self.wait_silent(terminal)
        terminal.type("secret\x03")
        terminal.process.wait(TIMEOUT)
        self.assertTrue(terminal.echoes())
        status, text = terminal.finish()
        self.assertEqual(status, -signal.SIGINT)
        self.assertNotIn("secret", text)

    def test_no_terminal(self):
        self.refused("there is no terminal", "user", "add", "anton", "--role", "viewer", start_new_session=True)


class Requests(CommandTest):
    def test_read(self):
        fleet = self.demo(60)
        answer = self.ok("request", "GET", "/thinclients?facets=details").json
        self.assertEqual([tc["id"] for tc in answer], [tc["id"] for tc in fleet["thinclients"]])
        self.assertIn("biosVendor", answer[0])
        short = self.ok("request", "GET", "thinclients").out
        for target in ("/umsapi/v3/thinclients", "//umsapi/v3//thinclients/", "umsapi/latest/thinclients"):
            self.assertEqual(self.ok("request", "GET", target).out, short)

    def test_write(self):
        self.demo(1)
        created = self.ok("request", "PUT", "directories/tcdirectories", "--body", '{"name":"Test"}').json
        self.assertEqual(created["name"], "Test")
        path = self.path("body.json")
        with open(path, "w") as file:
            json.dump({"name": "From a file"}, file)
        target = "directories/tcdirectories/" + created["id"]
        self.ok("request", "PUT", target, "--body-file", path)
        self.assertEqual(self.ok("request", "GET", target).json["name"], "From a file")
        self.ok("request", "PUT", target, "--body-file", "-", input='{"name":"From a pipe"}')
        self.assertEqual(self.ok("request", "GET", target).json["name"], "From a pipe")
        self.ok("request", "DELETE", target)

    def test_refused(self):
        self.demo(1)
        result = self.run_itg("request", "GET", "thinclients/4711")
        self.assertEqual(result.status, REFUSED)
        self.assertEqual(json.loads(result.out)["errorCode"], "ITG-0A001")
        self.assertEqual(result.err, "itg: ITG-0A001: Thin client with ID <4711> not found. (HTTP status 404)\n")
        result = self.run_itg("request", "PUT", "directories/tcdirectories", "--body-file", "-",
                              input=b'{"name":"' + b"x" * (9 << 20) + b'"}')
        self.assertEqual(result.status, REFUSED)
        self.assertIn("(HTTP status 413)", result.err)
        self.assertEqual(self.run_itg("request", "BREW", "coffee").status, REFUSED)

    def test_include(self):
        self.demo(1)
        head, body = self.ok("request", "-i", "GET", "serverstatus").out.split("\n\n", 1)
        self.assertEqual(head.split("\n")[0], "HTTP 200")
        self.assertIn("Content-Type: application/json;charset=UTF-8", head.split("\n"))
        self.assertIn("serverUUID", json.loads(body))

    def test_as_a_user(self):
        self.demo(1)
        self.ok("user", "add", "eye", "--role", "viewer", "--password-stdin", input=PASSWORD)
        self.ok("request", "--user", "eye", "GET", "thinclients")
        result = self.run_itg("request", "--user", "eye", "PUT", "directories/tcdirectories", "--body", '{"name":"X"}')
        self.assertEqual((result.status, json.loads(result.out)["errorCode"]), (REFUSED, "ITG-0B005"))
        self.refused("ITG-0B007", "request", "--user", "nobody", "GET", "thinclients")

    def test_usage(self):
        self.demo(1)
        self.wrong("request", "PUT", "thinclients", "--body", "{}", "--body-file", "-")
        self.wrong("request", "GET")
        self.refused("cannot read", "request", "PUT", "thinclients", "--body-file", self.path("missing"))


class Serving(CommandTest):
    def serve(self, *arguments, **environment):
        server = Server(["--listen", ":0", *arguments], self.environment(**environment), self.directory)
        self.addCleanup(server.close)
        return server

    def ready(self, *arguments, **environment):
        return self.serve(*arguments, **environment).wait_ready()

    def ask(self, server, path, user=None, method="GET", certificate=None):
        context = ssl.create_default_context(cafile=certificate or self.db + ".crt")
        connection = http.client.HTTPSConnection("localhost", server.port, context=context, timeout=TIMEOUT)
        headers = {}
        if user:
            headers["Authorization"] = "Basic " + base64.b64encode(":".join(user).encode()).decode()
        connection.request(method, "/umsapi/v3/" + path, headers=headers)
        response = connection.getresponse()
        body = response.read()
        connection.close()
        return response.status, json.loads(body)


class FirstUse(Serving):
    def test_certificate_and_admin(self):
        server = self.ready()
        self.assertRegex(server.url, r"^https://localhost:\d+/umsapi/v3$")
        self.assertRegex(server.password, r"^[A-Za-z2-9]{24}$")
        self.assertEqual(stat.S_IMODE(os.stat(self.db + ".key").st_mode), 0o600)
        self.assertEqual(self.ask(server, "thinclients", ("admin", server.password)), (200, []))
        self.assertEqual(self.ask(server, "thinclients", ("admin", "wrong"))[0], 401)
        self.assertEqual(self.ok("user", "list").rows[0][1:], ["admin", "administrator"])
        self.assertEqual(server.stop(signal.SIGTERM), (OK, ""))
        self.assertEqual(sorted(os.listdir(self.directory)), ["fleet.db", "fleet.db.crt", "fleet.db.key"])

    def test_second_start_keeps_both(self):
        first = self.ready()
        first.stop(signal.SIGTERM)
        files = [read(self.db + end) for end in (".crt", ".key")]
        second = self.ready()
        self.assertIsNone(second.password)
        self.assertEqual(self.ask(second, "thinclients", ("admin", first.password)), (200, []))
        self.assertEqual(files, [read(self.db + end) for end in (".crt", ".key")])

    def test_no_admin_where_there_are_users(self):
        self.ok("user", "add", "anton", "--role", "viewer", "--password-stdin", input=PASSWORD)
        self.assertIsNone(self.ready().password)

    def test_many_first_starts_at_once(self):
        servers = [self.serve() for _ in range(6)]
        for server in servers:
            server.wait_ready()
        passwords = [server.password for server in servers if server.password]
        self.assertEqual(len(passwords), 1)
        for server in servers:
            self.assertEqual(self.ask(server, "thinclients", ("admin", passwords[0])), (200, []))
        self.assertEqual(len(self.ok("user", "list").rows), 1)
        self.assertEqual([name for name in os.listdir(self.directory) if re.search(r"\.(crt|key)\.", name)], [])

    def test_half_a_certificate_is_not_guessed_at(self):
        for end, other in ((".key", ".crt"), (".crt", ".key")):
            with open(self.db + end, "w") as file:
                file.write("mine")
            server = self.serve()
            status, err = server.finish()
            self.assertEqual(status, REFUSED)
            self.assertIn("fleet.db" + other, err)
            self.assertEqual(server.lines, [""])
            self.assertEqual(read(self.db + end), b"mine")
            self.assertFalse(os.path.exists(self.db + other))
            os.remove(self.db + end)
        self.assertEqual(self.ok("user", "list").out, "", "what failed made no user")

    def test_a_certificate_of_ones_own(self):
        self.ready().stop(signal.SIGTERM)
        os.rename(self.db + ".crt", self.path("own.pem"))
        os.rename(self.db + ".key", self.path("own-key.pem"))
        server = self.ready("--tls-cert", "own.pem", "--tls-key", "own-key.pem")
        self.assertEqual(self.ask(server, "serverstatus", certificate=self.path("own.pem"))[0], 200)
        self.assertFalse(os.path.exists(self.db + ".key"))

    def test_certificates_that_are_none(self):
        with open(self.path("junk"), "w") as file:
            file.write("junk")
        for certificate, code in (("junk", "ITG-0A004"), ("missing", "cannot read"), (".", "cannot read")):
            status, err = self.serve("--tls-cert", certificate, "--tls-key", "junk").finish()
            self.assertEqual(status, REFUSED)
            self.assertTrue(err.startswith("itg: " + code), err)

    def test_in_memory(self):
        server = self.ready("--db", ":memory:")
        self.assertTrue(server.password)
        self.assertEqual(os.listdir(self.directory), [])


class Options(Serving):
    def test_plain_http(self):
        server = self.ready("--plain-http")
        self.assertTrue(server.url.startswith("http://localhost:"))
        self.assertFalse(os.path.exists(self.db + ".crt"))
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=TIMEOUT)
        self.addCleanup(connection.close)
        connection.request("GET", "/umsapi/v3/serverstatus")
        self.assertEqual(connection.getresponse().status, 200)

    def test_addresses(self):
        for listen in ("127.0.0.1:0", "localhost:0", ":0"):
            self.ready("--listen", listen, "--plain-http").close()
        if socket.has_ipv6:
            self.ready("--listen", "[::1]:0", "--plain-http").close()

    def test_addresses_that_are_none(self):
        for listen in ("nonsense", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "[::1", "[::1]x", "1.2.3:4",
                       "127.0.0.1:8443:1", "127.0.0.1:0x10"):
            self.wrong("serve", "--listen", listen)
        self.assertFalse(os.path.exists(self.db))

    def test_a_port_that_is_taken(self):
        taken = socket.socket()
        self.addCleanup(taken.close)
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        status, err = self.serve("--listen", ":%d" % taken.getsockname()[1]).finish()
        self.assertEqual(status, REFUSED)
        self.assertTrue(err.startswith("itg: ITG-FF004: Server not available ("), err)

    def test_usage(self):
        self.wrong("serve", "--tls-cert", "x")
        self.wrong("serve", "--tls-cert", "x", "--tls-key", "y", "--plain-http")
        self.wrong("serve", "--wake-port", "0")
        self.wrong("serve", "--session-minutes", "0")
        self.wrong("serve", "--max-connections", "0")
        self.assertFalse(os.path.exists(self.db))

    def test_connections_and_descriptors(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
        if hard >= 1200:
            server = self.ready("--max-connections", "600")
            limits = resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE)
            self.assertEqual(limits, (600 + 512, hard), "one each, and those for all the rest")
            server.close()
        if hard < 1000512:
            status, err = self.serve("--max-connections", "1000000").finish()
            self.assertEqual(status, REFUSED)
            self.assertIn("takes 1000512 descriptors, the system allows %d" % hard, err)
        # Not asked for: what there is, is used.
        self.assertEqual(self.ask(self.ready(), "serverstatus")[0], 200)

    def test_relaxed_and_sessions(self):
        server = self.ready("--relaxed", "--session-minutes", "1", "--wake-broadcast", "none", "--wake-port", "9",
                            "--no-wake-unicast")
        self.assertEqual(self.ask(server, "thinclients", ("admin", server.password)), (200, []))


class Ending(Serving):
    def test_signals(self):
        for which in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            self.assertEqual(self.ready().stop(which), (OK, ""))

    def begin_answer(self):
        """A server in the middle of a long answer, to a client that has read its beginning."""
        self.demo(3000)
        self.ok("user", "add", "anton", "--role", "viewer", "--password-stdin", input=PASSWORD)
        server = self.ready("--plain-http")
        client = socket.socket()
        self.addCleanup(client.close)
        client.settimeout(TIMEOUT)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
        client.connect(("127.0.0.1", server.port))
        secret = base64.b64encode(("anton:" + PASSWORD).encode()).decode()
        client.sendall(("GET /umsapi/v3/thinclients?facets=details HTTP/1.1\r\nHost: localhost\r\n"
                        "Authorization: Basic %s\r\nConnection: close\r\n\r\n" % secret).encode())
        return server, client, client.recv(1000)

    def test_requests_in_flight_are_answered(self):
        server, client, answer = self.begin_answer()
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.2)
        self.assertIsNone(server.process.poll())
        more = answer
        while more:
            more = client.recv(65536)
            answer += more
        self.assertTrue(answer.startswith(b"HTTP/1.1 200"))
        self.assertTrue(answer.endswith(b"0\r\n\r\n"), answer[-40:])
        self.assertEqual(server.finish(), (OK, ""))

    def test_a_second_signal_ends_at_once(self):
        server, client, answer = self.begin_answer()
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.2)
        self.assertIsNone(server.process.poll(), "waits for the client, which reads no further")
        started = time.monotonic()
        self.assertEqual(server.stop(signal.SIGTERM)[0], -signal.SIGTERM)
        self.assertLess(time.monotonic() - started, 5)
        self.ok("check")

    def test_output_that_nobody_reads(self):
        server = self.serve()
        server.process.stdout.close()
        server.process.stdout = None
        status, err = server.finish()
        self.assertEqual(status, REFUSED)
        self.assertIn("cannot write to standard output", err)

    def test_two_servers_on_one_fleet(self):
        servers = [self.ready(), self.ready()]
        user = ("admin", servers[0].password)
        failures = []

        def create(server, n):
            context = ssl.create_default_context(cafile=self.db + ".crt")
            connection = http.client.HTTPSConnection("localhost", server.port, context=context, timeout=TIMEOUT)
            secret = base64.b64encode(":".join(user).encode()).decode()
            for i in range(20):
                connection.request("PUT", "/umsapi/v3/directories/tcdirectories", '{"name":"D%d-%d"}' % (n, i),
                                   {"Authorization": "Basic " + secret})
                response = connection.getresponse()
                body = response.read()
                if response.status != 200:
                    failures.append(body)
            connection.close()

        threads = [threading.Thread(target=create, args=(servers[n % 2], n)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(TIMEOUT)
        self.assertEqual(failures, [])
        self.assertEqual(len(self.ok("dir", "list").rows), 80)
        for server in servers:
            self.assertEqual(server.stop(signal.SIGTERM), (OK, ""))
        self.ok("check")


if __name__ == "__main__":
    unittest.main()
