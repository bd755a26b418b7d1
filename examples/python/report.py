"""The nightly inventory report of a fleet: a CSV file of all thin clients, and an HTML page with charts.

    python3 report.py fleet.db --csv inventory.csv --html inventory.html
    15 2 * * *  python3 .../report.py /srv/itg/fleet.db --csv ... --html ...          as a line of a crontab

The fleet may be in use meanwhile. It is read once, thin client by thin client. Both files are replaced at the end, as wholes.
"""

import argparse
import collections
import csv
import html
import os
import sys
import tempfile
from datetime import datetime, timedelta, timezone

import itg

COLUMNS = ["id", "mac", "name", "parent_id", "site", "department", "os_type", "device_type", "serial_number", "last_ip", "memory_size",
           "last_contact", "config_changes", "in_bin"]
AGES = [("a day", 1), ("a week", 7), ("a month", 30), ("a year", 365)]
SILENT = 50  # thin clients that the page names
BARS = 12  # bars of one chart; what is rarer is added up

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2em auto; max-width: 60em; padding: 0 1em; color: #222; background: #fff }
h1 { margin-bottom: 0 } h2 { margin: 2em 0 .5em; font-size: 1.1em } .when { color: #666; margin-top: 0 }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(26em, 1fr)); gap: 0 2em }
svg { width: 100%; height: auto; display: block } svg text { font: 12px system-ui, sans-serif; fill: currentColor }
svg rect { fill: #3b76af } table { border-collapse: collapse } td, th { text-align: left; padding: .15em 1.2em .15em 0 }
@media (prefers-color-scheme: dark) { body { color: #ddd; background: #1b1b1b } svg rect { fill: #6aa3d8 } .when { color: #999 } }
"""


class Figures:
    """What the page shows, counted in passing."""

    def __init__(self, now, firmwares):
        self.now, self.firmwares = now, firmwares
        self.total = self.binned = 0
        self.charts = {title: collections.Counter() for title in ("Site", "Firmware", "Device type", "Memory", "Last contact", "Settings")}
        self.silent = []

    def add(self, tc):
        self.total += 1
        self.binned += tc.in_bin
        memory = "%g GiB" % round(tc.memory_size / 1024) if tc.memory_size else "unknown"
        for title, value in (("Site", tc.site), ("Firmware", self.firmwares.get(tc.firmware_id)), ("Device type", tc.device_type),
                             ("Memory", memory), ("Last contact", self.age(tc.last_contact)), ("Settings", tc.config_changes.lower())):
            self.charts[title][value or "unknown"] += 1
        if tc.last_contact is not None and self.now - tc.last_contact > timedelta(days=30) and len(self.silent) < SILENT:
            self.silent.append((tc.last_contact, tc.name, tc.mac, tc.site))

    def age(self, time):
        if time is None:
            return "never"
        for words, days in AGES:
            if self.now - time <= timedelta(days=days):
                return "within " + words
        return "longer ago"


def bars(counter):
    """A bar chart as SVG: the commonest first, the rest as one bar."""
    rows = counter.most_common(BARS)
    rest = sum(counter.values()) - sum(count for _, count in rows)
    if rest:
        rows.append(("others", rest))
    highest = max((count for _, count in rows), default=1)
    lines = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 420 %d" role="img">' % (22 * len(rows))]
    for place, (label, count) in enumerate(rows):
        short, y = label if len(label) <= 20 else label[:19] + "\u2026", 22 * place
        lines.append('<g><title>%s: %d</title>' % (html.escape(label), count)
                     + '<text x="150" y="%d" text-anchor="end">%s</text>' % (y + 15, html.escape(short))
                     + '<rect x="158" y="%d" width="%.1f" height="16" rx="2"/>' % (y + 3, 200 * count / highest)
                     + '<text x="%.1f" y="%d">%d</text></g>' % (164 + 200 * count / highest, y + 15, count))
    return "\n".join(lines + ["</svg>"])


def page(figures):
    """The whole page; it needs nothing from elsewhere."""
    parts = ['<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
             "<title>Fleet inventory</title><style>%s</style></head><body>" % STYLE,
             '<h1>%d thin clients</h1><p class="when">%s; %d of them in the recycle bin</p>' % (
                 figures.total, figures.now.strftime("%Y-%m-%d %H:%M UTC"), figures.binned), '<div class="charts">']
    parts += ["<section><h2>%s</h2>\n%s</section>" % (title, bars(counter)) for title, counter in figures.charts.items()]
    parts.append("</div>")
    if figures.silent:
        parts.append("<h2>Not heard of for a month</h2><table><tr><th>last contact<th>name<th>MAC<th>site</tr>")
        parts += ["<tr>%s</tr>" % "".join("<td>%s" % html.escape(cell) for cell in (last.strftime("%Y-%m-%d"), name, mac, site))
                  for last, name, mac, site in sorted(figures.silent)]
        parts.append("</table>")
    return "\n".join(parts + ["</body></html>", ""])


def cell(value):
    """A value the way a spreadsheet reads it; a text that begins like a formula is no formula."""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@"):
        return "'" + value
    return "" if value is None else value


class Replacing:
    """A file that takes its name's place only if all went well."""

    def __init__(self, path):
        self.path = path
        number, self.beside = tempfile.mkstemp(dir=os.path.dirname(path) or ".", prefix=os.path.basename(path) + ".")
        self.file = os.fdopen(number, "w", encoding="utf-8", newline="")

    def __enter__(self):
        return self.file

    def __exit__(self, kind, error, trace):
        self.file.close()
        if kind is None:
            os.chmod(self.beside, 0o644)
            os.replace(self.beside, self.path)
        else:
            os.unlink(self.beside)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("fleet")
    parser.add_argument("--csv", required=True)
    parser.add_argument("--html", required=True)
    arguments = parser.parse_args()
    try:
        with itg.Fleet(arguments.fleet, must_exist=True) as fleet, Replacing(arguments.csv) as table, Replacing(arguments.html) as site:
            figures = Figures(datetime.now(timezone.utc), {f.id: "%s %s" % (f.product, f.version) for f in fleet.firmwares})
            writer = csv.writer(table)
            writer.writerow(COLUMNS)
            for tc in fleet.thinclients.all(details=True):
                figures.add(tc)
                writer.writerow([cell(getattr(tc, column)) for column in COLUMNS])
            site.write(page(figures))
    except itg.Error as error:
        sys.exit(str(error))
    print("%d thin clients: %s, %s" % (figures.total, arguments.csv, arguments.html))


if __name__ == "__main__":
    main()
