"""Prints id, MAC, name and site of every thin client of a fleet: python3 inventory.py fleet.db"""

import sys

import itg

try:
    with itg.Fleet(sys.argv[1], must_exist=True) as fleet:
        for tc in fleet.thinclients.all(details=True):
            print(tc.id, tc.mac, tc.name, tc.site, sep="\t")
except itg.Error as error:
    sys.exit(str(error))
