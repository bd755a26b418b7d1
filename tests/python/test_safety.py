"""What a program may do wrong: exceptions, never a crash, and nothing is changed."""

import gc
import io
import os
import threading
import unittest
import warnings

import itg
from itg import _declarations, _library
from support import PASSWORD, QUIET, FleetTest

WORD = {"int32_t": 2**31, "uint32_t": 2**32, "int64_t": 2**63, "size_t": 2**64}


class Arguments(unittest.TestCase):
    def test_no_function_takes_what_does_not_fit(self):
        """For each input of each function: a wrong type, None, and what is too long or no UTF-8. C is never reached: all
        pointers in front of it are dangling, and the calls would crash."""
        tried = 0
        for name, (_, parameters) in _declarations.FUNCTIONS.items():
            function = getattr(_library.lib, name)
            good = []
            for index, (kind, parameter) in enumerate(parameters):
                following = parameters[index + 1] if index + 1 < len(parameters) else ("", "")
                before = parameters[index - 1] if index else ("", "")
                if parameter == "failure" or (parameter.startswith("ret_") and not kind.startswith("const char")):
                    continue
                if (kind, parameter) == ("size_t", "count") or before[0] in _declarations.CALLBACKS:
                    continue
                bad, fine = [None, 1.5, object()], 1
                if kind == "const char *":
                    bad, fine = [None, 7, b"bytes", "a\0b", "\ud800"], "text"
                elif kind in _declarations.CALLBACKS:
                    bad, fine = [None, 7, "text"], _library.NULL
                elif following == ("size_t", "count"):
                    bad, fine = [None, 7] + ([["a", None], "text"] if "char" in kind else [[2**63], ["a"]] if "int64" in kind else []), []
                elif kind.endswith("*") or kind.startswith("char["):
                    good.append(1)
                    continue
                else:
                    bad += [WORD.get(kind, 2**31), -WORD.get(kind, 2**31) - 1]
                for value in bad:
                    with self.assertRaises((TypeError, ValueError, OverflowError), msg="%s(%s=%r)" % (name, parameter, value)):
                        function(*good, value)
                    tried += 1
                good.append(fine)
        self.assertGreater(tried, 500)

    def test_too_few_and_too_many(self):
        with self.assertRaises(TypeError):
            _library.lib.itg_error_code()
        with self.assertRaises(TypeError):
            _library.lib.itg_error_code(1, 2)


class Values(FleetTest):
    def bad(self, kind, function, *arguments, **more):
        before = self.export()
        with self.assertRaises(kind):
            function(*arguments, **more)
        self.assertEqual(self.export(), before)

    def export(self):
        file = io.BytesIO()
        self.fleet.export_file(file)
        return file.getvalue()

    def test_values_that_are_none(self):
        tc = self.thinclient()
        for kind, value in ((TypeError, None), (TypeError, 7), (TypeError, b"x"), (ValueError, "a\0b"), (UnicodeEncodeError, "\udfff")):
            self.bad(kind, self.fleet.directories.create, value)
            self.bad(kind, self.fleet.thinclients.by_mac, value)
            self.bad(kind, self.fleet.thinclients.create, value, self.firmware)
            self.bad(kind, list, self.fleet.thinclients.where(value))
            self.bad(kind, self.fleet.users.create, value, "viewer", PASSWORD)
            self.bad(kind, self.fleet.attributes.create, "colour", "Colour", "range", choices=["red", value])
            self.bad(kind, self.fleet.request, value, "/thinclients")
            self.bad(kind, self.fleet.request, "GET", value)
            self.bad(kind, self.fleet.assets.create, value)
            self.bad(kind, self.fleet.jobs.create, value, "reboot", 1, thinclients=[tc])
            if value is not None:
                self.bad(kind, tc.update, site=value)
                self.bad(kind, tc.update, attributes={"room": value})
                self.bad(kind, self.fleet.audit.entries, actor=value)
        for kind, value in ((TypeError, None), (TypeError, "1"), (TypeError, 1.0), (OverflowError, 2**63), (OverflowError, -2**63 - 1),
                            (OverflowError, 10**100)):
            self.bad(kind, self.fleet.thinclients.get, value)
            self.bad(kind, self.fleet.move, [value], self.fleet.directories.root)
            self.bad(kind, self.fleet.commands.send, "reboot", [value])
            self.bad(kind, self.fleet.profiles.assign, [(value, tc)])
            self.bad(kind, self.fleet.thinclients.create, "00E0C5FFFFFF", value)
            self.bad(kind, self.fleet.jobs.create, "job", "reboot", 1, thinclients=[value])
            self.bad(kind, list, self.fleet.assets.on(value))
        self.bad(OverflowError, self.fleet.jobs.create, "job", "reboot", 2**70, thinclients=[tc])
        self.bad(OverflowError, self.fleet.jobs.create, "job", "reboot", 1, thinclients=[tc], weekdays=2**40)
        self.bad(OverflowError, self.fleet.users.create, "u", 2**40, PASSWORD)
        self.bad(itg.InvalidBody, self.fleet.users.create, "u", 7, PASSWORD)
        self.bad(TypeError, self.fleet.rights.set, -1)
        self.bad(itg.ThinclientNotFound, self.fleet.thinclients.get, 2**63 - 1)

    def test_options_that_are_none(self):
        for kind, options in ((OverflowError, {"busy_timeout_ms": 2**31}), (TypeError, {"wake_port": "9"}), (ValueError, {"durability": "x"}),
                              (ValueError, {"wake_broadcast": "a\0"}), (itg.InvalidBody, {"wake_broadcast": "nowhere"}),
                              (itg.InvalidBody, {"wake_port": 70000}), (TypeError, {"no_such": 1})):
            self.assertRaises(kind, itg.Fleet, ":memory:", **options)
        for path in (None, 7, b"fleet.db"):
            self.assertRaises(TypeError, itg.Fleet, path)
        self.assertRaises(ValueError, itg.Fleet, "a\0b")
        self.assertRaises(itg.DatabaseError, itg.Fleet, os.path.join(self.directory, "none", "fleet.db"))
        name = os.fsdecode(os.path.join(os.fsencode(self.directory), b"caf\xe9.db"))
        itg.Fleet(name).close()  # what is no UTF-8 in a file's name is the system's affair
        self.assertTrue(os.path.exists(name))


class AfterClose(FleetTest):
    def test_everything_says_that_it_is_closed(self):
        tc, directory = self.thinclient(), self.fleet.directories.create("Bremen")
        profile = self.fleet.profiles.create("VPN", self.firmware)
        walk = iter(self.fleet.thinclients.all())
        started = iter(self.fleet.thinclients.all())
        next(started)
        answer = self.fleet.request("GET", "/thinclients")
        self.fleet.close()
        self.fleet.close()
        self.assertTrue(self.fleet.closed)
        for use in (lambda: next(walk), tc.refresh, tc.delete, lambda: setattr(tc, "site", "x"), directory.children, lambda: profile.settings["a"],
                    lambda: self.fleet.request("GET", "/thinclients"), answer.read, answer.json, self.fleet.check, self.fleet.__enter__,
                    lambda: self.fleet.transaction().__enter__(), lambda: self.fleet.as_user("x"), lambda: self.fleet.uuid, lambda: tc.online):
            with self.assertRaises(itg.Closed):
                use()
        answer.close()
        self.assertEqual(tc.mac, "00E0C5000001")  # what was read before
        self.assertEqual(repr(self.fleet), "<Fleet closed>")
        self.assertEqual(list(started), [])  # its batch was the last one

    def test_other_handles_stay(self):
        self.fleet.users.create("alice", "administrator", PASSWORD)
        mine = self.fleet.as_user("alice")
        self.fleet.close()
        mine.directories.create("Bremen")
        mine.close()

    def test_a_fleet_that_was_forgotten_is_closed_with_a_warning(self):
        forgotten = itg.Fleet(":memory:")
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            del forgotten
            gc.collect()
        self.assertEqual([w.category for w in caught], [ResourceWarning])

    def test_answers_that_were_forgotten_are_freed(self):
        for _ in range(50):
            self.fleet.request("GET", "/thinclients")
        self.assertEqual(len(self.fleet._handle.answers), 0)


class Callbacks(FleetTest):
    def test_what_they_raise_travels_to_the_caller(self):
        for _ in range(3):
            self.thinclient()
        for raised in (ValueError("mine"), KeyboardInterrupt(), SystemExit(3), itg.Duplicate(itg.Code.DUPLICATE)):
            def fail(*arguments):
                raise raised

            calls = []

            def count(*arguments):
                calls.append(arguments)
                raise raised

            for function, arguments in (("itg_thinclient_each", (0, 0)), ("itg_directory_children", (2, -1)), ("itg_firmware_each", (0,)),
                                        ("itg_thinclient_select", (0, "site==*", 0))):
                calls.clear()
                with self.assertRaises(type(raised)) as caught:
                    self.fleet._call(function, *arguments, count)
                self.assertIs(caught.exception, raised)
                self.assertEqual(len(calls), 1, "the walk ends")
            with self.assertRaises(type(raised)):
                self.fleet.import_file(Broken(raised))
            with self.assertRaises(type(raised)):
                self.fleet.export_file(Broken(raised))
            self.assertEqual(len(list(self.fleet.thinclients)), 3)
        self.fleet.directories.create("still usable")

    def test_ports_that_raise(self):
        class Link(itg.Link):
            def online(self, id):
                raise ConnectionError("online")

            def send(self, deliveries):
                raise ConnectionError("send")

        def wrong(*arguments):
            raise ArithmeticError

        with itg.Fleet(":memory:", link=Link(), **QUIET) as fleet:
            firmware = fleet.firmwares.create("IGEL OS 11", "11")
            tc = fleet.thinclients.create("00E0C5000001", firmware)
            with self.assertRaises(ConnectionError):
                fleet.commands.send("reboot", [tc])
            with self.assertRaises(ConnectionError):
                tc.online
        with itg.Fleet(":memory:", licence=lambda feature: feature != "assets", **QUIET) as fleet:
            with self.assertRaises(itg.LicenceError):
                list(fleet.assets)
        with itg.Fleet(":memory:", licence=wrong, **QUIET) as fleet:
            with self.assertRaises(ArithmeticError):
                list(fleet.assets)
        with itg.Fleet(":memory:", clock=wrong, **QUIET) as fleet:
            with self.assertRaises(ArithmeticError):
                fleet.users.login("alice", PASSWORD)

    def test_what_a_call_has_made_is_not_lost(self):
        """The clock raises, the call succeeds: the handle that nobody gets is closed, so that the file is closed in the end."""
        path, broken = os.path.join(self.directory, "other.db"), []

        def clock():
            if broken:
                raise ArithmeticError
            return 1700000000000

        with itg.Fleet(path, clock=clock, **QUIET) as fleet:
            fleet.users.create("alice", "administrator", PASSWORD)
            broken.append(True)
            for _ in range(3):
                with self.assertRaises(ArithmeticError):
                    fleet.with_password("alice", PASSWORD)
                with self.assertRaises(ArithmeticError):
                    fleet.request("POST", "/login", headers={"Authorization": "Basic YWxpY2U6eA=="})
            self.assertTrue(os.path.exists(path + "-wal"))
        self.assertFalse(os.path.exists(path + "-wal"))

    def test_closing_from_inside(self):
        self.thinclient()
        self.fleet._call("itg_thinclient_each", 0, 0, lambda pointer: self.fleet.close())
        self.assertTrue(self.fleet.closed)

    def test_calls_from_inside_a_walk(self):
        tc = self.thinclient()
        names = []
        self.fleet._call("itg_thinclient_each", 0, 0, lambda pointer: names.append(self.fleet.thinclients.get(pointer.contents.id).mac))
        self.assertEqual(names, [tc.mac])


class Broken:
    """A file that fails."""

    def __init__(self, raised):
        self.raised = raised

    def read(self, size):
        raise self.raised

    write = read


class Threads(FleetTest):
    FILE = True

    def in_thread(self, function):
        """Runs it in a thread. @return what it raised"""
        raised = []

        def run():
            try:
                function()
            except BaseException as error:
                raised.append(error)

        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
        return raised[0] if raised else None

    def test_one_fleet_many_threads(self):
        def add(number):
            for index in range(20):
                self.fleet.thinclients.create("%06X%06X" % (number, index), self.firmware)
                list(self.fleet.thinclients)

        threads = [threading.Thread(target=add, args=(number,)) for number in range(1, 5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(list(self.fleet.thinclients)), 80)

    def test_transactions_belong_to_their_thread(self):
        group = self.fleet.transaction()
        with group:
            self.thinclient()
            self.assertIsInstance(self.in_thread(group.commit), RuntimeError)
            self.assertIsInstance(self.in_thread(self.fleet.close), RuntimeError)
            self.assertIsNone(self.in_thread(lambda: self.assertEqual(list(self.fleet.thinclients), [])))
        self.assertIsNone(self.in_thread(lambda: self.assertEqual(len(list(self.fleet.thinclients)), 1)))

    def test_closing_waits_for_calls(self):
        inside, go_on, order = threading.Event(), threading.Event(), []
        self.thinclient()

        def hold(pointer):
            inside.set()
            go_on.wait(60)
            order.append("walked")

        walker = threading.Thread(target=lambda: self.fleet._call("itg_thinclient_each", 0, 0, hold))
        closer = threading.Thread(target=lambda: (self.fleet.close(), order.append("closed")))
        walker.start()
        self.assertTrue(inside.wait(60))
        closer.start()
        while not self.fleet.closed:
            pass
        self.assertRaises(itg.Closed, self.thinclient)
        go_on.set()
        walker.join()
        closer.join()
        self.assertEqual(order, ["walked", "closed"])

    def test_an_answer_that_two_threads_read(self):
        for _ in range(600):
            self.thinclient()
        whole = self.fleet.request("GET", "/thinclients").read()
        answer, pieces = self.fleet.request("GET", "/thinclients"), []

        def read():
            for piece in iter(answer._piece, b""):
                pieces.append(piece)

        raised = []
        threads = [threading.Thread(target=lambda: raised.append(self.in_thread(read))) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual((raised, sum(map(len, pieces))), ([None] * 4, len(whole)))

    def test_exceptions_stay_in_their_thread(self):
        self.thinclient()

        def fail(pointer):
            self.assertIsNone(self.in_thread(lambda: list(self.fleet.thinclients)))
            raise KeyError

        with self.assertRaises(KeyError):
            self.fleet._call("itg_thinclient_each", 0, 0, fail)
        self.assertEqual(len(list(self.fleet.thinclients)), 1)


if __name__ == "__main__":
    unittest.main()
