"""Reads the public headers: enough of C's preprocessor and grammar for the way they are written.

What it understands is checked by the compiler in check_headers.py, so that a misreading does not go unseen.
"""

import os
import re
from typing import Dict, List, NamedTuple, Optional, Tuple

# What the preprocessor finds defined from the start: a C compiler like GCC.
PREDEFINED = {"__GNUC__": "4"}


class Function(NamedTuple):
    result: str
    parameters: List[Tuple[str, str]]  # type, name


class Headers:
    """All declarations of the headers, types normalised: "const char *"."""

    def __init__(self) -> None:
        self.enums: Dict[str, Dict[str, int]] = {}
        self.structs: Dict[str, List[Tuple[str, str]]] = {}
        self.callbacks: Dict[str, Function] = {}
        self.functions: Dict[str, Function] = {}
        self.aliases: Dict[str, str] = {}
        self.constants: Dict[str, int] = {}


class Preprocessor:
    """Conditionals, macros with and without parameters, ##. #include is passed over: the headers are read one by one."""

    def __init__(self) -> None:
        self.macros: Dict[str, Tuple[Optional[List[str]], str]] = {name: (None, text) for name, text in PREDEFINED.items()}

    def run(self, text: str) -> str:
        text = re.sub(r"/\*.*?\*/", " ", text, flags=re.S)
        text = re.sub(r"//[^\n]*", "", text).replace("\\\n", " ")
        output, waiting = "", ""  # expanded between directives, not line by line: uses of macros go over several
        taken: List[bool] = []
        for line in text.split("\n"):
            match = re.match(r"\s*#\s*(\w+)\s*(.*)", line)
            if match:
                output, waiting = output + self.expand(waiting), ""
                self.directive(match.group(1), match.group(2).strip(), taken)
            elif all(taken):
                waiting += line + "\n"
        return output + self.expand(waiting)

    def directive(self, word: str, rest: str, taken: List[bool]) -> None:
        if word in ("ifdef", "ifndef"):
            taken.append((rest in self.macros) == (word == "ifdef"))
        elif word == "if":
            taken.append(self.holds(rest))
        elif word == "elif":
            taken[-1] = not taken[-1] and self.holds(rest)
        elif word == "else":
            taken[-1] = not taken[-1]
        elif word == "endif":
            taken.pop()
        elif word == "define" and all(taken):
            self.define(rest)
        elif word == "undef" and all(taken):
            self.macros.pop(rest, None)

    def holds(self, condition: str) -> bool:
        match = re.fullmatch(r"(!?)\s*defined\s*\(?(\w+)\)?", condition)
        if not match:
            raise ValueError("a condition beyond this parser: #if " + condition)
        return (match.group(2) in self.macros) != bool(match.group(1))

    def define(self, rest: str) -> None:
        match = re.match(r"(\w+)(\(([^)]*)\))?\s*(.*)", rest, flags=re.S)
        assert match
        parameters = [p.strip() for p in match.group(3).split(",")] if match.group(2) else None
        self.macros[match.group(1)] = (parameters, match.group(4).strip())

    def expand(self, text: str) -> str:
        """Macros are replaced where they stand, again and again until none is left."""
        position = 0
        while True:
            match = re.compile(r'"(?:[^"\\]|\\.)*"|\b[A-Za-z_]\w*\b').search(text, position)
            if not match:
                return text
            name = match.group(0)
            if name not in self.macros:
                position = match.end()
                continue
            parameters, body = self.macros[name]
            end = match.end()
            if parameters is not None:
                if not re.match(r"\s*\(", text[end:]):
                    position = end
                    continue
                arguments, end = self.arguments(text, text.index("(", end))
                body = self.substitute(body, dict(zip(parameters, arguments)))
            text = text[:match.start()] + body + text[end:]
            position = match.start()

    @staticmethod
    def arguments(text: str, position: int) -> Tuple[List[str], int]:
        """The arguments of a call whose bracket opens at position, and where it ends."""
        arguments, start, depth = [], position + 1, 0
        for match in re.compile(r'"(?:[^"\\]|\\.)*"|[(),]').finditer(text, position):
            if match.group(0) == "(":
                depth += 1
            elif match.group(0) == ")":
                depth -= 1
                if depth == 0:
                    return arguments + [text[start:match.start()].strip()], match.end()
            elif match.group(0) == "," and depth == 1:
                arguments.append(text[start:match.start()].strip())
                start = match.end()
        raise ValueError("a call without end")

    @staticmethod
    def substitute(body: str, values: Dict[str, str]) -> str:
        body = re.sub(r"\b(\w+)\b", lambda m: values.get(m.group(1), m.group(1)), body)
        return re.sub(r"\s*##\s*", "", body)


def normal(declared: str) -> str:
    """A type the way all types are written here."""
    declared = " ".join(declared.replace("*", " * ").split())
    return re.sub(r"\* (?=\*)", "*", declared)


def parameter(text: str, headers: Headers) -> Tuple[str, str]:
    """Type and name of "const char *name", "char buf[8]" or "int64_t (*now_ms)(void *ctx)"."""
    match = re.fullmatch(r"(.*?)\(\s*\*\s*(\w+)\s*\)\s*\((.*)\)", text, flags=re.S)
    if match:
        return "%s(*)(%s)" % (normal(match.group(1)), normal(match.group(3))), match.group(2)
    match = re.fullmatch(r"(.*?)(\w+)\s*(?:\[(.*)\])?", text.strip(), flags=re.S)
    assert match, text
    declared = normal(match.group(1))
    if match.group(3):
        declared += "[%d]" % number(match.group(3), headers)
    return declared, match.group(2)


def parameters(text: str, headers: Headers) -> List[Tuple[str, str]]:
    if text.strip() in ("", "void"):
        return []
    return [parameter(part, headers) for part in Preprocessor.arguments("(" + text + ")", 0)[0]]


def number(text: str, headers: Headers) -> int:
    """The value of a constant expression."""
    text = re.sub(r"\((?:u?int\d+_t|size_t)\)", "", text)
    names: Dict[str, int] = {}
    for values in headers.enums.values():
        names.update(values)
    text = re.sub(r"\b(0[xX][0-9A-Fa-f]+|\d+)[uUlL]+\b", r"\1", text)
    text = text.strip()
    if not re.fullmatch(r"[\w\s()<>|+*-]+", text):
        raise ValueError("no number: " + text)
    return int(eval(text, {"__builtins__": {}}, names))  # what it may hold was looked at above


def enumerators(body: str, headers: Headers) -> Dict[str, int]:
    values: Dict[str, int] = {}
    following = 0
    for part in Preprocessor.arguments("(" + body + ")", 0)[0]:
        if not part:
            continue
        name, _, value = part.partition("=")
        following = number(value, headers) if value.strip() else following
        values[name.strip()] = following
        following += 1
    return values


def declaration(text: str, headers: Headers) -> None:
    """Takes one declaration, without the semicolon behind it."""
    text = text.strip()
    match = re.fullmatch(r"typedef\s+(enum|struct)\s+(\w+)\s*\{(.*)\}\s*(\w+)", text, flags=re.S)
    if match:
        kind, name, body, _ = match.groups()
        if kind == "enum":
            headers.enums[name] = enumerators(body, headers)
        else:
            headers.structs[name] = [parameter(m, headers) for m in body.split(";") if m.strip()]
        return
    match = re.fullmatch(r"typedef\s+(.*?)\(\s*\*\s*(\w+)\s*\)\s*\((.*)\)", text, flags=re.S)
    if match:
        headers.callbacks[match.group(2)] = Function(normal(match.group(1)), parameters(match.group(3), headers))
        return
    match = re.fullmatch(r"typedef\s+(.*?)(\w+)", text, flags=re.S)
    if match:
        headers.aliases[match.group(2)] = normal(match.group(1))
        return
    match = re.fullmatch(r"(.*?)\b(itg_\w+)\s*\((.*)\)", text, flags=re.S)
    if not match:
        raise ValueError("a declaration beyond this parser: " + text)
    headers.functions[match.group(2)] = Function(normal(match.group(1)), parameters(match.group(3), headers))


def declarations(text: str) -> List[str]:
    """The texts between the semicolons that stand outside of braces."""
    parts, depth, start = [], 0, 0
    for match in re.finditer(r"[{};]", text):
        depth += {"{": 1, "}": -1, ";": 0}[match.group(0)]
        if match.group(0) == ";" and depth == 0:
            parts.append(text[start:match.start()])
            start = match.end()
    if text[start:].strip():
        raise ValueError("no semicolon at the end: " + text[start:])
    return parts


def read(directory: str) -> Headers:
    """Reads all headers of a directory, those first that others include."""
    headers, preprocessor, seen = Headers(), Preprocessor(), set()

    def take(name: str) -> None:
        if name in seen:
            return
        seen.add(name)
        with open(os.path.join(directory, name), encoding="utf-8") as file:
            text = file.read()
        for included in re.findall(r"#include <itg/([\w.]+)>", text):
            take(included)
        preprocessor.macros["ITG_API"] = (None, "")
        for part in declarations(re.sub(r"\bITG_API\b", "", preprocessor.run(text))):
            declaration(part, headers)

    for name in sorted(os.listdir(directory)):
        if name.endswith(".h"):
            take(name)
    for name, (arguments, text) in sorted(preprocessor.macros.items()):
        if arguments is None and name.startswith("ITG_") and text:
            try:
                headers.constants[name] = number(preprocessor.expand(text), headers)
            except (ValueError, SyntaxError, NameError):
                pass  # no number
    return headers
