"""HTTP as clients really speak it: TLS, keep-alive, pipelining, chunked uploads, HEAD, broken and slow clients, curl."""

import json
import os
import re
import socket
import ssl
import struct
import subprocess
import threading
import time
import unittest

from host import BASE, HOST, ITG, JSON, PASSWORD, TIMEOUT, Client, ContractTest, Host


class Raw:
    """A TLS connection to send bytes over."""

    def __init__(self, host, **limits):
        tls = ssl.create_default_context(cafile=host.db + ".crt")
        for name, value in limits.items():
            setattr(tls, name, value)
        self.socket = tls.wrap_socket(socket.create_connection(("127.0.0.1", host.port), TIMEOUT), server_hostname="localhost")
        self.buffer = b""

    def send(self, data):
        self.socket.sendall(data)

    def fill(self):
        data = self.socket.recv(65536)
        self.buffer += data
        return data

    def answer(self, head=False):
        """@return status, headers (lower case), body; None at the end of the connection"""
        while b"\r\n\r\n" not in self.buffer:
            if not self.fill():
                return None
        top, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        lines = top.decode().split("\r\n")
        headers = {line.split(": ", 1)[0].lower(): line.split(": ", 1)[1] for line in lines[1:]}
        return int(lines[0].split(" ")[1]), headers, b"" if head else self.body(headers)

    def body(self, headers):
        if headers.get("transfer-encoding") == "chunked":
            body = b""
            while True:
                size = int(self.take_line().split(b";")[0], 16)
                body += self.take(size)
                self.take(2)
                if size == 0:
                    return body
        return self.take(int(headers.get("content-length", 0)))

    def take_line(self):
        while b"\r\n" not in self.buffer:
            if not self.fill():
                raise AssertionError("the connection ended in the middle")
        line, self.buffer = self.buffer.split(b"\r\n", 1)
        return line

    def take(self, size):
        while len(self.buffer) < size:
            if not self.fill():
                raise AssertionError("the connection ended in the middle")
        data, self.buffer = self.buffer[:size], self.buffer[size:]
        return data

    def ended(self):
        try:
            return self.fill() == b""
        except (ConnectionError, ssl.SSLError):
            return True

    def close(self):
        self.socket.close()


class HostTest(ContractTest):
    def raw(self, **limits):
        raw = Raw(self.host, **limits)
        self.addCleanup(raw.close)
        return raw

    def head(self, method, path, *lines):
        return ("%s /umsapi/v3%s HTTP/1.1\r\nHost: %s\r\nCookie: JSESSIONID=%s\r\n%s\r\n" % (
            method, path, HOST, self.api.cookie, "".join(line + "\r\n" for line in lines))).encode()


class Tls(HostTest):
    def test_versions_1_2_and_1_3(self):
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            raw = self.raw(minimum_version=version, maximum_version=version)
            raw.send(self.head("GET", "/thinclients/27"))
            self.assertEqual(raw.answer()[0], 200)

    def test_older_versions_are_refused(self):
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        tls.check_hostname, tls.verify_mode = False, ssl.CERT_NONE
        tls.set_ciphers("ALL:@SECLEVEL=0")
        with self.assertWarns(DeprecationWarning):
            tls.minimum_version = tls.maximum_version = ssl.TLSVersion.TLSv1_1
        with socket.create_connection(("127.0.0.1", self.host.port), TIMEOUT) as plain:
            with self.assertRaises((ssl.SSLError, ConnectionError)):
                tls.wrap_socket(plain)

    def test_certificate_is_for_the_names_of_this_machine(self):
        for name in ("localhost", "127.0.0.1"):
            tls = ssl.create_default_context(cafile=self.host.db + ".crt")
            with socket.create_connection(("127.0.0.1", self.host.port), TIMEOUT) as plain:
                tls.wrap_socket(plain, server_hostname=name).close()

    def test_key_is_private_and_kept(self):
        self.assertEqual(os.stat(self.host.db + ".key").st_mode & 0o777, 0o600)
        with open(self.host.db + ".crt", "rb") as file:
            before = file.read()
        host = Host()
        try:
            with open(host.db + ".crt", "rb") as file:
                first = file.read()
            self.assertNotEqual(first, before)
            host.end()
            host.start()
            with open(host.db + ".crt", "rb") as file:
                self.assertEqual(file.read(), first)
        finally:
            host.stop()

    def test_plain_http_to_the_tls_port_harms_nobody(self):
        with socket.create_connection(("127.0.0.1", self.host.port), TIMEOUT) as plain:
            plain.sendall(b"GET /umsapi/v3/thinclients HTTP/1.1\r\nHost: x\r\n\r\n" * 10)
            try:
                answer = plain.recv(65536)
            except ConnectionError:
                answer = b""
            self.assertNotIn(b"200 OK", answer)
        self.ok("GET", "/thinclients/27")

    def test_a_client_that_never_shakes_hands_blocks_nobody(self):
        silent = [socket.create_connection(("127.0.0.1", self.host.port), TIMEOUT) for _ in range(50)]
        try:
            for plain in silent[::2]:
                plain.sendall(b"\x16\x03\x01")
            started = time.monotonic()
            client = self.client("alice")
            self.ok("GET", "/thinclients/27", client=client)
            self.assertLess(time.monotonic() - started, 20)
        finally:
            for plain in silent:
                plain.close()


class Framing(HostTest):
    def test_keep_alive(self):
        raw = self.raw()
        for _ in range(20):
            raw.send(self.head("GET", "/thinclients/27"))
            status, headers, _ = raw.answer()
            self.assertEqual(status, 200)
            self.assertNotEqual(headers.get("connection", "").lower(), "close")

    def test_connection_close(self):
        raw = self.raw()
        raw.send(self.head("GET", "/thinclients/27", "Connection: close"))
        self.assertEqual(raw.answer()[0], 200)
        self.assertTrue(raw.ended())

    def test_pipelining_answers_in_order(self):
        raw = self.raw()
        numbers = ["27", "95", "96", "7117"] * 5
        raw.send(b"".join(self.head("GET", "/thinclients/" + number) for number in numbers))
        self.assertEqual([json.loads(raw.answer()[2])["id"] for _ in numbers], numbers)

    def test_pipelining_of_writes_and_refusals(self):
        raw = self.raw()
        body = b'{"site":"piped"}'
        put = self.head("PUT", "/thinclients/27", "Content-Type: application/json", "Content-Length: %d" % len(body)) + body
        raw.send(put + self.head("GET", "/thinclients/999") + put + self.head("GET", "/thinclients/27?facets=details"))
        answers = [raw.answer() for _ in range(4)]
        self.assertEqual([answer[0] for answer in answers], [200, 404, 200, 200])
        self.assertEqual(json.loads(answers[3][2])["site"], "piped")

    def test_head(self):
        for path in ("/thinclients/27", "/thinclients", "/nonsense", "/thinclients/999", "/serverstatus"):
            raw = self.raw()
            raw.send(self.head("GET", path))
            get = raw.answer()
            raw = self.raw()
            raw.send(self.head("HEAD", path, "Connection: close"))
            head = raw.answer(head=True)
            self.assertEqual(head[0], get[0], path)
            self.assertEqual(head[1]["content-type"], get[1]["content-type"])
            if "content-length" in get[1] and "content-length" in head[1]:
                # times and, for serverstatus, nothing else may differ in the body; its length may not
                self.assertEqual(head[1]["content-length"], get[1]["content-length"])
            self.assertEqual(raw.buffer, b"")
            self.assertTrue(raw.ended())
            self.assertEqual(raw.buffer, b"", "a HEAD was answered with a body")

    def test_head_of_what_changes_things_changes_nothing(self):
        before = self.host.export()
        raw = self.raw()
        raw.send(self.head("HEAD", "/thinclients/27/deletetcoffline"))
        self.assertGreaterEqual(raw.answer(head=True)[0], 400)
        self.assertEqual(self.host.export(), before)

    def test_chunked_upload(self):
        raw = self.raw()
        raw.send(self.head("PUT", "/thinclients/27", "Content-Type: application/json", "Transfer-Encoding: chunked"))
        for part in (b'{"si', b'te":', b'"chun', b'ked"', b"}"):
            raw.send(b"%x\r\n%s\r\n" % (len(part), part))
            time.sleep(0.01)
        raw.send(b"0\r\n\r\n" + self.head("GET", "/thinclients/27?facets=details"))
        self.assertEqual(raw.answer()[2], b'{"message":"Update successful"}')
        self.assertEqual(json.loads(raw.answer()[2])["site"], "chunked")

    def test_chunked_upload_over_the_limit(self):
        before = self.host.export()
        raw = self.raw()
        raw.send(self.head("PUT", "/thinclients/27", "Content-Type: application/json", "Transfer-Encoding: chunked"))
        part = b"1000\r\n" + b" " * 4096 + b"\r\n"
        try:
            for _ in range(9 << 8):
                raw.send(part)
        except (ConnectionError, ssl.SSLError):
            pass
        try:
            answer = raw.answer()
        except (ConnectionError, ssl.SSLError):
            answer = None # closed before the client read: allowed, as long as nothing happened
        if answer:
            self.assertEqual((answer[0], json.loads(answer[2])["errorCode"]), (413, "ITG-0A004"))
        self.assertEqual(self.host.export(), before)
        self.ok("GET", "/thinclients/27", client=self.client("alice"))

    def test_expect_100_continue(self):
        raw = self.raw()
        raw.send(self.head("PUT", "/thinclients/27", "Content-Type: application/json", "Content-Length: 12",
                           "Expect: 100-continue"))
        self.assertEqual(raw.answer(head=True)[0], 100)
        raw.send(b'{"site":"x"}')
        self.assertEqual(raw.answer()[0], 200)

    def test_expect_100_continue_over_the_limit(self):
        raw = self.raw()
        raw.send(self.head("PUT", "/thinclients/27", "Content-Type: application/json", "Content-Length: %d" % (1 << 40),
                           "Expect: 100-continue"))
        self.assertEqual(raw.answer()[0], 413)

    def test_bad_content_length(self):
        before = self.host.export()
        for value in ("-1", "x", "1x", "99999999999999999999999", "", "0x10", "5, 6"):
            raw = self.raw()
            raw.send(self.head("PUT", "/thinclients/27", "Content-Type: application/json", "Content-Length: " + value)
                     + b'{"site":"bad"}')
            raw.socket.settimeout(5)
            try:
                answer = raw.answer()
            except (TimeoutError, ConnectionError, ssl.SSLError, AssertionError):
                answer = None
            if answer:
                self.assertGreaterEqual(answer[0], 400, value)
        self.assertEqual(self.host.export(), before)
        self.ok("GET", "/thinclients/27", client=self.client("alice"))

    def test_two_framings_at_once_smuggle_nothing(self):
        before = self.host.export()
        smuggled = self.head("DELETE", "/thinclients/27/deletetcoffline")
        for lines in (["Content-Length: 4", "Transfer-Encoding: chunked"], ["Content-Length: 4", "Content-Length: 200"]):
            raw = self.raw()
            raw.send(self.head("GET", "/thinclients/95", *lines) + b"0\r\n\r\n")
            raw.socket.settimeout(5)
            try:
                raw.answer()
            except (TimeoutError, ConnectionError, ssl.SSLError, AssertionError):
                pass
        # What is declared to be the body is a body, and never a request of its own:
        raw = self.raw()
        raw.send(self.head("GET", "/thinclients/95", "Content-Length: %d" % len(smuggled)) + smuggled)
        self.assertEqual(raw.answer()[0], 200)
        raw.send(self.head("GET", "/thinclients/27"))
        self.assertEqual(raw.answer()[0], 200)
        self.assertEqual(self.host.export(), before)

    def test_http_1_0(self):
        raw = self.raw()
        raw.send(b"GET /umsapi/v3/serverstatus HTTP/1.0\r\n\r\n")
        status, headers, body = raw.answer()
        self.assertEqual(status, 200)
        self.assertEqual(json.loads(body or b"{}").get("activeMQVersion"), "0.0.0")
        self.assertTrue(raw.ended())

    def test_list_over_http_1_0_ends_with_the_connection(self):
        raw = self.raw()
        raw.send(self.head("GET", "/thinclients").replace(b"HTTP/1.1", b"HTTP/1.0"))
        while raw.fill():
            pass
        top, body = raw.buffer.split(b"\r\n\r\n", 1)
        self.assertNotIn(b"chunked", top)
        self.assertEqual(len(json.loads(body)), 10)

    def test_garbage(self):
        before = self.host.export()
        for garbage in (b"\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\x00" * 1000, b"GET /umsapi/v3/\xff\xfe HTTP/1.1\r\n\r\n",
                        b"A" * 100000, b"GET /" + b"a" * 70000 + b" HTTP/1.1\r\n\r\n",
                        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: y\r\n" * 20000 + b"\r\n",
                        b"GET / HTTP/1.1\r\nNoColon\r\n\r\n", b"GET / HTTP/1.1\r\n folded: x\r\n\r\n"):
            raw = self.raw()
            raw.socket.settimeout(5)
            try:
                raw.send(garbage)
                answer = raw.answer()
                if answer:
                    self.assertNotEqual(answer[0], 200, garbage[:40])
                    self.assertLess(answer[0], 500, garbage[:40])
            except (TimeoutError, ConnectionError, ssl.SSLError, AssertionError):
                pass
        self.assertEqual(self.host.export(), before)
        self.ok("GET", "/thinclients/27", client=self.client("alice"))

    def test_large_headers_are_431(self):
        raw = self.raw()
        raw.send(self.head("GET", "/thinclients/27", "X-Large: " + "x" * 60000))
        self.assertIn(raw.answer()[0], (431, 413))

    def test_host_header(self):
        for host in ("ums", "ums:8443", "[::1]:8443", "10.0.0.1", "UMS.Example.COM:1"):
            link = self.ok("GET", "/directories/tcdirectories/48170", headers=[("Host", host)]).json["links"][0]["href"]
            self.assertEqual(link, "https://%s/umsapi/v3/directories/tcdirectories/48170" % host)

    def test_hostile_host_headers_do_not_get_into_the_json(self):
        for host in ('"x', "x\\", "<script>", "a b", "x/y", "é"):
            raw = self.raw()
            raw.send(self.head("GET", "/directories/tcdirectories/48170").replace(HOST.encode(), host.encode()))
            answer = raw.answer()
            if answer[0] == 200:
                href = json.loads(answer[2])["links"][0]["href"]
                self.assertRegex(href, r"^https://[^/]*/umsapi/v3/directories/tcdirectories/48170$")

    def test_without_host_header_links_name_the_configured_server(self):
        raw = self.raw()
        raw.send(("GET /umsapi/v3/directories/tcdirectories/48170 HTTP/1.0\r\nCookie: JSESSIONID=%s\r\n\r\n" %
                  self.api.cookie).encode())
        status, _, body = raw.answer()
        self.assertEqual(status, 200)
        self.assertRegex(json.loads(body)["links"][0]["href"], r"^https://[^/]+/umsapi/v3/directories/tcdirectories/48170$")


class Clients(HostTest):
    def test_clients_that_vanish(self):
        body = b'{"site":"vanished"}'
        put = self.head("PUT", "/thinclients/27", "Content-Type: application/json", "Content-Length: %d" % len(body)) + body
        for part in (put[:10], put[:-5], self.head("GET", "/thinclients")[:50], self.head("GET", "/thinclients?facets=details")):
            for _ in range(5):
                raw = Raw(self.host)
                raw.send(part)
                raw.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                raw.close()
        self.assertNotEqual(self.ok("GET", "/thinclients/27?facets=details").json["site"], "vanished")

    def test_a_slow_writer_blocks_nobody(self):
        slow = self.raw()
        request = self.head("GET", "/thinclients/27")
        for i in range(20):
            slow.send(request[i:i + 1])
            self.ok("GET", "/thinclients/95")
        slow.send(request[20:])
        self.assertEqual(slow.answer()[0], 200)

    def test_many_idle_connections(self):
        raws = [Raw(self.host) for _ in range(100)]
        self.ok("GET", "/thinclients/27")
        for raw in raws:
            raw.send(self.head("GET", "/thinclients/27"))
        for raw in raws:
            self.assertEqual(raw.answer()[0], 200)
            raw.close()


class SlowReader(unittest.TestCase):
    """A list of 20,000 to a client that does not read: the server holds a bounded part of it, and serves others."""

    @classmethod
    def setUpClass(cls):
        cls.host = Host(fleet=None)
        cls.addClassCleanup(cls.host.stop)
        demo = subprocess.run([ITG, "demo", "--thinclients", "20000"], capture_output=True, check=True, timeout=TIMEOUT)
        cls.host.run("import", "-", stdin=demo.stdout)

    def resident(self):
        """KiB of memory; 0 for a build with a sanitizer, which holds on to what is freed."""
        with open("/proc/%d/maps" % self.host.process.pid) as file:
            if "libasan" in file.read():
                return 0
        with open("/proc/%d/status" % self.host.process.pid) as file:
            return int(re.search(r"VmRSS:\s+(\d+) kB", file.read()).group(1))

    def test_readers_that_stop(self):
        client = Client(self.host, "alice")
        client.request("GET", "/thinclients/1")
        request = ("GET /umsapi/v3/thinclients?facets=details HTTP/1.1\r\nHost: x\r\nCookie: JSESSIONID=%s\r\n\r\n" %
                   client.cookie).encode()
        before = self.resident()
        readers = [Raw(self.host) for _ in range(8)]
        for raw in readers:
            raw.send(request)
            raw.fill()
        resuming = Client(self.host, cookie=client.cookie)
        resuming.connection.request("GET", "/umsapi/v3/thinclients?facets=details", headers={"Cookie": "JSESSIONID=" + client.cookie})
        response = resuming.connection.getresponse()
        start = response.read(1000)
        # The list is some 30 MB long for each.
        self.assertLess(self.resident() - before, 40 * 1024)
        started = time.monotonic()
        self.assertEqual(client.request("PUT", "/directories/tcdirectories", {"name": "meanwhile"}).status, 200)
        self.assertLess(time.monotonic() - started, 20)
        self.assertEqual(len(json.loads(start + response.read())), 20000)
        for raw in readers:
            raw.close()
        resuming.close()
        client.close()


class PlainHttp(ContractTest):
    ARGUMENTS = ("--plain-http",)

    def test_serves_with_links_and_cookies_to_match(self):
        link = self.ok("GET", "/directories/tcdirectories/48170").json["links"][0]["href"]
        self.assertEqual(link, "http://%s/umsapi/v3/directories/tcdirectories/48170" % HOST)
        cookie = self.ok("GET", "/serverstatus", client=self.client()).header("Set-Cookie")
        self.assertRegex(cookie, "^JSESSIONID=[0-9A-F]{32}; Path=/umsapi/; HttpOnly$")

    def test_only_on_loopback(self):
        for address in ("0.0.0.0:0", "[::]:0"):
            done = subprocess.run([ITG, "serve", "--db", self.host.db, "--plain-http", "--listen", address],
                                  capture_output=True, timeout=TIMEOUT)
            self.assertNotEqual(done.returncode, 0)
            self.assertNotIn(b"Serving", done.stdout)


class Stop(unittest.TestCase):
    def test_requests_in_flight_are_answered(self):
        host = Host()
        client = Client(host, "alice")
        answers = []
        body = b'{"site":"in flight"}'
        raw = Raw(host)
        raw.send(("PUT /umsapi/v3/thinclients/27 HTTP/1.1\r\nHost: x\r\nCookie: JSESSIONID=%s\r\nContent-Type: application/json"
                  "\r\nContent-Length: %d\r\n\r\n" % (client.cookie, len(body))).encode() + body[:5])
        time.sleep(0.3)
        host.process.terminate()
        time.sleep(0.3)
        try:
            raw.send(body[5:])
            answers.append(raw.answer())
        except (ConnectionError, ssl.SSLError, AssertionError):
            answers.append(None)
        raw.close()
        client.close()
        host.process.wait(TIMEOUT)
        kept = host.run("request", "GET", "/thinclients/27?facets=details")
        # Either it was answered and is kept, or it was not answered and is not.
        self.assertEqual(b'"in flight"' in kept, bool(answers[0] and answers[0][0] == 200))
        host.stop()

    def test_no_new_connections(self):
        host = Host()
        host.process.terminate()
        host.process.wait(TIMEOUT)
        with self.assertRaises(ConnectionError):
            Raw(host)
        host.stop()


class Curl(ContractTest):
    """The way scripts do it."""

    def curl(self, *arguments):
        return subprocess.run(["curl", "--silent", "--show-error", "--max-time", str(TIMEOUT), "--cacert", self.host.db + ".crt",
                               *arguments], capture_output=True, check=True).stdout

    def url(self, path):
        return "https://localhost:%d/umsapi/v3%s" % (self.host.port, path)

    def test_login_with_a_cookie_jar(self):
        jar = os.path.join(self.host.dir, "cookies")
        login = self.curl("-X", "POST", "-u", "alice:" + PASSWORD, "-c", jar, self.url("/login"))
        self.assertRegex(login, rb'^\{"message":"JSESSIONID=[0-9A-F]{32}"\}$')
        self.assertEqual(json.loads(self.curl("-b", jar, self.url("/thinclients/27")))["id"], "27")
        # curl says application/x-www-form-urlencoded when it is told nothing
        self.assertEqual(self.curl("-b", jar, "-X", "PUT", "-d", '{"site":"curl"}', self.url("/thinclients/27")),
                         b'{"message":"Update successful"}')
        self.assertEqual(self.curl("-b", jar, "-X", "POST", self.url("/logout")), b'{"message":"Logout successful"}')

    def test_basic_every_time(self):
        for _ in range(3):
            self.assertEqual(json.loads(self.curl("-u", "victor:" + PASSWORD, self.url("/thinclients/95")))["name"],
                             "ITC00E0C514325B")

    def test_compressed_head_and_chunked(self):
        user = ("-u", "alice:" + PASSWORD)
        self.assertEqual(json.loads(self.curl("--compressed", *user, self.url("/thinclients/27")))["id"], "27")
        self.assertIn(b"200", self.curl("-I", *user, self.url("/thinclients/27")).split(b"\r\n")[0])
        self.assertEqual(self.curl("-X", "PUT", "-H", "Transfer-Encoding: chunked", "-H", "Content-Type: application/json", "-d",
                                   '{"site":"chunked"}', *user, self.url("/thinclients/27")), b'{"message":"Update successful"}')

    def test_large_upload_with_expect(self):
        body = os.path.join(self.host.dir, "body")
        with open(body, "wb") as file:
            file.write(b'{"site":"big"' + b" " * (4 << 20) + b"}")
        self.assertEqual(self.curl("-X", "PUT", "-H", "Content-Type: application/json", "-H", "Expect: 100-continue",
                                   "--data-binary", "@" + body, "-u", "alice:" + PASSWORD, self.url("/thinclients/27")),
                         b'{"message":"Update successful"}')


if __name__ == "__main__":
    unittest.main()
