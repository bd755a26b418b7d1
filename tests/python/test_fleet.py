"""The package's objects, on a fleet in memory and on one in a file."""

import unittest
from datetime import datetime, timedelta, timezone

import itg
from support import PASSWORD, QUIET, FleetTest


class Trees(FleetTest):
    def test_thin_clients_have_their_properties_as_attributes(self):
        tc = self.thinclient(site="Bremen", name="desk")
        self.assertEqual((tc.mac, tc.unit_id, tc.name, tc.site, tc.parent_id, tc.in_bin, tc.battery_level, tc.last_contact),
                         ("00E0C5000001", "00E0C5000001", "desk", "Bremen", -1, False, -1, None))
        self.assertEqual((tc["unitID"], dict(tc)["site"], set(dict(tc)) >= {"id", "cpuSpeed"}), ("00E0C5000001", "Bremen", True))
        self.assertEqual(self.fleet.thinclients.by_mac("00e0c5000001"), tc)
        self.assertEqual(self.fleet.thinclients[tc.id].name, "desk")

    def test_setting_a_property_writes_it(self):
        tc = self.thinclient()
        tc.site = "Bremen"
        tc.update(department="Sales \u20ac", comment="a\nb", name="new")
        fresh = self.fleet.thinclients.get(tc.id)
        self.assertEqual((fresh.site, fresh.department, fresh.comment, fresh.name), ("Bremen", "Sales \u20ac", "a\nb", "new"))
        tc.comment = None
        self.assertEqual(self.fleet.thinclients.get(tc.id).comment, "")
        for name in ("mac", "id", "cpu_speed", "no_such_thing"):
            with self.assertRaises(AttributeError):
                setattr(tc, name, "1")
        with self.assertRaises(AttributeError):
            tc.no_such_thing

    def test_short_lists_look_details_up_when_asked(self):
        made = self.thinclient(site="Bremen")
        short, = self.fleet.thinclients
        self.assertEqual((short.mac, short.site), (made.mac, "Bremen"))
        full, = self.fleet.thinclients.all(details=True)
        made.delete()
        self.assertEqual(full.site, "Bremen")
        with self.assertRaises(itg.ThinclientNotFound):
            full.refresh()

    def test_directories(self):
        sales = self.fleet.directories.at("Bremen/Sales", create=True)
        self.assertEqual((sales.path, sales.parent.name, sales.parent.parent.is_root), ("Bremen/Sales", "Bremen", True))
        self.assertEqual(self.fleet.directories.at("Bremen/Sales"), sales)
        with self.assertRaises(LookupError):
            self.fleet.directories.at("Bremen/Elsewhere")
        tc = self.thinclient(parent=sales)
        self.assertEqual([list(sales.thinclients()), list(sales.parent.thinclients()), list(sales.parent.thinclients(below=True))],
                         [[tc], [], [tc]])
        self.assertEqual([child.type.name for child in sales.children()], ["THINCLIENT"])
        self.refused(itg.DirectoryNotEmpty, "ITG-0A006", sales.delete)
        tc.move(self.fleet.directories.root)
        sales.rename("Sold")
        self.assertEqual([d.path for d in self.fleet.directories], ["Bremen", "Bremen/Sold"])
        sales.delete()
        self.assertEqual([d.name for d in self.fleet.directories.root.directories()], ["Bremen"])

    def test_moving_tells_of_each(self):
        tc, bremen = self.thinclient(), self.fleet.directories.create("Bremen")
        profile = self.fleet.profiles.create("VPN", self.firmware)
        self.assertEqual(bremen.move_here([tc, 9999, profile]),
                         [(tc.id, itg.MoveResult.SUCCESSFUL), (9999, itg.MoveResult.DOES_NOT_EXIST), (profile.id, itg.MoveResult.WRONG_TYPE)])
        with self.assertRaises(itg.Error):
            bremen.move(bremen)

    def test_the_recycle_bin(self):
        bremen = self.fleet.directories.create("Bremen")
        tc = self.thinclient(parent=bremen)
        bremen.put_in_bin()
        self.assertTrue(bremen.in_bin and tc.refresh().in_bin)
        self.assertEqual([item.id for item in self.fleet.bin], [bremen.id])
        self.refused(itg.InRecycleBin, "ITG-0A018", tc.update, site="x")
        bremen.restore()
        self.assertFalse(tc.refresh().in_bin)
        bremen.put_in_bin()
        self.assertEqual(self.fleet.bin.empty(), 2)
        self.assertEqual(list(self.fleet.thinclients), [])


class TreesInAFile(Trees):
    FILE = True


class Profiles(FleetTest):
    def test_settings_are_like_a_dict(self):
        profile = self.fleet.profiles.create("VPN", self.firmware)
        profile.settings["userinterface.language"] = "de \u20ac"
        profile.settings.update({"a.number": 7, "a.real": 1.5, "a.switch": True})
        self.assertEqual(dict(profile.settings), {"a.number": 7, "a.real": 1.5, "a.switch": True, "userinterface.language": "de \u20ac"})
        self.assertIs(profile.settings["a.switch"], True)
        del profile.settings["a.real"]
        self.assertNotIn("a.real", profile.settings)
        with self.assertRaises(KeyError):
            del profile.settings["a.real"]
        for value in (None, [1], {}):
            with self.assertRaises(TypeError):
                profile.settings["a.list"] = value
        with self.assertRaises(ValueError):
            profile.settings["a.real"] = float("nan")
        with self.assertRaises(UnicodeEncodeError):
            profile.settings["a.text"] = "\ud800"
        self.refused(itg.InvalidBody, "ITG-0A004", profile.settings.__setitem__, "no key!", 1)

    def test_what_is_in_force_and_why(self):
        bremen = self.fleet.directories.create("Bremen")
        tc = self.thinclient(parent=bremen)
        far, near = (self.fleet.profiles.create(name, self.firmware) for name in ("far", "near"))
        far.settings["key"], near.settings["key"] = "far", "near"
        far.assign(bremen)
        tc.assign(near)
        self.assertEqual([(s.key, s.content, s.profile_id) for s in tc.effective()], [("key", "near", near.id)])
        self.assertEqual([(s.content, s.applies, s.verdict.name) for s in tc.explain()], [("near", True, "APPLIES"), ("far", False, "FARTHER")])
        self.assertEqual(tc.explain()[1].reason, "a nearer standard profile wins")
        self.assertEqual([a.assignee_id for a in tc.assignments()], [near.id, far.id])
        self.assertEqual([a.receiver_id for a in far.receivers()], [bremen.id])
        self.refused(itg.Duplicate, "ITG-0A008", tc.assign, near)
        near.unassign(tc)
        self.assertEqual([s.content for s in tc.effective()], ["far"])
        self.fleet.profiles.assign([(near.id, tc.id)])
        self.assertEqual([s.content for s in tc.effective()], ["near"])

    def test_template_keys(self):
        tc = self.thinclient()
        profile = self.fleet.profiles.create("p", self.firmware)
        profile.settings["room"] = "in ${ROOM}"
        tc.assign(profile)
        key = self.fleet.templates.create("ROOM")
        self.assertEqual([(s.verdict.name, s.unfilled) for s in tc.explain()], [("UNFILLED", "ROOM")])
        value = key.add("4.12", "fourth floor")
        value.assign(tc)
        self.assertEqual([s.content for s in tc.effective()], ["in 4.12"])
        value.update(value="5")
        self.assertEqual(([s.content for s in tc.effective()], value.description), (["in 5"], "fourth floor"))
        self.assertEqual([a.value_id for a in tc.template_values()], [value.id])
        key.unassign(tc)
        self.assertEqual(tc.effective(), [])

    def test_revisions(self):
        tc = self.thinclient()
        profile = self.fleet.profiles.create("p", self.firmware)
        profile.settings["a"] = 1
        tc.assign(profile)
        revision, confirmed = tc.settings_revision()
        self.assertIsNone(confirmed)
        tc.confirm_settings(revision)
        self.assertEqual((tc.settings_revision(), tc.refresh().config_changes), ((revision, revision), "APPLIED"))


class Finding(FleetTest):
    def test_expressions_and_views(self):
        bremen, augsburg = self.thinclient(site="Bremen"), self.thinclient(site="Augsburg")
        self.assertEqual(list(self.fleet.thinclients.where("site==B*")), [bremen])
        view = self.fleet.views.create("South", "site==Augsburg")
        self.assertEqual((list(view.thinclients()), [v.name for v in self.fleet.views]), ([augsburg], ["South"]))
        view.update(expression="site==B*")
        self.assertEqual(list(view.thinclients()), [bremen])
        error = self.refused(itg.InvalidBody, "ITG-0A004", list, self.fleet.thinclients.where("site==("))
        self.assertIn("column", error.detail)
        with self.assertRaises(itg.InvalidBody):
            itg.expression_check("site=")
        itg.expression_check("site==x")

    def test_rules(self):
        bremen = self.fleet.directories.create("Bremen")
        tc = self.thinclient(site="Bremen")
        rule = self.fleet.rules.create("site==Bremen", bremen)
        self.assertEqual([(m.thinclient_id, m.to_id) for m in self.fleet.rules.preview()], [(tc.id, bremen.id)])
        with self.assertRaises(ZeroDivisionError):
            self.fleet.rules.apply(on_move=lambda move: 1 // 0)
        self.assertEqual(tc.refresh().parent_id, -1)
        self.assertEqual((self.fleet.rules.apply(), tc.refresh().parent_id), (1, bremen.id))
        rule.update(target=0, flags="override_membership")
        self.assertEqual((rule.target_id, rule.flags), (0, itg.RuleFlag.OVERRIDE_MEMBERSHIP))
        rule.delete()
        self.assertEqual(list(self.fleet.rules), [])

    def test_device_attributes(self):
        tc = self.thinclient()
        self.fleet.attributes.create("room", "Room")
        colour = self.fleet.attributes.create("colour", "Colour", "range", choices=["red", "green"], overwrite="all")
        tc.attributes["room"] = "4.12"
        tc.update(attributes={"colour": "red"}, site="x")
        self.assertEqual(dict(tc.attributes), {"room": "4.12", "colour": "red"})
        self.refused(itg.InvalidBody, "ITG-0A004", tc.attributes.__setitem__, "colour", "blue")
        tc.attributes.report("colour", "green")
        del tc.attributes["room"]
        self.assertEqual(dict(tc.attributes), {"colour": "green"})
        self.assertEqual(colour.choices(), ["red", "green"])
        colour.update(name="Color", choices=["green", "blue"])
        self.assertEqual((colour.name, colour.choices()), ("Color", ["green", "blue"]))

    def test_assets_and_inventory(self):
        tc = self.thinclient()
        mouse = self.fleet.assets.create("Mouse", thinclient=tc, categories=["Mouse"], details=[("maxPower", "100mA", "string")])
        self.assertEqual([c.name for c in mouse.categories()], ["Mouse"])
        self.assertEqual([(d.key, d.value) for d in mouse.details()], [("maxPower", "100mA")])
        mouse.move()
        self.assertEqual([e.event.name for e in mouse.history()], ["ADDED", "REMOVED"])
        self.assertEqual((list(self.fleet.assets.on(tc)), [a.id for a in self.fleet.assets.on(-1)]), ([], [mouse.id]))
        tc.inventory.set_adapters([{"type": "lan", "mac": "00e0c5000001", "name": "enp1s0"}])
        self.assertEqual([(a.type, a.mac, a.name, a.state) for a in tc.adapters], [("lan", "00E0C5000001", "enp1s0", "")])
        when = datetime(2024, 12, 30, 12, 6, 21, 15000, tzinfo=timezone.utc)
        tc.inventory.add_login("alice", login=when, type="kerberos")
        tc.inventory.end_login(when + timedelta(hours=1))
        login, = tc.inventory.logins()
        self.assertEqual((login.username, login.login, login.logoff, login.type),
                         ("alice", when, when + timedelta(hours=1), itg.Logon.KERBEROS))
        password = tc.inventory.shadow_password()
        tc.inventory.verify_shadow_password(password)
        with self.assertRaises(itg.InvalidCredentials):
            tc.inventory.verify_shadow_password(password)
        self.assertEqual(tc.inventory.certificate, "")


class Device(itg.Link):
    def __init__(self):
        self.got = []

    def online(self, id):
        return id != 0

    def send(self, deliveries):
        for delivery in deliveries:
            self.got.append((delivery.id, delivery.command.name, delivery.mac))
            if delivery.mac.endswith("1"):
                delivery.confirm()
            else:
                delivery.fail("busy " + "\u20ac" * 200)


class Commands(FleetTest):
    def setUp(self):
        super().setUp()
        self.fleet.close()
        self.device, self.now, self.lines = Device(), 1700000000000, []
        self.fleet = itg.Fleet(":memory:", link=self.device, clock=lambda: self.now, log=lambda level, line: self.lines.append(line), **QUIET)
        self.firmware = self.fleet.firmwares.create("IGEL OS 11", "11.3.100.1")

    def test_sending_over_a_link_of_ones_own(self):
        one, two = self.thinclient(), self.thinclient()
        results = self.fleet.commands.send("reboot", [one, two.id])
        self.assertEqual([(r.id, r.successful) for r in results], [(one.id, True), (two.id, False)])
        # 255 bytes: "busy " and 83 characters of three bytes, the next would not be whole
        self.assertEqual([r.message for r in results], ["OK", "busy " + "\u20ac" * 83])
        self.assertEqual(results[0].time, datetime(2023, 11, 14, 22, 13, 20, tzinfo=timezone.utc))
        self.assertEqual(self.device.got, [(one.id, "REBOOT", one.mac), (two.id, "REBOOT", two.mac)])
        self.assertTrue(one.online)
        self.assertTrue(one.delete_online().successful)
        self.assertEqual(list(self.fleet.thinclients), [two])
        with self.assertRaises(ValueError):
            self.fleet.commands.send("dance", [two])
        self.refused(itg.InvalidBody, "ITG-0A012", self.fleet.commands.send, "reboot", [])

    def test_the_queue(self):
        tc = self.thinclient()
        ids = [self.fleet.commands.queue(itg.Command.REBOOT, [tc])[0] for _ in range(3)]
        self.assertEqual([e.id for e in self.fleet.commands.history(tc)], ids[::-1])
        entry = self.fleet.commands.get(ids[0])
        self.assertEqual((entry.state, entry.ended, entry.expires - entry.queued), (itg.CommandState.QUEUED, None, timedelta(days=1)))
        entry.cancel()
        self.assertEqual((entry.refresh().state.name, entry.message), ("EXPIRED", "Cancelled"))

    def test_jobs(self):
        tc = self.thinclient()
        start = datetime(2023, 11, 15, 3, 0, tzinfo=timezone.utc)
        job = self.fleet.jobs.create("Nightly", "reboot", start, thinclients=[tc], every_s=86400)
        self.assertEqual((job.due, job.thinclients, job.command), (start, (tc.id,), itg.Command.REBOOT))
        self.now += 6 * 3600 * 1000
        self.fleet.step()
        run, = job.runs()
        self.assertEqual((run.state.name, run.total, run.succeeded, run.due), ("DONE", 1, 1, start))
        job.update(name="Weekly", every_s=0, weekdays=["monday", "friday"], start=start + timedelta(days=7))
        self.assertEqual((job.name, job.weekdays), ("Weekly", itg.Weekday.MONDAY | itg.Weekday.FRIDAY))
        self.assertEqual(job.run().succeeded, 1)
        job.delete()
        self.assertEqual(list(self.fleet.jobs), [])


class People(FleetTest):
    FILE = True

    def test_users_sessions_and_rights(self):
        self.fleet.users.create("alice", "administrator", PASSWORD)
        victor = self.fleet.users.create("victor", itg.Role.VIEWER, PASSWORD)
        bremen = self.fleet.directories.create("Bremen")
        with self.fleet.as_user("victor") as mine:
            with self.assertRaises(itg.AccessDenied) as caught:
                mine.thinclients.create("00E0C5FFFFFF", self.firmware, parent=bremen)
            self.assertEqual((caught.exception.id, caught.exception.http_status), ("ITG-0B005", 403))
            operators = self.fleet.groups.create("operators")
            operators.add(victor)
            self.fleet.rights.set(bremen, group=operators, allow=["write", itg.Right.MOVE])
            mine.thinclients.create("00E0C5FFFFFF", self.firmware, parent=bremen)
            self.assertEqual(mine.request("GET", "/thinclients").json()[0]["mac"], "00E0C5FFFFFF")
            self.assertEqual(mine.rights.on(bremen), itg.Right.BROWSE | itg.Right.READ | itg.Right.WRITE | itg.Right.MOVE)
        self.assertEqual([u.name for u in operators.users()], ["victor"])
        self.assertEqual([(e.subject, e.allow) for e in self.fleet.rights.entries(bremen)],
                         [("operators", itg.Right.WRITE | itg.Right.MOVE)])
        verdicts = {v.right.name: (v.allowed, v.reason.name) for v in self.fleet.rights.explain(bremen, "victor")}
        self.assertEqual((verdicts["WRITE"], verdicts["READ"]), ((True, "BY_ENTRY"), (True, "BY_ROLE")))
        session = self.fleet.users.login("alice", PASSWORD)
        with self.fleet.with_session(session) as hers:
            self.assertEqual([u.name for u in hers.users], ["alice", "victor"])
        self.fleet.users.logout(session)
        with self.assertRaises(itg.AuthenticationError):
            self.fleet.with_session(session)
        with self.assertRaises(itg.InvalidCredentials):
            self.fleet.with_password("alice", "wrong horse")
        with self.assertRaises(itg.AccessDenied):
            self.fleet.users.delete("alice")

    def test_the_audit_trail(self):
        tc = self.thinclient(site="Bremen")
        tc.site = "Augsburg"
        entry = next(self.fleet.audit.entries(object=tc, newest_first=True))
        self.assertEqual((entry.operation, entry.actor, entry.changes), ("thinclient_update", "", {"site": ("Bremen", "Augsburg")}))
        self.assertEqual([e.operation for e in self.fleet.audit.entries(object=tc) if e.object_type == "tc"], ["thinclient_create", "thinclient_update"])
        self.assertEqual(list(self.fleet.audit.entries(until=datetime(2000, 1, 1))), [])
        self.assertEqual(self.fleet.audit.prune(timedelta(days=1)), 0)


class Transactions(FleetTest):
    FILE = True

    def test_all_or_nothing(self):
        with self.assertRaises(KeyError):
            with self.fleet.transaction():
                self.thinclient()
                raise KeyError
        self.assertEqual(list(self.fleet.thinclients), [])
        with self.fleet.transaction():
            tc = self.thinclient()
            with self.assertRaises(itg.Duplicate):
                self.fleet.thinclients.create(tc.mac, self.firmware)
        self.assertEqual(len(list(self.fleet.thinclients)), 1)
        with self.fleet.transaction() as group:
            self.thinclient()
            group.rollback()
            with self.assertRaises(RuntimeError):
                group.commit()
        self.assertEqual(len(list(self.fleet.thinclients)), 1)

    def test_what_was_committed_is_in_the_file(self):
        with self.fleet.transaction():
            self.thinclient(name="kept")
        self.fleet.close()
        with itg.Fleet(self.path, must_exist=True) as again:
            self.assertEqual([tc.name for tc in again.thinclients], ["kept"])
        self.assertRaises(itg.DatabaseError, itg.Fleet, self.path + "-none", must_exist=True)

    def test_closing_undoes_an_open_transaction(self):
        with itg.Fleet(self.path, **QUIET) as other:
            with other.transaction():
                other.firmwares.create("IGEL OS 12", "12.1")
                other.close()
        self.assertEqual([f.product for f in self.fleet.firmwares], ["IGEL OS 11"])
        self.fleet.firmwares.create("IGEL OS 12", "12.1")


if __name__ == "__main__":
    unittest.main()
