"""Files on a local disk."""

import asyncio
import os
import secrets
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from ..errors import NotFound, TooLarge
from . import Stored

READ_BYTES = 256 * 1024
# Written in pieces of this size, so that a slow disk is waited for away from the event loop.
WRITE_BYTES = 1024 * 1024
UNFINISHED = ".unfinished"


class LocalStorage:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    async def put(self, key: str, chunks: AsyncIterator[bytes], limit: int) -> int:
        path = self._path(key)
        unfinished = path.with_name(f"{path.name}.{secrets.token_hex(8)}{UNFINISHED}")
        await asyncio.to_thread(path.parent.mkdir, parents=True, exist_ok=True)
        size = 0
        try:
            with await asyncio.to_thread(open, unfinished, "wb") as file:
                async for piece in _gathered(chunks):
                    size += len(piece)
                    if size > limit:
                        raise TooLarge("too_large", f"This server takes files of up to {limit} bytes.")
                    await asyncio.to_thread(file.write, piece)
                await asyncio.to_thread(_flush_to_disk, file)
            await asyncio.to_thread(_rename_durably, unfinished, path)
        finally:
            unfinished.unlink(missing_ok=True)
        return size

    async def put_bytes(self, key: str, data: bytes) -> None:
        async def whole() -> AsyncIterator[bytes]:
            yield data

        await self.put(key, whole(), len(data))

    async def put_file(self, key: str, path: Path) -> None:
        target = self._path(key)

        def move() -> None:
            target.parent.mkdir(parents=True, exist_ok=True)
            with path.open("rb") as file:
                os.fsync(file.fileno())
            try:
                _rename_durably(path, target)
            except OSError:  # on another disk
                unfinished = target.with_name(f"{target.name}.{secrets.token_hex(8)}{UNFINISHED}")
                shutil.copyfile(path, unfinished)
                _rename_durably(unfinished, target)

        await asyncio.to_thread(move)

    async def stat(self, key: str) -> Stored:
        try:
            found = await asyncio.to_thread(self._path(key).stat)
        except (FileNotFoundError, NotADirectoryError) as error:
            raise _missing() from error
        etag = f'"{found.st_mtime_ns:x}-{found.st_size:x}"'
        return Stored(size=found.st_size, etag=etag, modified=found.st_mtime)

    async def read(self, key: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        try:
            file = await asyncio.to_thread(self._path(key).open, "rb")
        except (FileNotFoundError, NotADirectoryError) as error:
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
        path = self._path(prefix.rstrip("/"))
        if prefix.endswith("/"):
            await asyncio.to_thread(shutil.rmtree, path, ignore_errors=True)
        else:
            await asyncio.to_thread(path.unlink, missing_ok=True)

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


def _flush_to_disk(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _rename_durably(source: Path, target: Path) -> None:
    source.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
