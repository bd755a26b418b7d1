"""Files thin clients in directories, and sets their properties, as a CSV file says. All of it or nothing.

    python3 file_by_csv.py fleet.db plan.csv
    python3 file_by_csv.py fleet.db plan.csv --dry-run

The first line names the columns: `mac` must be there; `directory` is a path such as Bremen/Sales, made if it is missing; all
others are properties: name, site, department, cost_center, comment, asset_id, ... An empty cell changes nothing.
"""

import argparse
import csv
import sys

import itg


class Undone(Exception):
    """Makes the transaction roll back."""


def read_plan(path):
    """The lines of the plan: (number, {column: cell})."""
    with open(path, newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file)
        columns = reader.fieldnames or []
        known = {p.name for p in itg.PROPERTIES.values() if p.writable} | {"mac", "directory"}
        if "mac" not in columns:
            sys.exit("%s: no column mac" % path)
        for column in columns:
            if column not in known:
                sys.exit("%s: no such column: %s (there are %s)" % (path, column, ", ".join(sorted(known))))
        for row in reader:
            if None in row or None in row.values():
                sys.exit("%s:%d: not as many cells as columns" % (path, reader.line_num))
            yield reader.line_num, {column: cell.strip() for column, cell in row.items() if cell.strip()}


def apply(fleet, row, directories):
    """Does what one line says. @return whether that changed anything"""
    tc = fleet.thinclients.by_mac(row.pop("mac", "").replace(":", "").replace("-", ""))
    path = row.pop("directory", None)
    changes = {name: value for name, value in row.items() if getattr(tc, name) != value}
    if changes:
        tc.update(**changes)
    if path is None:
        return bool(changes)
    if path not in directories:
        directories[path] = fleet.directories.at(path, create=True)
    if tc.parent_id == directories[path].id:
        return bool(changes)
    tc.move(directories[path])
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("fleet")
    parser.add_argument("plan")
    parser.add_argument("--dry-run", action="store_true",
                        help="say what is wrong with the plan and what it would change, and change nothing")
    arguments = parser.parse_args()
    wrong = changed = lines = 0
    directories = {}
    plan = list(read_plan(arguments.plan))
    try:
        with itg.Fleet(arguments.fleet, must_exist=True) as fleet, fleet.transaction():
            for number, row in plan:
                lines += 1
                try:
                    changed += apply(fleet, row, directories)
                except itg.RequestError as error:
                    wrong += 1
                    print("%s:%d: %s" % (arguments.plan, number, error), file=sys.stderr)
            if wrong or arguments.dry_run:
                raise Undone
    except Undone:
        pass
    except itg.Error as error:
        sys.exit(str(error))
    if wrong:
        sys.exit("%d of %d lines are wrong; nothing was changed" % (wrong, lines))
    print("%d of %d thin clients %s" % (changed, lines, "would be changed" if arguments.dry_run else "changed"))


if __name__ == "__main__":
    main()
