"""The fleet that the contract's tests work on: small, with the contract's own example ids where it has them.

    -1 Thin Clients            -2 Profiles              -14 Master Profiles
      48170 Bremen               20453 Office             30001 All sites
        76462 Sales                68257 Citrix             80001 Security
          48335                    6585 VPN               80002 Branding
        48171 Empty                72372 Old
      77118 Warehouse            20454 Unused
        72014                    9020 Trashed (binned)
        7117
      9001 Gone (binned)
        9002 Gone too, 9003
      95, 96 (every property), 27, 7121, 23028
      9010 (binned)
"""

FIRMWARES = [
    {"id": "2", "product": "IGEL OS 11", "version": "11.3.100.1", "firmwareType": "LX"},
    {"id": "6", "product": "IGEL OS 10", "version": "10.6.100.01", "firmwareType": "LX"},
]


def directory(kind, number, name, parent, in_bin=False):
    return {"id": str(number), "name": name, "parentID": str(parent), "movedToBin": in_bin, "objectType": kind}


DIRECTORIES = [
    directory("tcdirectory", 9001, "Gone", -1, True),
    directory("tcdirectory", 9002, "Gone too", 9001, True),
    directory("profiledirectory", 20453, "Office", -2),
    directory("profiledirectory", 20454, "Unused", -2),
    directory("masterprofiledirectory", 30001, "All sites", -14),
    directory("tcdirectory", 48170, "Bremen", -1),
    directory("tcdirectory", 48171, "Empty", 48170),
    directory("tcdirectory", 76462, "Sales", 48170),
    directory("tcdirectory", 77118, "Warehouse", -1),
]


def thinclient(number, mac, parent=-1, in_bin=False, **more):
    tc = {"id": str(number), "mac": mac, "unitID": mac, "name": "ITC" + mac, "firmwareID": "6", "parentID": str(parent),
          "movedToBin": in_bin, "batteryLevel": 0}
    tc.update(more)
    return tc


# Every property of the details facet, none at its default, in the contract's order.
FULL = {
    "unitID": "unit 96", "mac": "00E0C5000096", "firmwareID": "2", "lastIP": "172.30.92.96", "networkName": "host96",
    "site": "Bremen", "department": "Sales \u20ac", "costCenter": "4711", "comment": "a \"b\" \\ c\n\u0001", "assetID": "A-96",
    "inserviceDate": "2024-06-21", "serialNumber": "S96", "productId": "UD3-LX 60", "umsStructuralTag": "tag",
    "cpuSpeed": 2400, "cpuType": "AMD", "deviceType": "IGEL UD3", "deviceSerialNumber": "D96", "osType": "IGEL OS 11",
    "flashSize": 7640, "memorySize": 7429, "networkSpeed": 1000, "duplexMode": "Full", "graphicsChipset0": "Radeon",
    "graphicsMemorySize0": 512, "graphicsChipset1": "Matrox", "graphicsMemorySize1": 64, "monitorVendor1": "DELL",
    "monitorModel1": "U2415", "monitorSerialnumber1": "M1", "monitorSize1": 24.1, "monitorNativeResolution1": "1920x1200",
    "monitor1YearOfManufacture": "2019", "monitor1WeekOfManufacture": "12", "monitorVendor2": "EIZO",
    "monitorModel2": "EV2450", "monitorSerialnumber2": "M2", "monitorSize2": 23, "monitorNativeResolution2": "1920x1080",
    "monitor2YearOfManufacture": "2020", "monitor2WeekOfManufacture": "7", "biosVendor": "INSYDE", "biosVersion": "V1",
    "biosDate": "2019-01-02", "totalUsagetime": "123456789", "totalUptime": "987654321",
    "lastBoottime": "2017-07-18 14:25", "lastContact": "2024-12-30 12:06:21.015", "configChanges": "PENDING",
    "registrationDate": "11.12.2024 10:32:18", "isThinClientRegistered": True, "isConnectedViaReverseProxy": True,
    "lastUser": "alice", "batteryLevel": 87, "id": "96", "name": "Full", "parentID": "-1", "movedToBin": False,
}

THINCLIENTS = [
    thinclient(27, "00E0C5000027", lastIP="127.0.0.27"),
    thinclient(95, "00E0C514325B", lastIP="172.30.92.26"),
    FULL,
    thinclient(7117, "00E0C5007117", 77118),
    thinclient(7121, "00E0C5007121"),
    thinclient(9003, "00E0C5009003", 9002, True),
    thinclient(9010, "00E0C5009010", in_bin=True),
    thinclient(23028, "00E0C5023028"),
    thinclient(48335, "00E0C5048335", 76462),
    thinclient(72014, "00E0C561EEED", 77118),
]


def profile(kind, number, name, parent, in_bin=False, overrides=False):
    return {"firmwareID": "2", "isMasterProfile": kind == "masterprofile", "overridesSessions": overrides,
            "id": str(number), "name": name, "parentID": str(parent), "movedToBin": in_bin, "objectType": kind}


PROFILES = [
    profile("profile", 6585, "VPN", 20453),
    profile("profile", 9020, "Trashed", -2, True),
    profile("profile", 68257, "Citrix", 20453, overrides=True),
    profile("profile", 72372, "Old", 20453),
    profile("masterprofile", 80001, "Security", 30001),
    profile("masterprofile", 80002, "Branding", -14),
]


def assignment(kind, assignee, receiver_kind, receiver):
    return {"assignee": {"id": str(assignee), "type": kind}, "receiver": {"id": str(receiver), "type": receiver_kind}}


# What reaches 48335, in order: 6585 and 68257 of its own, 72372 from Sales, 6585 from Bremen; then the master
# profiles 80002 of its own, 80001 from Bremen. 9020 is in the bin.
ASSIGNMENTS = [
    assignment("profile", 68257, "tc", 48335),
    assignment("profile", 6585, "tc", 48335),
    assignment("profile", 9020, "tc", 48335),
    assignment("profile", 72372, "tcdirectory", 76462),
    assignment("profile", 6585, "tcdirectory", 48170),
    assignment("masterprofile", 80001, "tcdirectory", 48170),
    assignment("masterprofile", 80002, "tc", 48335),
]

FLEET = {"firmwares": FIRMWARES, "directories": DIRECTORIES, "thinclients": THINCLIENTS, "profiles": PROFILES,
         "assignments": ASSIGNMENTS}
