"""The document store: a folder or any fsspec URL (`s3://bucket/out`), where a file is either whole or not there."""

import errno
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from typing import IO, cast

import fsspec
from fsspec.core import url_to_fs
from fsspec.implementations.local import LocalFileSystem

# There a file appears only when it is whole, so a temporary name would cost a copy and win nothing.
WHOLE_OR_NOTHING = frozenset({"s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "memory"})


class StoreFailed(Exception):
    """A file could not be written or read; the message names the file, the store and the way out."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What was written: the path relative to the store, the sha256 of the content in hex, the size in bytes."""

    path: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Store:
    """Files below `root`, by paths relative to it with `/` between. Can be handed to another process."""

    root: str

    def write(self, path: str, content: bytes) -> Stored:
        """Write the whole file, replacing an earlier one in one step; a reader never sees half of it."""
        with self.writing(path) as file:
            file.write(content)
        return Stored(path, hashlib.sha256(content).hexdigest(), len(content))

    @contextmanager
    def writing(self, path: str) -> Iterator[IO[bytes]]:
        """A binary file to write piece by piece; it takes its name when the block ends, and never when the block fails."""
        fs, full = self._locate(path)
        temporary = full if _protocol(fs) in WHOLE_OR_NOTHING else _beside(full)
        try:
            fs.makedirs(str(PurePosixPath(full).parent), exist_ok=True)
            with fs.open(temporary, "wb") as file:
                yield file
                _settle(file)
            if temporary != full:
                _rename(fs, temporary, full)
        except OSError as error:
            _discard(fs, temporary)
            raise StoreFailed(self._why_not("write", path, error)) from error
        except BaseException:
            _discard(fs, temporary)
            raise

    def read(self, path: str) -> bytes:
        """The content of the file; StoreFailed when it is not there."""
        fs, full = self._locate(path)
        try:
            return cast(bytes, fs.cat_file(full))
        except OSError as error:
            raise StoreFailed(self._why_not("read", path, error)) from error

    def exists(self, path: str) -> bool:
        """Whether the file is there."""
        fs, full = self._locate(path)
        return bool(fs.isfile(full))

    def paths(self, folder: str) -> tuple[str, ...]:
        """The files below `folder`, sorted, relative to the store; none when there is no such folder."""
        fs, full = self._locate(folder)
        if not fs.isdir(full):
            return ()
        below = (PurePosixPath(folder) / PurePosixPath(found).relative_to(full) for found in fs.find(full))
        return tuple(sorted(str(path) for path in below if not path.name.startswith(".")))

    def remove(self, path: str) -> None:
        """Remove the file; nothing happens when it is not there."""
        fs, full = self._locate(path)
        try:
            if fs.isfile(full):
                fs.rm_file(full)
        except OSError as error:
            raise StoreFailed(self._why_not("remove", path, error)) from error

    def url(self, path: str) -> str:
        """Where a person finds the file: a path of this machine, or the URL."""
        fs, full = self._locate(path)
        return full if isinstance(fs, LocalFileSystem) else str(fs.unstrip_protocol(full))

    def _locate(self, path: str) -> tuple[fsspec.AbstractFileSystem, str]:
        parts = PurePosixPath(path)
        if not path or parts.is_absolute() or ".." in parts.parts:
            raise StoreFailed(f"the path {path!r} does not stay inside the store {self.root}; give a path relative to it")
        fs, root = _opened(self.root)
        return fs, str(PurePosixPath(root) / parts)

    def _why_not(self, verb: str, path: str, error: OSError) -> str:
        what = f"could not {verb} {path} in {self.root}"
        if isinstance(error, FileNotFoundError):
            return f"{what}: it is not there; check the setting `out`, or run the step that writes it again"
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return f"{what}: the disk is full; free space, then run the step again"
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            return f"{what}: permission denied; let this user write there, or change the setting `out`"
        return f"{what}: {error.strerror or error}; put it right, then run the step again"


@cache
def _opened(root: str) -> tuple[fsspec.AbstractFileSystem, str]:
    try:
        fs, path = url_to_fs(root)
    except (ImportError, ValueError) as error:
        raise StoreFailed(f"cannot open the store {root}: {error}") from error
    return fs, str(path)


def _protocol(fs: fsspec.AbstractFileSystem) -> str:
    return fs.protocol if isinstance(fs.protocol, str) else fs.protocol[0]


def _beside(full: str) -> str:
    """The temporary name: always the same one, so that an attempt after a kill leaves nothing behind."""
    path = PurePosixPath(full)
    return str(path.with_name(f".{path.name}.part"))


def _settle(file: IO[bytes]) -> None:
    """Have the content on the disk before the name is, so that a power cut leaves no empty file under a good name."""
    file.flush()
    try:
        descriptor = file.fileno()
    except (AttributeError, OSError):  # not a file of this machine
        return
    os.fsync(descriptor)


def _rename(fs: fsspec.AbstractFileSystem, temporary: str, full: str) -> None:
    if isinstance(fs, LocalFileSystem):
        Path(temporary).replace(full)
    else:
        fs.mv(temporary, full)


def _discard(fs: fsspec.AbstractFileSystem, temporary: str) -> None:
    try:
        if fs.isfile(temporary):
            fs.rm_file(temporary)
    except OSError:  # the first error is the one to tell
        return


__all__ = ["Store", "StoreFailed", "Stored"]
