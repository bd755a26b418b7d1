"""A small IMI client: logs in, lists, files. What one would write; the test beside it is the point."""

import base64
import http.client
import json
import ssl
import urllib.parse


class ImiError(Exception):
    """The server refused."""

    def __init__(self, status, code, message):
        super().__init__("%s: %s" % (code, message))
        self.status, self.code, self.message = status, code, message


class ImiClient:
    """One connection to an IMI server."""

    def __init__(self, url, user, password, cafile=None):
        parts = urllib.parse.urlsplit(url)
        self.base, self.cookie = parts.path, None
        context = ssl.create_default_context(cafile=cafile)
        self.connection = http.client.HTTPSConnection(parts.hostname, parts.port, context=context, timeout=60)
        login = base64.b64encode(("%s:%s" % (user, password)).encode()).decode()
        self.cookie = self.request("POST", "/login", headers={"Authorization": "Basic " + login})["message"]

    def request(self, method, path, body=None, headers=()):
        headers = dict(headers)
        if self.cookie:
            headers["Cookie"] = self.cookie
        if body is not None:
            headers["Content-Type"], body = "application/json", json.dumps(body)
        self.connection.request(method, self.base + path, body, headers)
        answer = self.connection.getresponse()
        content = json.loads(answer.read())
        if answer.status >= 400:
            raise ImiError(answer.status, content["errorCode"], content["message"])
        return content

    def thinclients(self):
        """(id, name) of all thin clients."""
        return [(int(tc["id"]), tc["name"]) for tc in self.request("GET", "/thinclients")]

    def directory(self, name):
        """The id of a directory in the root; it is made if there is none."""
        for found in self.request("GET", "/directories/tcdirectories"):
            if found["name"] == name and found["parentID"] == "-1":
                return int(found["id"])
        return int(self.request("PUT", "/directories/tcdirectories", {"name": name})["id"])

    def move(self, thinclient, directory):
        """Files a thin client; ImiError unless it was moved."""
        entries = [{"id": str(thinclient), "type": "tc"}]
        moved, = self.request("PUT", "/directories/tcdirectories/%d?operation=move" % directory, entries)
        if moved["results"] != "successful":
            raise ImiError(200, "", moved["results"])

    def close(self):
        if self.cookie:
            self.request("POST", "/logout")
        self.connection.close()
