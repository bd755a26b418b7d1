"""Puts one profile in the place of another, wherever that is assigned. All of it or nothing.

    python3 reassign_profiles.py fleet.db "VPN 2023" "VPN 2024"
    python3 reassign_profiles.py fleet.db 6585 7001 --where 'site==Bremen' --dry-run

Profiles are named by name or id. With --where only thin clients that match are taken care of, no directories.
"""

import argparse
import sys

import itg


def find(fleet, word):
    """The profile, or master profile, with this name or id."""
    for profiles in (fleet.profiles, fleet.masterprofiles):
        for profile in profiles:
            if (profile.name == word or str(profile.id) == word) and not profile.in_bin:
                return profile
    sys.exit("no profile %s" % word)


def wanted(fleet, profile, where):
    """The assignments that are to change."""
    if where is None:
        return profile.receivers()
    matching = {tc.id for tc in fleet.thinclients.where("(%s);assigned==%d" % (where, profile.id))}
    return [a for a in profile.receivers() if a.receiver_type == itg.Type.THINCLIENT and a.receiver_id in matching]


def replace(fleet, old, new, assignments):
    """@return how many receivers have the new profile only now"""
    present = {(a.receiver_type, a.receiver_id) for a in new.receivers()}
    missing = [a.receiver_id for a in assignments if (a.receiver_type, a.receiver_id) not in present]
    for assignment in assignments:
        assignment.delete()
    new.assign(*missing)
    return len(missing)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("fleet")
    parser.add_argument("old")
    parser.add_argument("new")
    parser.add_argument("--where", metavar="EXPRESSION", help="only on thin clients that match")
    parser.add_argument("--dry-run", action="store_true", help="say what would be changed, and change nothing")
    arguments = parser.parse_args()
    try:
        with itg.Fleet(arguments.fleet, must_exist=True) as fleet, fleet.transaction() as group:
            old, new = find(fleet, arguments.old), find(fleet, arguments.new)
            assignments = wanted(fleet, old, arguments.where)
            for assignment in assignments:
                print("%s %d: %s -> %s" % (assignment.receiver_type.name.lower(), assignment.receiver_id, old.name, new.name))
            added = replace(fleet, old, new, assignments)
            if arguments.dry_run:
                group.rollback()
    except itg.Error as error:
        sys.exit(str(error))
    print("%d assignments %s, %d of them to receivers that had the new profile already" % (
        len(assignments), "would be changed" if arguments.dry_run else "changed", len(assignments) - added))


if __name__ == "__main__":
    main()
