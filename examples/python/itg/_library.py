"""Finds the shared library and makes its functions callable: arguments are looked at before C sees them.

Which functions there are, and their types, stands in _declarations.py, which is made from the headers.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import operator
import os
import re
import threading
from ctypes import sizeof
from typing import Any, Callable, Dict, Iterator, List, Optional, Sequence, Tuple

from . import _declarations as declared

__all__ = ["NULL", "Bytes", "Library", "Struct", "lib", "sizeof"]

SONAME = "libitg.so.0"
SCALARS: Dict[str, Any] = {
    "void": None, "double": ctypes.c_double, "size_t": ctypes.c_size_t, "int32_t": ctypes.c_int32,
    "uint32_t": ctypes.c_uint32, "int64_t": ctypes.c_int64,
}
RANGES = {"int32_t": (-2**31, 2**31 - 1), "uint32_t": (0, 2**32 - 1), "int64_t": (-2**63, 2**63 - 1),
          "size_t": (0, 2**(8 * sizeof(ctypes.c_size_t)) - 1)}


class _Null:
    """What wrappers pass where C takes NULL; None from a user is an error instead."""

    def __repr__(self) -> str:
        return "NULL"


NULL = _Null()


class Bytes(bytes):
    """A text that is already encoded, such as a file name."""


class Struct(ctypes.Structure):
    """Base of all C structs."""


# -- values --------------------------------------------------------------------------------------------------------


def to_text(value: Any, where: str) -> Optional[bytes]:
    """UTF-8 of a str. UnicodeEncodeError for lone surrogates, ValueError for a NUL."""
    if value is NULL:
        return None
    if isinstance(value, Bytes):
        encoded = bytes(value)
    elif isinstance(value, str):
        encoded = value.encode("utf-8")
    else:
        raise TypeError("%s must be str, not %s" % (where, type(value).__name__))
    if b"\0" in encoded:
        raise ValueError("%s holds a NUL character" % where)
    return encoded


def to_int(value: Any, kind: str, where: str) -> int:
    """An integer that fits its C type. OverflowError if it does not."""
    try:
        number = operator.index(value)
    except TypeError:
        raise TypeError("%s must be int, not %s" % (where, type(value).__name__)) from None
    low, high = RANGES[kind]
    if not low <= number <= high:
        raise OverflowError("%s is beyond %d bits: %d" % (where, 64 if high >= 2**62 else 32, number))
    return number


def from_text(value: Optional[bytes]) -> str:
    return value.decode("utf-8") if value else ""


# -- callbacks -----------------------------------------------------------------------------------------------------


class _Pending(threading.local):
    """What a callback raised, until the call that it was made from has returned to Python."""

    exception: Optional[BaseException] = None


_pending = _Pending()


def raise_pending() -> None:
    exception = _pending.exception
    if exception is not None:
        _pending.exception = None
        try:
            raise exception
        finally:
            del exception  # else it and its traceback keep each other alive


class Callback:
    """A C callback type. Wrapping a Python callable makes it keep what it raises, and end the walk."""

    def __init__(self, result: str, kinds: Sequence[Tuple[str, Any]]) -> None:
        self.result = result
        self.type = ctypes.CFUNCTYPE(SCALARS[result], *[kind for _, kind in kinds])
        self.null: Any = ctypes.cast(ctypes.c_void_p(), self.type)
        self.stop = {"void": None, "int64_t": -1}.get(result, 1)

    def wrap(self, function: Callable[..., Any], stop: Any = NULL) -> Any:
        """@param stop: what C gets if function raises, if not what ends a walk"""
        failed = self.stop if stop is NULL else stop
        void = self.result == "void"

        def called(_ctx: Any, *arguments: Any) -> Any:
            try:
                answer = function(*arguments)
                return None if void else int(answer or 0)
            except BaseException as exception:  # it travels on from Function.__call__
                if _pending.exception is None:
                    _pending.exception = exception
                return failed

        return self.type(called)


# -- functions -----------------------------------------------------------------------------------------------------

Step = Callable[[Iterator[Any], List[Any], List[Any], List[Any]], None]


class Function:
    """A function of the library. Takes its inputs; buffers for results, contexts and the failure's record are added.

    Returns its results, the ret_ parameters, None without any; raises an itg.Error if the library refuses.
    """

    # Set by itg.errors, which needs functions of the library itself.
    refuse: Callable[[int, Any], BaseException]

    def __init__(self, library: "Library", name: str, function: Any) -> None:
        result, parameters = declared.FUNCTIONS[name]
        self.name = name
        self.fallible = bool(parameters) and parameters[-1] == ("itg_failure_t *", "failure")
        self.text = result == "const char *"
        self._library = library
        self._function = function
        # How what it makes ends, if a callback raised and nobody gets it: itg_x_t by itg_x_free().
        made = result if result.endswith("*") else next((kind for kind, _ in parameters if kind.endswith("_t **")), "")
        self._end = "itg_close" if made == "itg_t **" else re.sub(r"^(itg_\w+)_t \*+$", r"\1_free", made)
        function.restype = library.type_of(result)
        self._steps = library.plan(name, parameters)

    def __call__(self, *inputs: Any) -> Any:
        given = iter(inputs)
        arguments: List[Any] = []
        outputs: List[Any] = []
        kept: List[Any] = []  # callbacks and arrays, alive until the call is over
        for step in self._steps:
            step(given, arguments, outputs, kept)
        if next(given, kept) is not kept:
            raise TypeError("%s(): too many arguments" % self.name)
        result = self._function(*arguments)
        if _pending.exception is not None:
            self._drop(result, outputs)
            raise_pending()
        if not self.fallible:
            return from_text(result) if self.text else result
        if result:
            raise Function.refuse(result, kept[-1])
        if len(outputs) > 1:
            return tuple(map(value_of, outputs))
        return value_of(outputs[0]) if outputs else None

    def _drop(self, result: Any, outputs: List[Any]) -> None:
        """Ends what the call has made although one of its callbacks raised."""
        end = getattr(self._library._cdll, self._end, None) if self._end in declared.FUNCTIONS else None
        if end and self.fallible and not result:
            end(outputs[0])
        elif end and not self.fallible and result:
            end(ctypes.c_void_p(result))


def value_of(output: Any) -> Any:
    return output if isinstance(output, Struct) or hasattr(output, "contents") else output.value


def take(given: Iterator[Any], where: str) -> Any:
    for value in given:
        return value
    raise TypeError("missing argument: " + where)


class Library:
    """A loaded library, its functions as attributes."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.structs: Dict[str, Any] = {}
        self.callbacks: Dict[str, Callback] = {}
        self._properties: Any = None
        self._cdll = ctypes.CDLL(path)
        self._check_version()
        missing = [name for name in declared.FUNCTIONS if not hasattr(self._cdll, name)]
        if missing:
            raise ImportError("libitg %s at %s lacks %d functions that this package (%s) needs: %s" % (
                self.version, path, len(missing), declared.VERSION, ", ".join(missing[:8]) + (", ..." if missing[8:] else "")))
        self._make_types()
        for name in declared.FUNCTIONS:
            setattr(self, name, Function(self, name, getattr(self._cdll, name)))

    def __getattr__(self, name: str) -> Function:
        raise AttributeError(name)

    def _check_version(self) -> None:
        try:
            function = self._cdll.itg_version
        except AttributeError:
            raise ImportError("%s is not libitg: it has no itg_version()" % self.path) from None
        function.restype = ctypes.c_char_p
        self.version = from_text(function())
        match = re.match(r"(\d+)\.(\d+)", self.version)
        if not match:
            raise ImportError("%s: itg_version() says %r, which is no version" % (self.path, self.version))
        has = tuple(map(int, match.groups()))
        wants = tuple(map(int, declared.VERSION.split(".")[:2]))
        if has < wants:
            raise ImportError("libitg %s at %s is older than this package, which needs %d.%d" % (
                self.version, self.path, wants[0], wants[1]))
        if has[0] > wants[0]:
            raise ImportError("libitg %s at %s is newer than this package, which is made for %d.x: use the package that came with it"
                              % (self.version, self.path, wants[0]))

    # -- types

    def _make_types(self) -> None:
        for name in [*declared.STRUCTS, "itg_thinclient"]:
            self.structs[name] = type(name, (Struct,), {})
        for name, (result, parameters) in declared.CALLBACKS.items():
            self.callbacks[name] = Callback(result, [(n, self.callback_type(kind, n)) for kind, n in parameters])
        waiting = dict(declared.STRUCTS)
        while waiting:  # an array or member of another struct needs that one first; there are few
            for name, members in list(waiting.items()):
                self.structs[name]._fields_ = [(member, self.member_type(kind)) for kind, member in members]
                del waiting[name]
        self.structs["itg_thinclient"]._fields_ = self._thinclient_fields()

    def _thinclient_fields(self) -> List[Tuple[str, Any]]:
        """The thin client's struct, from the library's own table of properties."""
        c_kinds = {0: ctypes.c_char_p, 4: ctypes.c_double, 5: ctypes.c_int32}
        at = self._cdll.itg_property_at
        at.restype = ctypes.POINTER(self.structs["itg_property"])
        at.argtypes = [ctypes.c_size_t]
        self.properties = []
        for index in range(1000):
            found = at(index)
            if not found:
                break
            self.properties.append(found.contents)
        fields = [(from_text(p.column), c_kinds.get(p.kind, ctypes.c_int64)) for p in self.properties]
        trial = type("trial", (ctypes.Structure,), {"_fields_": fields})
        for p in self.properties:
            if getattr(trial, from_text(p.column)).offset != p.offset:
                raise ImportError("libitg %s at %s: the property %s lies elsewhere than its kind says; is the library newer "
                                  "than this package?" % (self.version, self.path, from_text(p.key)))
        return fields

    def struct_of(self, kind: str) -> Any:
        match = re.fullmatch(r"(?:const )?(itg_\w+)_t \*+", kind)
        return self.structs.get(match.group(1)) if match else None

    def type_of(self, kind: str) -> Any:
        """The ctypes type of a result or argument."""
        kind = kind.strip()
        if kind in SCALARS:
            return SCALARS[kind]
        if kind == "const char *":
            return ctypes.c_char_p
        if kind.endswith("*"):
            return ctypes.c_void_p
        return ctypes.c_int32  # an enum

    def callback_type(self, kind: str, name: str) -> Any:
        struct = self.struct_of(kind)
        if struct is not None:
            return ctypes.POINTER(struct)
        if name == "bytes":  # not ended by a NUL
            return ctypes.c_void_p
        return self.type_of(kind)

    def member_type(self, kind: str) -> Any:
        if kind in self.callbacks:
            return self.callbacks[kind].type
        match = re.fullmatch(r"char\[(\d+)\]", kind)
        if match:
            return ctypes.c_char * int(match.group(1))
        if kind in ("const int64_t *", "const char * const *"):
            return ctypes.POINTER(ctypes.c_int64 if "int64" in kind else ctypes.c_char_p)
        struct = self.struct_of(kind)
        return ctypes.POINTER(struct) if struct is not None else self.type_of(kind)

    # -- the way of arguments

    def plan(self, function: str, parameters: Sequence[Tuple[str, str]]) -> List[Step]:
        steps: List[Step] = []
        index = 0
        while index < len(parameters):
            kind, name = parameters[index]
            following = parameters[index + 1] if index + 1 < len(parameters) else ("", "")
            where = "%s(): %s" % (function[len("itg_"):], name)
            index += 1
            if kind == "itg_failure_t *":
                steps.append(self.failure_step())
            elif name.startswith("ret_") and not kind.startswith("const char"):
                steps.append(self.output_step(kind))
            elif kind[:-2] in self.callbacks or kind in self.callbacks:
                steps.append(self.callback_step(self.callbacks[kind], where))
                index += 1  # its ctx
            elif following == ("size_t", "count"):
                steps.append(self.list_step(kind, where))
                index += 1
            elif kind == "const char *":
                steps.append(self.text_step(where))
            elif kind.endswith("*") or kind.startswith("char["):
                steps.append(self.pass_step(where))
            else:
                steps.append(self.number_step(kind if kind in RANGES else "int32_t", where))
        return steps

    def failure_step(self) -> Step:
        record = self.structs["itg_failure"]

        def step(given: Any, arguments: List[Any], outputs: Any, kept: List[Any]) -> None:
            failure = record()
            kept.append(failure)
            arguments.append(ctypes.byref(failure))

        return step

    def output_step(self, kind: str) -> Step:
        target = kind[:-1].strip()
        struct = self.struct_of(kind)
        if struct is not None:
            made: Any = ctypes.POINTER(struct) if kind.endswith("**") else struct
        else:
            made = self.type_of(target)

        def step(given: Any, arguments: List[Any], outputs: List[Any], kept: Any) -> None:
            output = made()
            outputs.append(output)
            arguments.append(ctypes.byref(output))

        return step

    def callback_step(self, callback: Callback, where: str) -> Step:
        def step(given: Iterator[Any], arguments: List[Any], outputs: Any, kept: List[Any]) -> None:
            function = take(given, where)
            if function is NULL:
                pointer = callback.null
            elif callable(function):
                pointer = callback.wrap(function)
                kept.insert(0, pointer)
            else:
                raise TypeError("%s must be callable, not %s" % (where, type(function).__name__))
            arguments += [pointer, None]

        return step

    def list_step(self, kind: str, where: str) -> Step:
        struct = self.struct_of(kind)

        def step(given: Iterator[Any], arguments: List[Any], outputs: Any, kept: List[Any]) -> None:
            items = take(given, where)
            if items is NULL:
                arguments.extend([None, ctypes.c_size_t(0)])
                return
            array: Any
            if struct is not None:
                array = items if isinstance(items, ctypes.Array) else (struct * len(items))(*items)
            elif kind == "const int64_t *":
                array = ids(items, where)
            else:
                array = texts(items, where)
            kept.insert(0, array)
            arguments.extend([array, ctypes.c_size_t(len(array))])

        return step

    @staticmethod
    def text_step(where: str) -> Step:
        def step(given: Iterator[Any], arguments: List[Any], outputs: Any, kept: Any) -> None:
            arguments.append(to_text(take(given, where), where))

        return step

    @staticmethod
    def pass_step(where: str) -> Step:
        """For pointers, which only wrappers in this package hand over: handles, structs, buffers."""
        def step(given: Iterator[Any], arguments: List[Any], outputs: Any, kept: Any) -> None:
            pointer = take(given, where)
            if pointer is NULL:
                arguments.append(None)
            elif isinstance(pointer, int):
                arguments.append(ctypes.c_void_p(pointer))
            else:
                arguments.append(ctypes.byref(pointer) if isinstance(pointer, Struct) else pointer)

        return step

    @staticmethod
    def number_step(kind: str, where: str) -> Step:
        made = SCALARS[kind]

        def step(given: Iterator[Any], arguments: List[Any], outputs: Any, kept: Any) -> None:
            arguments.append(made(to_int(take(given, where), kind, where)))

        return step


def ids(items: Sequence[Any], where: str) -> Any:
    numbers = [to_int(item, "int64_t", where) for item in items]
    return (ctypes.c_int64 * len(numbers))(*numbers)


def texts(items: Sequence[Any], where: str) -> Any:
    if isinstance(items, (str, bytes)):
        raise TypeError("%s must be a list of str, not %s" % (where, type(items).__name__))
    encoded = [to_text(item, where) for item in items]
    return (ctypes.c_char_p * len(encoded))(*encoded)


# -- where it is ---------------------------------------------------------------------------------------------------


def candidates() -> Iterator[str]:
    """Where the library may be: in the build tree beside a checkout; where the system looks."""
    checkout = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..")
    built = os.path.normpath(os.path.join(checkout, "build", "lib", SONAME))
    if os.path.exists(built):
        yield built
    yield SONAME
    found = ctypes.util.find_library("itg")
    if found and found != SONAME:
        yield found


def load() -> Library:
    """@raise ImportError: there is none, or none that fits"""
    named = os.environ.get("ITG_LIBRARY")
    if named:
        try:
            return Library(named)
        except OSError as error:
            raise ImportError("the environment's ITG_LIBRARY names %s, which cannot be loaded: %s" % (named, error)) from None
    tried = []
    for path in candidates():
        try:
            return Library(path)
        except OSError as error:
            tried.append("%s (%s)" % (path, error))
    raise ImportError("libitg is not found: install it, build it in build/ of its checkout, or let ITG_LIBRARY name the file; "
                      "tried " + "; ".join(tried))


lib = load()
