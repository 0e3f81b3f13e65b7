"""The document store: a folder or any fsspec URL (`s3://bucket/out`), where a file is either whole or not there."""

import errno
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from typing import IO, cast

import fsspec
from fsspec.core import url_to_fs
from fsspec.implementations.local import LocalFileSystem

# There a file appears only when it is whole, so a temporary name would cost a copy and win nothing.
WHOLE_OR_NOTHING = frozenset({"s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "memory"})
SPOOL = 64 * 1024 * 1024  # bytes of a file on its way elsewhere that are held in memory
PIECE = 1024 * 1024
FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,79}")


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
        write = _local_file if isinstance(fs, LocalFileSystem) else _remote_file
        try:
            with write(fs, full) as file:
                yield file
        except OSError as error:
            raise StoreFailed(self._why_not("write", path, error)) from error

    def read(self, path: str) -> bytes:
        """The content of the file; StoreFailed when it is not there."""
        fs, full = self._locate(path)
        try:
            return cast(bytes, fs.cat_file(full))
        except OSError as error:
            raise StoreFailed(self._why_not("read", path, error)) from error

    def hashed(self, path: str) -> Stored:
        """The hash and the size of a file of any size, read piece by piece; StoreFailed when it is not there."""
        fs, full = self._locate(path)
        digest, size = hashlib.sha256(), 0
        try:
            with fs.open(full, "rb") as file:
                while piece := file.read(PIECE):
                    digest.update(piece)
                    size += len(piece)
        except OSError as error:
            raise StoreFailed(self._why_not("read", path, error)) from error
        return Stored(path, digest.hexdigest(), size)

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

    def remove_folder(self, folder: str) -> None:
        """Remove the folder with all that is in it; nothing happens when it is not there."""
        fs, full = self._locate(folder)
        try:
            if fs.isdir(full):
                fs.rm(full, recursive=True)
        except OSError as error:
            raise StoreFailed(self._why_not("remove", folder, error)) from error

    def replace_folder(self, folder: str, *, staged: str, aside: str) -> None:
        """Put the folder `staged` in the place of `folder`, which goes `aside` first and is then removed.

        On this machine a reader sees the old folder, for a moment none, then the new one; elsewhere files come one by one, after the
        old ones are gone. Never are files of both together.
        """
        fs, full = self._locate(folder)
        (_, new), (_, old) = self._locate(staged), self._locate(aside)
        self.remove_folder(aside)
        try:
            if not isinstance(fs, LocalFileSystem):
                self.remove_folder(folder)
                fs.mv(new, full, recursive=True)
                return
            if Path(full).exists():
                Path(full).rename(old)
            Path(new).rename(full)
        except OSError as error:
            raise StoreFailed(self._why_not("replace", folder, error)) from error
        self.remove_folder(aside)

    def url(self, path: str) -> str:
        """Where a person finds the file: a path of this machine, or the URL."""
        fs, full = self._locate(path)
        return full if isinstance(fs, LocalFileSystem) else str(fs.unstrip_protocol(full))

    def _locate(self, path: str) -> tuple[fsspec.AbstractFileSystem, str]:
        parts = PurePosixPath(path)
        if not path or parts.is_absolute() or ".." in parts.parts:
            raise StoreFailed(f"the path {path!r} does not stay inside the store {self.root}; give a path relative to it")
        fs, root = _opened(self.root if "://" in self.root else str(Path(self.root).absolute()))
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


@contextmanager
def _local_file(fs: fsspec.AbstractFileSystem, full: str) -> Iterator[IO[bytes]]:
    """A file of this machine, under a temporary name until it is whole and on the disk."""
    target, temporary = Path(full), Path(_beside(full))
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with temporary.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())  # so that a power cut leaves no empty file under a good name
        temporary.replace(target)
    except BaseException:
        with suppress(OSError):  # the first error is the one to tell
            temporary.unlink(missing_ok=True)
        raise


@contextmanager
def _remote_file(fs: fsspec.AbstractFileSystem, full: str) -> Iterator[IO[bytes]]:
    """A file elsewhere, sent once it is whole: closing a half-written one would publish the half."""
    with tempfile.SpooledTemporaryFile(max_size=SPOOL) as file:
        yield cast("IO[bytes]", file)
        file.seek(0)
        direct = _protocol(fs) in WHOLE_OR_NOTHING
        fs.makedirs(str(PurePosixPath(full).parent), exist_ok=True)
        with fs.open(full if direct else _beside(full), "wb") as sent:
            shutil.copyfileobj(file, sent, PIECE)
        if not direct:
            fs.mv(_beside(full), full)


def _protocol(fs: fsspec.AbstractFileSystem) -> str:
    return fs.protocol if isinstance(fs.protocol, str) else fs.protocol[0]


def _beside(full: str) -> str:
    """The temporary name: always the same one, so that an attempt after a kill leaves nothing behind."""
    path = PurePosixPath(full)
    return str(path.with_name(f".{path.name}.part"))


def file_name(text: str) -> str:
    """The text as a file name: itself when it is a plain one, else its plain characters and eight of its sha256, so that no two meet."""
    if FILE_NAME.fullmatch(text):
        return text
    plain = re.sub(r"[^A-Za-z0-9_-]+", "_", text).strip("_")[:60]
    return f"{plain or 'name'}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


__all__ = ["Store", "StoreFailed", "Stored", "file_name"]
