"""Sections 1 and 3: what a request may look like, and the errors that every request can meet."""

import json
import re
import time
import unittest

from host import BASE, HOST, JSON, ContractTest, Target

NO_HANDLER = "No handler is mapped for this request."
BODY = "Invalid request body"
NUMBER = "Number format error"
VERSION = "No valid IMI API version."


class Paths(ContractTest):
    def test_versions(self):
        wanted = self.ok("GET", "/umsapi/v3/thinclients/27").body
        for version in ("v1", "v2", "latest"):
            self.assertEqual(self.ok("GET", "/umsapi/%s/thinclients/27" % version).body, wanted)

    def test_one_session_for_all_versions(self):
        client = self.client()
        answer = client.request("POST", "/umsapi/v1/login", headers=[("Authorization", "Basic YWxpY2U6Y29ycmVjdCBob3JzZSBiYXR0ZXJ5")])
        client.cookie = re.search("[0-9A-F]{32}", answer.body.decode()).group()
        for version in ("v1", "v2", "v3", "latest"):
            self.ok("GET", "/umsapi/%s/firmwares" % version, client=client)

    def test_links_name_version_3_whatever_was_asked(self):
        link = self.ok("GET", "/umsapi/v1/directories/tcdirectories/48170").json["links"][0]["href"]
        self.assertEqual(link, BASE + "/directories/tcdirectories/48170")

    def test_other_versions(self):
        for version in ("v0", "v4", "v33", "3", "V3", "v", "vlatest", "LATEST", "v3.0", "nonsense"):
            self.refused("GET", "/umsapi/%s/thinclients" % version, None, 400, "ITG-0B006", VERSION)

    def test_sloppy_spellings(self):
        wanted = self.ok("GET", "/thinclients/27").body
        for path in ("/umsapi/v3//thinclients/27", Target("//umsapi///v3////thinclients//27"), "/umsapi/v3/thinclients/27/",
                     "/umsapi/v3/thinclients//27//", "/umsapi/v3/%74hinclients/27", "/umsapi/v3/thinclients/%32%37",
                     "/umsapi/v3/thinclients/27?", "/umsapi/v3/thinclients/27?x=y", "/umsapi/v3/thinclients/27?&&=&x&facets=short",
                     "/umsapi/v3/thinclients/27/?nocache=1700000000", Target("/%75msapi/v3/thinclients/27")):
            with self.subTest(path=path):
                self.assertEqual(self.ok("GET", path).body, wanted)

    def test_unknown_paths(self):
        for path in ("/", "/nonsense", "/thinclient", "/thinclients/27/nonsense", "/thinclients/27/assignments",
                     "/thinclients/27/assignments/profiles/1", "/Thinclients", "/thinclients/27/deletetcoffline/x",
                     "/thinclients/..", "/../v3/thinclients", "/%2e%2e/x", "/thinclients%2F27", "/x" * 100, "/%", "/%zz",
                     "/thinclients/27%00", "/thinclientviews/27"):
            with self.subTest(path=path):
                before = self.host.export()
                answer = self.api.request("GET", path)
                self.assertIn((answer.status, answer.json["errorCode"]), ((404, "ITG-0A020"), (400, "ITG-0A010")))
                self.assertEqual(self.host.export(), before)

    def test_paths_outside_of_the_api(self):
        before = self.host.export()
        for path in ("/", "//", "/index.html", "/umsapi", "/umsapi/", "/umsapix/v3/thinclients", "/v3/thinclients", "*"):
            answer = self.api.request("GET", Target(path))
            self.assertIn((answer.status, answer.json["errorCode"]), ((404, "ITG-0A020"), (400, "ITG-0B006")), path)
        for path in ("/umsapi/v3", "/umsapi/v3/", "/umsapi/v3//"):
            self.refused("GET", Target(path), None, 404, "ITG-0A020", NO_HANDLER)
        self.assertEqual(self.host.export(), before)

    def test_method_not_supported(self):
        for method, path, allow in (("POST", "/firmwares", {"GET"}), ("PUT", "/thinclients/27/deletetcoffline", {"DELETE"}),
                                    ("DELETE", "/thinclients", {"GET", "PUT", "POST"}), ("PATCH", "/thinclients/27", {"GET", "PUT", "DELETE"}),
                                    ("GET", "/login", {"POST"}), ("GET", "/logout", {"POST"}), ("POST", "/serverstatus", {"GET"}),
                                    ("OPTIONS", "/thinclients", {"GET", "PUT", "POST"}), ("TRACE", "/profiles", {"GET"}),
                                    ("get", "/profiles", {"GET"}), ("BREW", "/directories/tcdirectories", {"GET", "PUT"})):
            with self.subTest(method=method, path=path):
                answer = self.refused(method, path, None, 400, "ITG-0A011", "Request method '%s' not supported" % method)
                self.assertEqual(set(answer.header("Allow").split(", ")) - {"HEAD"}, allow)

    def test_ids_are_integers_in_range(self):
        for number in ("9223372036854775807", "-9223372036854775808"):
            self.refused("GET", "/thinclients/" + number, None, 404, "ITG-0A001", "Thin client with ID <%s> not found." % number)
        for number in ("9223372036854775808", "-9223372036854775809", "9" * 400, "0x1B", "27.0", "+27", "２７".encode().hex("%")):
            self.refused("GET", "/thinclients/" + (number if number[0] != "e" else "%" + number), None, 400, "ITG-0A010", NUMBER)


class ContentTypes(ContractTest):
    def put(self, headers, body=b'{"site":"x"}'):
        return self.api.request("PUT", "/thinclients/27", body, headers=headers)

    def test_accepted(self):
        for kind in ("application/json", "application/json; charset=UTF-8", "application/json;charset=utf-8", "Application/JSON",
                     "application/vnd.example+json", "application/vnd.igel.imi+json; version=3", "text/x+json",
                     "application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=UTF-8"):
            answer = self.put([("Content-Type", kind)])
            self.assertEqual((answer.status, answer.body), (200, b'{"message":"Update successful"}'), kind)

    def test_none_at_all(self):
        connection = self.api.connection
        connection.putrequest("PUT", "/umsapi/v3/thinclients/27", skip_host=True, skip_accept_encoding=True)
        for name, value in (("Host", HOST), ("Cookie", "JSESSIONID=" + self.api.cookie), ("Content-Length", "12")):
            connection.putheader(name, value)
        connection.endheaders(b'{"site":"x"}')
        response = connection.getresponse()
        self.assertEqual((response.status, response.read()), (200, b'{"message":"Update successful"}'))

    def test_refused(self):
        for kind in ("text/plain", "text/xml", "application/xml", "multipart/form-data; boundary=x", "application/jsonx", "json",
                     "application/json+xml", "x", "/", "+json"):
            self.refused("PUT", "/thinclients/27", b'{"site":"x"}', 415, "ITG-0A004", BODY, headers=[("Content-Type", kind)])

    def test_a_body_where_none_is_wanted_is_ignored(self):
        for body in (b"null", b"{broken", b"\xff", b"x" * 100000):
            for kind in ("application/json", "text/plain"):
                self.ok("GET", "/thinclients/27", body, headers=[("Content-Type", kind)])
        self.says("DELETE", "/thinclients/7121/deletetcoffline", b"null", '{"message":"Offline deletion successful"}')


class Bodies(ContractTest):
    """Bodies of every broken kind, at requests that want an object and at ones that want a list."""

    OBJECTS = ("PUT /thinclients", "PUT /thinclients/27", "PUT /directories/tcdirectories",
               "PUT /directories/tcdirectories/48170", "PUT /profiles/6585")
    LISTS = ("POST /thinclients?command=reboot", "PUT /directories/tcdirectories/48170?operation=move",
             "PUT /thinclients/27/assignments/profiles", "PUT /profiles/6585/assignments/thinclients")
    BROKEN = (b"{", b"[", b"{broken", b'{"name":}', b'{"name":"x"', b'{"name":"x",}', b'[{"id":"27","type":"tc"}', b"[,]", b"nul",
              b"tru", b"'x'", b'{"a":1}{"b":2}', b'[] []', b'{"name":"\xff"}', b'{"name":"\xc0\x80"}', b'{"name":"\xed\xa0\x80"}',
              b'\xff\xfe{\x00}\x00', b'{"name":"\\ud800"}', b'{"name":"\\x"}', b'{"name":"a\nb"}', b'{"name":"' + b"x" * 100,
              b"{name:1}", b'{"a":01}', b'{"a":1.}', b'{"a":+1}', b'{"a":NaN}', b'{"a":Infinity}', b"", b" ", b"\n",
              b"[" * 100000, b'{"a":' * 100000, b"[" * 5000 + b"]" * 5000, b'[{"a":' * 3000 + b"1" + b"}]" * 3000)

    def test_not_well_formed(self):
        before = self.host.export()
        for request in self.OBJECTS + self.LISTS:
            method, path = request.split(" ")
            for body in self.BROKEN:
                with self.subTest(request=request, body=body[:40]):
                    answer = self.api.request(method, path, body)
                    message = answer.json["message"]
                    self.assert_error(answer, 415, "ITG-0A005", message)
                    self.assertRegex(message, r"^Could not read JSON: .*, line \d+, column \d+$")
        self.assertEqual(self.host.export(), before)

    def test_reason_line_and_column(self):
        message = self.api.request("PUT", "/thinclients/27", b'{\n  "site": "x",\n  "comment": y\n}').json["message"]
        self.assertRegex(message, r", line 3, column \d+$")

    def test_nothing_of_the_body_can_break_the_error(self):
        for body in (b'{"name" "\\"}', b'{"a":"b\\\\"" x', b'{"</script>" x', '{"ä" "ö'.encode(), b'{"\x01'):
            answer = self.api.request("PUT", "/thinclients/27", body)
            self.assert_error(answer, 415, "ITG-0A005", answer.json["message"])

    def test_wrong_shapes(self):
        before = self.host.export()
        for request in self.OBJECTS:
            method, path = request.split(" ")
            for body in (b"[]", b'"x"', b"1", b"null", b"true", b"[{}]", b"[[]]", b'["name"]', b"1.5", b"-0"):
                with self.subTest(request=request, body=body):
                    self.assert_error(self.api.request(method, path, body), 400, "ITG-0A004", BODY)
        for request in self.LISTS:
            method, path = request.split(" ")
            for body in (b"{}", b'"x"', b"1", b"null", b"true", b"[1]", b'["27"]', b"[null]", b"[[]]", b"[{}, 1]", b'{"id":"27"}'):
                with self.subTest(request=request, body=body):
                    answer = self.api.request(method, path, body)
                    self.assertEqual(answer.status, 400)
                    self.assertIn(answer.json["errorCode"], ("ITG-0A004", "ITG-0A019", "ITG-0A021"))
        self.assertEqual(self.host.export(), before)

    def test_byte_order_mark_and_white_space(self):
        self.says("PUT", "/thinclients/27", b'\xef\xbb\xbf {"site":"x"}\r\n\t ', '{"message":"Update successful"}')

    def test_duplicate_members(self):
        answer = self.api.request("PUT", "/thinclients/27", b'{"site":"one","site":"two"}')
        self.assertIn(answer.status, (200, 400, 415))
        if answer.status == 200:
            self.assertIn(self.ok("GET", "/thinclients/27?facets=details").json["site"], ("one", "two"))

    def test_numbers_out_of_range(self):
        for number in (b"9223372036854775808", b"-9223372036854775809", b"1" + b"0" * 400, b"1e400", b"-1e400"):
            before = self.host.export()
            answer = self.api.request("POST", "/thinclients?command=reboot", b'[{"id":%s,"type":"tc"}]' % number)
            self.assertIn((answer.status, answer.json["errorCode"]), ((400, "ITG-0A010"), (400, "ITG-0A004"), (415, "ITG-0A005")))
            self.assertEqual(self.host.export(), before)

    def test_unknown_members_are_passed_over(self):
        self.says("PUT", "/thinclients/27", {"site": "x", "links": [{"rel": "x"}], "objectType": "tc", "x": {"y": [1, 2.5, None]}},
                  '{"message":"Update successful"}')

    def test_escapes_are_decoded_and_text_is_sent_as_utf_8(self):
        self.ok("PUT", "/thinclients/27", b'{"site":"\\u00e4\\ud83d\\ude00\\/\\"\\\\\\n\\u0001"}')
        answer = self.ok("GET", "/thinclients/27?facets=details")
        self.assertEqual(answer.json["site"], 'ä\U0001f600/"\\\n\x01')
        self.assertIn('"site":"ä\U0001f600/\\"\\\\\\n\\u0001"'.encode(), answer.body)


class Limits(ContractTest):
    def test_body_over_the_limit(self):
        before = self.host.export()
        # The server may answer and close before all is sent; a client that reads sees the answer.
        connection = self.api.connection
        connection.putrequest("PUT", "/umsapi/v3/thinclients/27", skip_host=True, skip_accept_encoding=True)
        for name, value in (("Host", HOST), ("Cookie", "JSESSIONID=" + self.api.cookie),
                            ("Content-Type", "application/json"), ("Content-Length", str(9 << 20))):
            connection.putheader(name, value)
        connection.endheaders()
        response = connection.getresponse()
        body = response.read()
        self.assertEqual(response.status, 413)
        self.assertEqual(json.loads(body)["errorCode"], "ITG-0A004")
        self.assertEqual(response.getheader("Content-Type"), JSON)
        self.api.close()
        self.assertEqual(self.host.export(), before)

    def test_body_of_the_limit(self):
        body = b'{"site":"x"' + b" " * ((8 << 20) - 12) + b"}"
        self.assertEqual(len(body), 8 << 20)
        self.says("PUT", "/thinclients/27", body, '{"message":"Update successful"}')

    def test_long_lists(self):
        body = [{"id": "27", "type": "tc"}] * 20000
        started = time.monotonic()
        answer = self.ok("PUT", "/directories/tcdirectories/48170?operation=move", body)
        self.assertEqual(len(answer.json), 20000)
        self.assertLess(time.monotonic() - started, 30)

    def test_secrets_paths_and_sql_are_not_in_errors(self):
        for method, path, body in (("GET", "/thinclients/999", None), ("PUT", "/thinclients", {"mac": "00E0C514325B", "firmwareID": "2"}),
                                   ("DELETE", "/directories/tcdirectories/77118", None), ("PUT", "/thinclients/27", b"{")):
            text = self.api.request(method, path, body).body.decode()
            for word in (self.api.cookie, self.host.dir, "SELECT", "INSERT INTO", "sqlite", ".c:", "0x"):
                self.assertNotIn(word, text)


if __name__ == "__main__":
    unittest.main()
