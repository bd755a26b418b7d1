"""Compares what the Python package declares (examples/python/itg/_declarations.py) with the headers.

    check_headers.py           says what differs; exit status 1 if anything does
    check_headers.py --write   makes the file anew, as is due after a change of a header or when the package uses more

The file is what the headers say about the functions that the package's sources name, and all that these need. With a
compiler (CC), C itself is asked as well: each prototype, and size, place and kind of each member as ctypes has them.
"""

import ctypes
import difflib
import os
import re
import shlex
import subprocess
import sys
import tempfile
from typing import Dict, List, Set, Tuple

import headers as c

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
INCLUDE = os.path.join(ROOT, "include", "itg")
PACKAGE = os.path.join(ROOT, "examples", "python", "itg")
TARGET = os.path.join(PACKAGE, "_declarations.py")

# Enums that become classes: name and base in Python, what is cut off the enumerators' names.
ENUMS = {
    "itg_access_reason": ("AccessReason", "IntEnum", "ITG_ACCESS_"),
    "itg_asset_event": ("AssetEvent", "IntEnum", "ITG_ASSET_"),
    "itg_attribute_type": ("AttributeType", "IntEnum", "ITG_ATTRIBUTE_"),
    "itg_command": ("Command", "IntEnum", "ITG_COMMAND_"),
    "itg_command_state": ("CommandState", "IntEnum", "ITG_COMMAND_"),
    "itg_durability": ("Durability", "IntEnum", "ITG_DURABILITY_"),
    "itg_extent": ("Extent", "IntEnum", "ITG_EXTENT_"),
    "itg_kind": ("Kind", "IntEnum", "ITG_KIND_"),
    "itg_facet": ("Facet", "IntEnum", "ITG_FACET_"),
    "itg_access": ("Access", "IntEnum", "ITG_ACCESS_"),
    "itg_log_level": ("LogLevel", "IntEnum", "ITG_LOG_"),
    "itg_login_result": ("LoginResult", "IntEnum", "ITG_LOGIN_"),
    "itg_logon": ("Logon", "IntEnum", "ITG_LOGON_"),
    "itg_move_result": ("MoveResult", "IntEnum", "ITG_MOVE_"),
    "itg_overwrite": ("Overwrite", "IntEnum", "ITG_OVERWRITE_"),
    "itg_right": ("Right", "IntFlag", "ITG_RIGHTS?_"),
    "itg_role": ("Role", "IntEnum", "ITG_ROLE_"),
    "itg_rule_flag": ("RuleFlag", "IntFlag", "ITG_RULE_"),
    "itg_rule_moment": ("RuleMoment", "IntEnum", "ITG_RULE_"),
    "itg_run_state": ("RunState", "IntEnum", "ITG_RUN_"),
    "itg_subject": ("Subject", "IntEnum", "ITG_SUBJECT_"),
    "itg_template_type": ("TemplateType", "IntEnum", "ITG_TEMPLATE_"),
    "itg_type": ("Type", "IntEnum", "ITG_TYPE_"),
    "itg_verdict": ("Verdict", "IntEnum", "ITG_VERDICT_"),
    "itg_weekday": ("Weekday", "IntFlag", "ITG_"),
}
# Structs that become the attributes of objects.
RECORDS = {
    "itg_access_entry": "AccessEntryRecord",
    "itg_access_verdict": "AccessVerdictRecord",
    "itg_adapter": "AdapterRecord",
    "itg_asset": "AssetRecord",
    "itg_asset_category": "AssetCategoryRecord",
    "itg_asset_detail": "AssetDetailRecord",
    "itg_asset_history": "AssetHistoryRecord",
    "itg_assignment": "AssignmentRecord",
    "itg_attribute": "AttributeRecord",
    "itg_audit": "AuditRecord",
    "itg_command_entry": "CommandEntryRecord",
    "itg_command_result": "CommandResultRecord",
    "itg_effective": "EffectiveRecord",
    "itg_firmware": "FirmwareRecord",
    "itg_fleetfile_counts": "CountsRecord",
    "itg_group": "GroupRecord",
    "itg_job": "JobRecord",
    "itg_job_result": "JobResultRecord",
    "itg_job_run": "JobRunRecord",
    "itg_login": "LoginRecord",
    "itg_object": "ObjectRecord",
    "itg_profile": "ProfileRecord",
    "itg_rule": "RuleRecord",
    "itg_rule_move": "RuleMoveRecord",
    "itg_template_assignment": "TemplateAssignmentRecord",
    "itg_template_key": "TemplateKeyRecord",
    "itg_template_value": "TemplateValueRecord",
    "itg_user": "UserRecord",
    "itg_view": "ViewRecord",
}
# int32_t members that are enums or yes and no, and uint32_t ones that are sets.
MEMBERS = {
    "allow": "Right", "allowed": "bool", "command": "Command", "deny": "Right", "disabled": "bool", "flags": "RuleFlag",
    "in_bin": "bool", "overrides_sessions": "bool", "state": "RunState", "successful": "bool", "weekdays": "Weekday",
}
BASES = {"const char *": "str", "int64_t": "int", "int32_t": "int", "uint32_t": "int", "size_t": "int", "double": "float"}
KINDS = {"TEXT": "str", "ID": "int", "COUNT": "int", "INT": "int", "REAL": "float", "BOOL": "bool",
         "MINUTE": "Optional[datetime]", "MILLIS": "Optional[datetime]", "SECOND": "Optional[datetime]"}


def bare(declared: str) -> str:
    """The name that a type is about: "itg_object" of "const itg_object_t *"."""
    return re.sub(r"\b(const|struct)\b|\*|\[\d+\]|\s", "", declared).removesuffix("_t")


def used(package: str = PACKAGE) -> Tuple[Set[str], Set[str]]:
    """The functions and constants that the package's sources name."""
    functions: Set[str] = set()
    constants: Set[str] = set()
    for name in sorted(os.listdir(package)):
        if name.endswith(".py") and name != "_declarations.py":
            with open(os.path.join(package, name), encoding="utf-8") as file:
                text = file.read()
            functions.update(re.findall(r"\bitg_[a-z0-9_]+\b", text))
            constants.update(re.findall(r"\bITG_[A-Z0-9_]+\b", text))
    return functions, constants


def function_pointer(declared: str, parsed: c.Headers) -> Tuple[str, List[Tuple[str, str]]]:
    match = re.fullmatch(r"(.*?)\(\*\)\((.*)\)", declared)
    assert match
    return match.group(1), c.parameters(match.group(2), parsed)


class Selection:
    """What is needed for some functions, found by following the types."""

    def __init__(self, parsed: c.Headers, functions: Set[str]) -> None:
        self.parsed = parsed
        self.functions = {name: parsed.functions[name] for name in sorted(functions) if name in parsed.functions}
        self.structs: Dict[str, List[Tuple[str, str]]] = {}
        self.callbacks: Dict[str, Tuple[str, List[Tuple[str, str]]]] = {}
        self.enums: Set[str] = set()
        for function in self.functions.values():
            self.follow(function.result)
            for declared, _ in function.parameters:
                self.follow(declared)
        for name in RECORDS:
            if name not in self.structs:
                raise SystemExit("check_headers.py: the package does not use %s" % name)

    def follow(self, declared: str) -> None:
        name = bare(declared)
        if name in self.parsed.enums:
            self.enums.add(name)
        elif name in self.parsed.callbacks and name not in self.callbacks:
            callback = self.parsed.callbacks[name]
            self.callbacks[name] = callback.result, callback.parameters
            for inner, _ in callback.parameters:
                self.follow(inner)
        elif name in self.parsed.structs and name not in self.structs and name != "itg_thinclient":
            self.structs[name] = []
            self.structs[name] = [(self.member(name, *member), member[1]) for member in self.parsed.structs[name]]

    def member(self, struct: str, declared: str, name: str) -> str:
        """The type of a member; a pointer to a function becomes a callback named after the member."""
        if "(*)" not in declared:
            self.follow(declared)
            return declared
        callback = "%s.%s" % (struct, name)
        self.callbacks[callback] = function_pointer(declared, self.parsed)
        for inner, _ in self.callbacks[callback][1]:
            self.follow(inner)
        return callback


def hint(struct: str, declared: str, name: str) -> str:
    """The Python type of an attribute made from a member."""
    if declared == "int64_t" and name.endswith("_ms"):
        return "Optional[datetime]"
    if bare(declared) in ENUMS and "*" not in declared:
        return ENUMS[bare(declared)][0]
    if declared == "const int64_t *":
        return "Tuple[int, ...]"
    if declared in ("int32_t", "uint32_t") and name in MEMBERS:
        return MEMBERS[name]
    return BASES[declared]


def attributes(struct: str, members: List[Tuple[str, str]]) -> List[Tuple[str, str]]:
    """Name and Python type of all that an object shows. itg/_values.py finds the members to these names."""
    return [(name[:-3] if name.endswith("_ms") else name, hint(struct, declared, name)) for declared, name in members
            if not (struct == "itg_job" and name.endswith("_count"))]


def properties(include: str) -> List[Tuple[str, str, str]]:
    """Member, kind and key of the thin clients' table of properties."""
    with open(os.path.join(include, "thinclient.h"), encoding="utf-8") as file:
        return re.findall(r"^    X\((\w+), (\w+), \"(\w+)\"", file.read(), flags=re.M)


def version() -> str:
    with open(os.path.join(ROOT, "meson.build"), encoding="utf-8") as file:
        match = re.search(r"^  version: '([^']+)'", file.read(), flags=re.M)
    assert match
    return match.group(1)


def pairs(members: List[Tuple[str, str]]) -> str:
    text = ", ".join('("%s", "%s")' % member for member in members)
    return "(%s%s)" % (text, "," if len(members) == 1 else "")


def wrapped(items: List[str], width: int = 130) -> List[str]:
    """The items, as many a line as fit."""
    lines = [""]
    for item in items:
        if len(lines[-1]) + len(item) > width:
            lines.append("")
        lines[-1] += " " + item if lines[-1] else " " * 8 + item
    return lines


def make(include: str = INCLUDE) -> str:
    """The text of _declarations.py."""
    parsed = c.read(include)
    functions, constants = used()
    chosen = Selection(parsed, functions)
    lines = ['"""What the headers declare. Made by tests/python/check_headers.py --write; not to be edited."""', "",
             "# flake8: noqa", "from __future__ import annotations", "", "from datetime import datetime",
             "from enum import IntEnum, IntFlag", "from typing import Optional, Tuple", "",
             "# The version of the library whose headers these are.", 'VERSION = "%s"' % version(), ""]
    for name, number in sorted(parsed.constants.items()):
        if name in constants:
            lines.append("%s = %d" % (name, number))
    lines += ["", "ERRORS = {"]
    lines += ['    0x%05X: "%s",' % (number, name[len("ITG_E_"):]) for name, number in parsed.enums["itg_error"].items() if number]
    lines += ["}", "", "FUNCTIONS = {"]
    lines += ['    "%s": ("%s", %s),' % (name, f.result, pairs(f.parameters)) for name, f in chosen.functions.items()]
    lines += ["}", "", "CALLBACKS = {"]
    lines += ['    "%s": ("%s", %s),' % (name, *(result, pairs(parameters)))
              for name, (result, parameters) in sorted(chosen.callbacks.items())]
    lines += ["}", "", "STRUCTS = {"]
    for name, members in sorted(chosen.structs.items()):
        lines += ['    "%s": (' % name, *wrapped(['("%s", "%s"),' % member for member in members]), "    ),"]
    lines += ["}", ""]
    for enum, (name, base, prefix) in sorted(ENUMS.items()):
        lines += ["", "class %s(%s):" % (name, base), '    """%s_t"""' % enum, ""]
        lines += ["    %s = %d" % (re.sub("^" + prefix, "", member), number) for member, number in parsed.enums[enum].items()]
        lines.append("")
    for struct, record in sorted(RECORDS.items()):
        lines += ["", "class %s:" % record, '    """%s_t"""' % struct, ""]
        lines += ["    %s: %s" % (attribute, kind) for attribute, kind in attributes(struct, chosen.structs[struct])]
        lines.append("")
    lines += ["", "class ThinclientProperties:", '    """itg_thinclient_t"""', "", "    __slots__ = ()", ""]
    lines += ["    %s: %s" % (member, KINDS[kind]) for member, kind, _ in properties(include)]
    return "\n".join(lines + [""])


def assertions(declared) -> List[str]:
    """C that compiles only if it means the same by all declarations as ctypes does."""
    lines = ["#include <itg/itg.h>", "#include <itg/imi.h>", "#include <stddef.h>", ""]
    for name, (result, parameters) in declared.FUNCTIONS.items():
        types = ", ".join(re.sub(r"char\[\d+\]", "char *", kind) for kind, _ in parameters) or "void"
        lines.append("%s (*const check_%s)(%s) = %s;" % (result, name, types, name))
    for number, name in declared.ERRORS.items():
        lines.append('_Static_assert(ITG_E_%s == 0x%05X, "");' % (name, number))
    for enum, (name, _, prefix) in ENUMS.items():
        for member in getattr(declared, name, ()):
            stem = prefix.replace("S?", "S" if member.name == "ALL" else "")
            lines.append('_Static_assert(%s%s == %d, "");' % (stem, member.name, member))
    return lines


def layouts(library) -> List[str]:
    lines = []
    for name, struct in library.structs.items():
        lines.append('_Static_assert(sizeof(%s_t) == %d, "");' % (name, ctypes.sizeof(struct)))
        for member, *_ in struct._fields_:
            place = getattr(struct, member)
            lines.append('_Static_assert(offsetof(%s_t, %s) == %d, "");' % (name, member, place.offset))
            lines.append('_Static_assert(sizeof((*(%s_t *)0).%s) == %d, "");' % (name, member, place.size))
    return lines


def ask_compiler() -> int:
    """@return exit status of the compiler"""
    sys.path.insert(0, os.path.dirname(PACKAGE))
    from itg import _declarations, _library
    lines = assertions(_declarations) + layouts(_library.lib)
    with tempfile.TemporaryDirectory() as directory:
        source = os.path.join(directory, "check.c")
        with open(source, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
        command = shlex.split(os.environ.get("CC") or "cc")
        done = subprocess.run([*command, "-std=c11", "-Werror", "-Wall", "-fsyntax-only", "-I", os.path.dirname(INCLUDE), source])
    return done.returncode


def main() -> int:
    text = make()
    if sys.argv[1:] == ["--write"]:
        with open(TARGET, "w", encoding="utf-8") as file:
            file.write(text)
        return 0
    with open(TARGET, encoding="utf-8") as file:
        present = file.read()
    if present != text:
        sys.stderr.writelines(difflib.unified_diff(present.splitlines(True), text.splitlines(True), "package", "headers"))
        sys.stderr.write("\nThe headers have changed: run %s --write and look at what uses it.\n" % os.path.relpath(__file__))
        return 1
    return ask_compiler()


if __name__ == "__main__":
    sys.exit(main())
