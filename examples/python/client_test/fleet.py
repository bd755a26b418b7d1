"""The fleet that the client is tested with."""


def fill(fleet):
    firmware = fleet.firmwares.create("IGEL OS 11", "11.3.100.1")
    fleet.directories.create("Bremen")
    for number, name in enumerate(("reception", "workshop"), 1):
        fleet.thinclients.create("00E0C5%06X" % number, firmware, name=name)
