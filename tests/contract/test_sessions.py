"""Section 2: serverstatus, login, logout, sessions, direct authorization, roles."""

import base64
import re
import subprocess
import unittest

from host import BASE, HOST, ITG, PASSWORD, Client, ContractTest, Host, basic

ID = r"[0-9A-F]{32}"
NO_HEADER = "No authentication header found in request."
BAD_LOGIN = "Invalid login credentials."
NO_SESSION = "No session ID found."
NO_USER = "No user found in session with sessionID"
DENIED = "Access denied."


def unknown(session):
    return "No session found for requested session ID <%s>." % session


class ServerStatus(ContractTest):
    def test_members_in_order(self):
        answer = self.ok("GET", "/serverstatus", client=self.client())
        status = answer.json
        self.assertEqual(list(status), ["rmGuiServerVersion", "buildNumber", "activeMQVersion", "derbyVersion",
                                        "serverUUID", "server", "links"])
        for key in ("rmGuiServerVersion", "activeMQVersion", "derbyVersion"):
            self.assertRegex(status[key], r"^\d+(\.\d+)+$")
        self.assertRegex(status["buildNumber"], r"^\d+$")
        self.assertEqual(status["activeMQVersion"], "0.0.0")
        self.assertRegex(status["serverUUID"], r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
        self.assertEqual(status["server"], HOST)
        self.assertEqual(status["links"], [])
        self.assertNotIn(b" ", answer.body)

    def test_uuid_is_the_databases(self):
        uuid = self.ok("GET", "/serverstatus").json["serverUUID"]
        self.assertEqual(self.ok("GET", "/serverstatus", client=self.client()).json["serverUUID"], uuid)
        self.assertIn(uuid.encode(), self.host.run("request", "GET", "/serverstatus"))

    def test_sets_a_cookie_that_is_logged_in_to_nothing(self):
        answer = self.ok("GET", "/serverstatus", client=self.client())
        cookie = answer.header("Set-Cookie")
        self.assertRegex(cookie, "^JSESSIONID=%s; Path=/umsapi/; Secure; HttpOnly$" % ID)
        session = re.search(ID, cookie).group()
        self.refused("GET", "/thinclients", None, 401, "ITG-0B004", unknown(session), self.client(cookie=session))

    def test_script_that_logs_in_with_the_cookie_of_serverstatus(self):
        client = self.client()
        client.cookie = re.search(ID, client.request("GET", "/serverstatus").header("Set-Cookie")).group()
        anonymous = client.cookie
        client.login("alice")
        self.assertNotEqual(client.cookie, anonymous)
        self.ok("GET", "/thinclients/27", client=client)


class Login(ContractTest):
    def test_answer_and_cookie(self):
        answer = self.client().request("POST", "/login", headers=[basic("alice")])
        self.assertEqual(answer.status, 200)
        text = answer.body.decode()
        self.assertRegex(text, r'^\{"message":"JSESSIONID=%s"\}$' % ID)
        session = re.search(ID, text).group()
        self.assertEqual(answer.header("Set-Cookie"), "JSESSIONID=%s; Path=/umsapi/; Secure; HttpOnly" % session)

    def test_always_issues_a_fresh_id(self):
        first = self.client("alice")
        before = first.cookie
        first.login("alice")
        self.assertNotEqual(first.cookie, before)
        made_up = self.client(cookie="0" * 32)
        made_up.login("alice")
        self.assertNotEqual(made_up.cookie, "0" * 32)

    def test_other_sessions_live_on(self):
        one, two = self.client("alice"), self.client("alice")
        self.ok("GET", "/firmwares", client=one)
        self.ok("GET", "/firmwares", client=two)

    def test_body_is_ignored(self):
        for body in (None, b"", b"null", b"{broken", b"\xff" * 1000):
            self.ok("POST", "/login", body, client=self.client(), headers=[basic("alice"), ("Content-Type", "text/plain")])

    def test_without_authorization(self):
        answer = self.refused("POST", "/login", None, 401, "ITG-0B001", NO_HEADER, self.client())
        self.assertRegex(answer.header("WWW-Authenticate"), "^Basic")

    def test_wrong_credentials(self):
        for header in (basic("alice", "wrong horse battery"), basic("nobody"), basic("alice", ""), basic("", ""),
                       basic("Alice"), basic("alice ", PASSWORD), basic("alice", PASSWORD + "\0"),
                       basic("' OR 1=1 --", PASSWORD)):
            answer = self.refused("POST", "/login", None, 401, "ITG-0B002", BAD_LOGIN, self.client(), headers=[header])
            self.assertRegex(answer.header("WWW-Authenticate"), "^Basic")

    def test_malformed_header(self):
        no_colon = base64.b64encode(b"alice").decode()
        for value in ("Basic", "Basic ", "Basic !!!!", "Basic " + no_colon, "Bearer abc", "x", "Basic " + "A" * 20000,
                      "Basic " + base64.b64encode(b"alice:\xff\xfe").decode(), "Digest username=alice"):
            answer = self.refused("POST", "/login", None, 401, "ITG-0B002", BAD_LOGIN, self.client(),
                                  headers=[("Authorization", value)])
            self.assertRegex(answer.header("WWW-Authenticate"), "^Basic")

    def test_scheme_is_case_insensitive(self):
        name, value = basic("alice")
        self.ok("POST", "/login", client=self.client(), headers=[(name, "bAsIc" + value[5:])])

    def test_password_with_colons_and_umlauts(self):
        self.host.run("user", "add", "zoë", "--role", "viewer", "--password-stdin", stdin="pä:ss:wörd\n".encode())
        self.client().login("zoë", "pä:ss:wörd")

    def test_tokens_and_passwords_are_not_in_the_file(self):
        session = self.client("alice").cookie.encode()
        for suffix in ("", "-wal"):
            with open(self.host.db + suffix, "rb") as file:
                content = file.read()
            self.assertNotIn(session, content)
            self.assertNotIn(PASSWORD.encode(), content)


class Logout(ContractTest):
    def test_ends_the_session(self):
        client = self.client("alice")
        session = client.cookie
        self.says("POST", "/logout", None, '{"message":"Logout successful"}', client)
        self.refused("GET", "/thinclients", None, 401, "ITG-0B004", unknown(session), client)
        self.refused("POST", "/logout", None, 401, "ITG-0B004", unknown(session), client)
        self.ok("GET", "/firmwares")

    def test_body_is_ignored(self):
        self.says("POST", "/logout", b"null", '{"message":"Logout successful"}', self.client("alice"))

    def test_needs_a_session(self):
        self.refused("POST", "/logout", None, 401, "ITG-0B003", NO_SESSION, self.client())


class Sessions(ContractTest):
    def test_none(self):
        self.refused("GET", "/thinclients", None, 401, "ITG-0B003", NO_SESSION, self.client())
        self.refused("GET", "/thinclients", None, 401, "ITG-0B003", NO_SESSION, self.client(),
                     headers=[("Cookie", "other=1; JSESSION=2")])

    def test_unknown(self):
        for cookie, session in (("0" * 32, "0" * 32), ("x", "x"), ("A" * 60, "A" * 60), ("%3Cb%3E", "%3Cb%3E"),
                                ("'--; x=y", "'--"), ('\\', '\\')):
            self.refused("GET", "/thinclients", None, 401, "ITG-0B004", unknown(session), self.client(),
                         headers=[("Cookie", "JSESSIONID=" + cookie)])

    def test_is_checked_before_the_path(self):
        for path in ("/nonsense", "/thinclients/abc", "/thinclients/999", "/profiles/1/assignments/nonsense"):
            self.refused("GET", path, None, 401, "ITG-0B003", NO_SESSION, self.client())
        self.refused("PATCH", "/thinclients", None, 401, "ITG-0B003", NO_SESSION, self.client())
        self.refused("PUT", "/thinclients", b"{broken", 401, "ITG-0B003", NO_SESSION, self.client())

    def test_cookie_among_others(self):
        session = self.api.cookie
        for cookie in ("a=b; JSESSIONID=%s; c=d", "JSESSIONID=%s;x", "a=b;JSESSIONID=%s", ' JSESSIONID=%s'):
            self.ok("GET", "/firmwares", client=self.client(), headers=[("Cookie", cookie % session)])

    def test_several_cookie_headers(self):
        self.ok("GET", "/firmwares", client=self.client(),
                headers=[("Cookie", "a=b"), ("Cookie", "JSESSIONID=" + self.api.cookie)])

    def test_session_of_a_deleted_user(self):
        self.host.run("user", "add", "gone", "--role", "operator", "--password-stdin", stdin=PASSWORD.encode())
        client = self.client("gone")
        self.ok("GET", "/firmwares", client=client)
        self.host.run("user", "delete", "gone")
        self.refused("GET", "/firmwares", None, 401, "ITG-0B007", NO_USER, client)
        self.refused("PUT", "/thinclients", {"mac": "00E0C5AAAAAA", "firmwareID": "2"}, 401, "ITG-0B007", NO_USER, client)

    def test_survives_a_restart_of_the_server(self):
        host = Host()
        try:
            client = Client(host, "alice")
            client.close()
            host.end()
            host.start()
            again = Client(host, cookie=client.cookie)
            self.assertEqual(again.request("GET", "/firmwares").status, 200)
            again.close()
        finally:
            host.stop()


class DirectAuthorization(ContractTest):
    def test_serves_as_that_user(self):
        client = self.client()
        for _ in range(5):
            self.ok("GET", "/thinclients/27", client=client, headers=[basic("victor")])
        self.refused("DELETE", "/thinclients/27/deletetcoffline", None, 403, "ITG-0B005", DENIED, client,
                     headers=[basic("victor")])

    def test_works_without_a_cookie_only(self):
        self.ok("PUT", "/thinclients/27", {"site": "x"}, headers=[basic("victor", "wrong horse battery")])

    def test_wrong_password(self):
        self.ok("GET", "/firmwares", client=self.client(), headers=[basic("alice")])
        answer = self.refused("GET", "/firmwares", None, 401, "ITG-0B002", BAD_LOGIN, self.client(),
                              headers=[basic("alice", "wrong horse battery")])
        self.assertRegex(answer.header("WWW-Authenticate"), "^Basic")

    def test_remembered_password_ends_with_its_user(self):
        self.host.run("user", "add", "temp", "--role", "operator", "--password-stdin", stdin=PASSWORD.encode())
        client = self.client()
        self.ok("GET", "/firmwares", client=client, headers=[basic("temp")])
        self.host.run("user", "password", "temp", "--password-stdin", stdin=b"another password")
        self.refused("GET", "/firmwares", None, 401, "ITG-0B002", BAD_LOGIN, client, headers=[basic("temp")])
        self.ok("GET", "/firmwares", client=client, headers=[basic("temp", "another password")])
        self.host.run("user", "delete", "temp")
        self.refused("GET", "/firmwares", None, 401, "ITG-0B002", BAD_LOGIN, client,
                     headers=[basic("temp", "another password")])


class Roles(ContractTest):
    WRITES = [
        ("PUT", "/thinclients", {"mac": "00E0C5AAAAAA", "firmwareID": "2"}),
        ("PUT", "/thinclients/27", {"site": "x"}),
        ("DELETE", "/thinclients/27", None),
        ("DELETE", "/thinclients/27/deletetcoffline", None),
        ("POST", "/thinclients?command=reboot", [{"id": "27", "type": "tc"}]),
        ("PUT", "/thinclients/27/assignments/profiles",
         [{"assignee": {"id": "6585", "type": "profile"}, "receiver": {"id": "27", "type": "tc"}}]),
        ("PUT", "/directories/tcdirectories", {"name": "x"}),
        ("PUT", "/directories/tcdirectories/48170", {"name": "x"}),
        ("PUT", "/directories/tcdirectories/48170?operation=move", [{"id": "27", "type": "tc"}]),
        ("DELETE", "/directories/tcdirectories/48171", None),
        ("PUT", "/profiles/6585", {"name": "x"}),
        ("DELETE", "/profiles/6585", None),
        ("PUT", "/profiles/6585/assignments/thinclients",
         [{"assignee": {"id": "6585", "type": "profile"}, "receiver": {"id": "27", "type": "tc"}}]),
        ("DELETE", "/profiles/6585/assignments/thinclients/48335", None),
    ]
    READS = ["/thinclients", "/thinclients/27", "/directories/tcdirectories", "/profiles", "/masterprofiles/80001",
             "/firmwares/2", "/thinclients/48335/assignments/profiles", "/profiles/6585/assignments/tcdirectories"]

    def test_viewer_reads_all_and_writes_nothing(self):
        viewer = self.client("victor")
        for path in self.READS:
            self.ok("GET", path, client=viewer)
        for method, path, body in self.WRITES:
            with self.subTest(method=method, path=path):
                self.refused(method, path, body, 403, "ITG-0B005", DENIED, viewer)

    def test_operator_does_all_of_imi(self):
        operator = self.client("oscar")
        self.ok("PUT", "/thinclients/27", {"site": "operated"}, client=operator)
        self.ok("POST", "/thinclients?command=reboot", [{"id": "27", "type": "tc"}], client=operator)


class Lifetime(unittest.TestCase):
    """Sessions of one minute would make this test slow: the core's suites turn a clock, this only asks the option."""

    def test_option_is_taken(self):
        host = Host("--session-minutes", "1")
        try:
            client = Client(host, "alice")
            self.assertEqual(client.request("GET", "/firmwares").status, 200)
            client.close()
        finally:
            host.stop()
        done = subprocess.run([ITG, "serve", "--session-minutes", "0"], capture_output=True)
        self.assertEqual(done.returncode, 2, done.stderr)


if __name__ == "__main__":
    unittest.main()
