"""Directories: three trees that thin clients, profiles and master profiles are filed in."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Iterator, List, Tuple

from . import _declarations as declared
from ._declarations import MoveResult, ObjectRecord, Type
from ._values import Ident, Record, gather, ident, walk

if TYPE_CHECKING:
    from .fleet import Fleet
    from .profiles import Assignment
    from .thinclients import Thinclient

__all__ = ["Directory", "Object", "Tree"]

ROOTS = {
    Type.THINCLIENT_DIRECTORY: declared.ITG_ROOT_THINCLIENTS,
    Type.PROFILE_DIRECTORY: declared.ITG_ROOT_PROFILES,
    Type.MASTERPROFILE_DIRECTORY: declared.ITG_ROOT_MASTERPROFILES,
}


class Object(Record, ObjectRecord):
    """What everything in a tree has: id, type, name, parent_id, in_bin."""

    _struct = "itg_object"

    def put_in_bin(self) -> None:
        """Puts it into the recycle bin, with all that is below it."""
        self.fleet.bin.put(self)

    def restore(self) -> None:
        """Takes it out of the recycle bin."""
        self.fleet.bin.restore(self)

    def refresh(self) -> "Object":
        """Reads it again. @return itself"""
        self.__dict__.update(self.fleet._tree(self.type).get(self.id).__dict__)
        return self


class Directory(Object):
    """A directory."""

    @property
    def tree(self) -> "Tree":
        return self.fleet._tree(self.type)

    @property
    def is_root(self) -> bool:
        return self.id < 0

    @property
    def parent(self) -> "Directory":
        """The directory above; a root is its own."""
        return self.tree.get(self.parent_id)

    @property
    def path(self) -> str:
        """The names from the top to this one: "Bremen/Sales"; "" for a root."""
        names: List[str] = []
        directory = self
        while not directory.is_root:
            names.insert(0, directory.name)
            directory = directory.parent
        return "/".join(names)

    def create(self, name: str) -> "Directory":
        """Makes a directory in this one."""
        return self.tree.create(name, self)

    def rename(self, name: str) -> None:
        self.fleet._call("itg_directory_rename", self.type, self.id, name)
        self.refresh()

    def delete(self) -> None:
        """Deletes it. DirectoryNotEmpty if anything is in it, in the recycle bin or not."""
        self.fleet._call("itg_directory_delete", self.type, self.id)

    def move(self, directory: Ident) -> None:
        """Moves it, with all below it, into another directory of its tree."""
        from .thinclients import _move
        _move(self.fleet, self, directory)
        self.refresh()

    def move_here(self, items: List[Ident]) -> List[Tuple[int, MoveResult]]:
        """Moves objects into this one. @return what became of each id"""
        return self.fleet.move(items, self)

    def children(self) -> List[Object]:
        """What lies directly in it, directories first. For many thin clients, thinclients() streams."""
        return gather(partial(self.fleet._call, "itg_directory_children", self.type, self.id), self._child)

    def directories(self) -> List["Directory"]:
        """The directories directly in it."""
        found: List[Directory] = []

        def take(pointer: Any) -> bool:
            if pointer.contents.type != self.type:
                return True  # directories come first
            found.append(Directory(self.fleet, pointer.contents))
            return False

        self.fleet._call("itg_directory_children", self.type, self.id, take)
        return found

    def thinclients(self, *, below: bool = False, details: bool = False) -> Iterator["Thinclient"]:
        """The thin clients in it. @param below: also those in the directories below"""
        # =beneath= takes in what lies directly in the directory; the expression knows the root by name.
        place = "root" if self.is_root else str(self.id)
        return self.fleet.thinclients.where("directory%s%s" % ("=beneath=" if below else "==", place), details=details)

    def assignments(self) -> List["Assignment"]:
        """The profiles that reach it, its own first."""
        from .profiles import reaching
        return reaching(self.fleet, self)

    def _child(self, struct: Any) -> Object:
        return (Directory if struct.type == self.type else Object)(self.fleet, struct)


class Tree:
    """The directories of one tree."""

    def __init__(self, fleet: "Fleet", type: Type) -> None:
        self._fleet = fleet
        #: Of its directories.
        self.type = type

    @property
    def root(self) -> Directory:
        return self.get(ROOTS[self.type])

    def __iter__(self) -> Iterator[Directory]:
        """All directories by ascending id, those in the recycle bin included, without the root."""
        return walk(lambda after, take: self._fleet._call("itg_directory_each", self.type, after, take), partial(Directory, self._fleet))

    def get(self, id: int) -> Directory:
        """DirectoryNotFound if this tree has none."""
        found: Directory = self._fleet._fetch("itg_directory_get", "itg_object_free", partial(Directory, self._fleet), self.type, ident(id))
        return found

    def __getitem__(self, id: int) -> Directory:
        return self.get(id)

    def create(self, name: str, parent: Ident = None) -> Directory:
        """Makes one. @param parent: None: the root"""
        above = ROOTS[self.type] if parent is None else ident(parent)
        return self.get(self._fleet._call("itg_directory_create", self.type, name, above))

    def at(self, path: str, *, create: bool = False) -> Directory:
        """The directory at "Bremen/Sales"; the first of several with the same name.

        @param create: make what is missing of it; else LookupError
        """
        directory = self.root
        for name in filter(None, path.split("/")):
            found = [child for child in directory.directories() if child.name == name and not child.in_bin]
            if found:
                directory = found[0]
            elif create:
                directory = directory.create(name)
            else:
                raise LookupError("no directory %r in %r" % (name, directory.path))
        return directory
