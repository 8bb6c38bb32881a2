"""Files on a local disk."""

import asyncio
import os
import shutil
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path, PurePosixPath

from ..errors import NotFound, TooLarge
from . import Stored
from .draft import Draft, discard_orphans, in_thread, rename_durably

READ_BYTES = 256 * 1024
# Written in pieces of this size, so that a slow disk is waited for away from the event loop.
WRITE_BYTES = 1024 * 1024


class LocalStorage:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    async def put(self, key: str, chunks: AsyncIterator[bytes], limit: int) -> int:
        draft = Draft(self._path(key))
        size = 0
        try:
            async for piece in _gathered(chunks):
                size += len(piece)
                if size > limit:
                    raise TooLarge("too_large", f"This server takes files of up to {limit} bytes.")
                await in_thread(draft.write, piece)
            await in_thread(draft.publish)
        except FileNotFoundError as error:  # its folder was deleted meanwhile
            raise _missing() from error
        finally:
            await in_thread(draft.discard)
        return size

    async def put_bytes(self, key: str, data: bytes) -> None:
        async def whole() -> AsyncIterator[bytes]:
            yield data

        await self.put(key, whole(), len(data))

    async def put_file(self, key: str, path: Path) -> None:
        await in_thread(_move, path, self._path(key))

    async def discard_orphans(self, key: str) -> None:
        await in_thread(discard_orphans, self._path(key))

    async def stat(self, key: str) -> Stored:
        try:
            found = await asyncio.to_thread(self._path(key).stat)
        except (FileNotFoundError, NotADirectoryError) as error:
            raise _missing() from error
        if not stat.S_ISREG(found.st_mode):
            raise _missing()
        etag = f'"{found.st_mtime_ns:x}-{found.st_size:x}"'
        return Stored(size=found.st_size, etag=etag, modified=found.st_mtime)

    async def read(self, key: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        try:
            file = await asyncio.to_thread(self._path(key).open, "rb")
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
            raise _missing() from error
        with file:
            file.seek(start)
            left = None if end is None else end - start
            while left is None or left > 0:
                piece = await asyncio.to_thread(
                    file.read, READ_BYTES if left is None else min(READ_BYTES, left)
                )
                if not piece:
                    return
                left = None if left is None else left - len(piece)
                yield piece

    @asynccontextmanager
    async def as_file(self, key: str) -> AsyncIterator[Path]:
        await self.stat(key)
        yield self._path(key)

    async def delete(self, prefix: str) -> None:
        await in_thread(self._delete, prefix)

    def _delete(self, prefix: str) -> None:
        path = self._path(prefix)
        if prefix.endswith("/"):
            shutil.rmtree(path, ignore_errors=True)
            return
        beside = path.parent.iterdir() if path.parent.is_dir() else ()
        for found in [entry for entry in beside if entry.name.startswith(path.name)]:
            if found.is_dir():
                shutil.rmtree(found, ignore_errors=True)
            else:
                found.unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        parts = PurePosixPath(key).parts
        # Keys are ours; names from outside are checked in web/hls.py.
        assert parts and not {"..", "/"} & set(parts), key
        return self._folder.joinpath(*parts)


def _missing() -> NotFound:
    return NotFound("file_not_found", "There is no such file.")


async def _gathered(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same bytes in pieces worth a write."""
    buffer = bytearray()
    async for chunk in chunks:
        buffer += chunk
        if len(buffer) >= WRITE_BYTES:
            yield bytes(buffer)
            buffer.clear()
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
