"""Prints id, MAC, name and site of every thin client of a fleet: python3 inventory.py fleet.db"""
import ctypes as c
import ctypes.util
import os
import sys

itg = c.CDLL(os.environ.get("LIBITG") or ctypes.util.find_library("itg"))
itg.itg_error_text.restype = c.c_char_p
itg.itg_property_by_key.restype = c.c_void_p
KEYS = [c.c_void_p(itg.itg_property_by_key(key)) for key in (b"id", b"mac", b"name", b"site")]
text = c.create_string_buffer(4096)


@c.CFUNCTYPE(c.c_int32, c.c_void_p, c.c_void_p)
def show(_, thinclient):
    row = []
    for key in KEYS:
        itg.itg_thinclient_text(c.c_void_p(thinclient), key, text, c.c_size_t(len(text)))
        row.append(text.value.decode())
    print(*row, sep="\t")
    return 0


fleet = c.c_void_p()
error = itg.itg_open(os.fsencode(sys.argv[1]), None, c.byref(fleet), None)
error = error or itg.itg_thinclient_each(fleet, 1, c.c_int64(0), show, None, None)
itg.itg_close(fleet)
sys.exit(itg.itg_error_text(error).decode() if error else 0)
