"""Files on a local disk."""

import asyncio
import errno
import os
import shutil
import stat
import time
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from itertools import islice
from pathlib import Path, PurePosixPath

from .. import words
from ..errors import NotFound, TooLarge
from ..threads import in_thread
from . import Incoming, Stored
from .draft import Draft, discard_orphans, rename_durably
from .local_file import LocalFile, stored_of
from .trouble import MISSING, disk_trouble

# Written in pieces of this size, so that a slow disk is waited for away from the event loop.
WRITE_BYTES = 1024 * 1024
# Or as soon as something comes after so long: what is written can be watched already.
LONGEST_HELD_S = 0.25
DELETE_TRIES = 10


class LocalStorage:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._drafts: dict[str, Draft] = {}
        folder.mkdir(parents=True, exist_ok=True)

    async def put(self, key: str, chunks: AsyncIterator[bytes], limit: int) -> int:
        draft = self._drafts[key] = Draft(self._path(key))
        size = 0
        try:
            async for piece in _gathered(chunks):
                size += len(piece)
                if size > limit:
                    raise TooLarge("too_large", f"This server takes files of up to {words.size(limit)}.")
                with disk_trouble():
                    await in_thread(draft.write, piece)
            with disk_trouble():
                await in_thread(draft.publish)
        except FileNotFoundError as error:  # its folder was deleted meanwhile
            raise _missing() from error
        finally:
            if self._drafts.get(key) is draft:
                del self._drafts[key]
            await in_thread(draft.discard)
        return size

    def arriving(self, key: str) -> Incoming | None:
        draft = self._drafts.get(key)
        return Incoming(draft.path, self._path(key)) if draft and draft.path else None

    async def put_bytes(self, key: str, data: bytes) -> None:
        async def whole() -> AsyncIterator[bytes]:
            yield data

        await self.put(key, whole(), len(data))

    async def put_file(self, key: str, path: Path) -> None:
        with disk_trouble():
            await in_thread(_move, path, self._path(key))

    async def discard_orphans(self, key: str) -> bool:
        with disk_trouble():
            return await in_thread(discard_orphans, self._path(key))

    async def stat(self, key: str) -> Stored:
        try:
            with disk_trouble():
                found = await asyncio.to_thread(self._path(key).stat)
        except MISSING as error:
            raise _missing() from error
        if not stat.S_ISREG(found.st_mode):
            raise _missing()
        return stored_of(found)

    async def open(self, key: str) -> LocalFile:
        try:
            with disk_trouble():
                return await in_thread(LocalFile, self._path(key))
        except MISSING as error:
            raise _missing() from error

    async def read(self, key: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        file = await self.open(key)
        try:
            async with aclosing(file.read(start, end)) as pieces:
                async for piece in pieces:
                    yield piece
        finally:
            file.close()

    @asynccontextmanager
    async def as_file(self, key: str) -> AsyncIterator[Path]:
        await self.stat(key)
        yield self._path(key)

    async def delete(self, prefix: str) -> None:
        with disk_trouble():
            await in_thread(self._delete, prefix)

    async def names(self, folder: str, most: int) -> list[str]:
        with disk_trouble():
            return await in_thread(_names, self._path(folder), most)

    async def folders(self, folder: str) -> list[str]:
        with disk_trouble():
            return await in_thread(_folders, self._path(folder))

    def _delete(self, prefix: str) -> None:
        path = self._path(prefix)
        if prefix.endswith("/"):
            _delete_folder(path)
            return
        beside = path.parent.iterdir() if path.parent.is_dir() else ()
        for found in [entry for entry in beside if entry.name.startswith(path.name)]:
            if found.is_dir():
                _delete_folder(found)
            else:
                found.unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        parts = PurePosixPath(key).parts
        # Keys are ours; names from outside are checked in web/hls.py.
        assert parts and not {"..", "/"} & set(parts), key
        return self._folder.joinpath(*parts)


def _missing() -> NotFound:
    return NotFound("file_not_found", "There is no such file.")


def _names(folder: Path, most: int) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return [entry.name for entry in islice((entry for entry in entries if entry.is_file()), most)]
    except MISSING:
        return []


def _folders(folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return [entry.name for entry in entries if entry.is_dir()]
    except MISSING:
        return []


def _delete_folder(folder: Path) -> None:
    """Also where somebody deletes the same meanwhile, or goes on writing there for a little."""
    tries = 0
    while folder.is_dir():
        try:
            shutil.rmtree(folder)
        except FileNotFoundError:
            continue  # taken by the other one, so there is less left than before
        except OSError as error:
            tries += 1
            if error.errno != errno.ENOTEMPTY or tries == DELETE_TRIES:
                raise


async def _gathered(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same bytes in pieces worth a write."""
    buffer, gathered_at = bytearray(), time.monotonic()
    async for chunk in chunks:
        buffer += chunk
        if len(buffer) >= WRITE_BYTES or time.monotonic() - gathered_at >= LONGEST_HELD_S:
            yield bytes(buffer)
            buffer.clear()
            gathered_at = time.monotonic()
    if buffer:
        yield bytes(buffer)


def _move(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with source.open("rb") as file:
        os.fsync(file.fileno())
        if source.stat().st_dev == target.parent.stat().st_dev:
            rename_durably(source, target)
            return
        draft = Draft(target)
        try:
            while piece := file.read(WRITE_BYTES):
                draft.write(piece)
            draft.publish()
        finally:
            draft.discard()
