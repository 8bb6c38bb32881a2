"""Storages with the manners of real ones: disks that are slow, or that stop."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from webapp.storage import Opened, Storage, Stored


class SlowStorage:
    """Another storage behind a disk that takes nothing while its gate is closed.

    Attributes:
        gate: set while the disk works.
        finish: set while it says so when a file is complete.
        taken: bytes that were read from sources so far.
        largest: the largest piece among them.
        waiting: set once somebody waits for the disk.
    """

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self.gate, self.waiting = asyncio.Event(), asyncio.Event()
        self.finish = asyncio.Event()
        self.gate.set()
        self.finish.set()
        self.taken = self.largest = 0

    async def put(self, key: str, chunks: AsyncIterator[bytes], limit: int) -> int:
        size = await self._storage.put(key, self._slowly(chunks), limit)
        await self._pass(self.finish)
        return size

    async def _slowly(self, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        async for chunk in chunks:
            self.taken += len(chunk)
            self.largest = max(self.largest, len(chunk))
            await self._pass(self.gate)
            yield chunk
        await self._pass(self.gate)

    async def _pass(self, gate: asyncio.Event) -> None:
        if not gate.is_set():
            self.waiting.set()
            await gate.wait()
        await asyncio.sleep(0)

    async def put_bytes(self, key: str, data: bytes) -> None:
        await self._storage.put_bytes(key, data)

    async def put_file(self, key: str, path: Path) -> None:
        await self._pass(self.gate)
        await self._storage.put_file(key, path)

    async def discard_orphans(self, key: str) -> bool:
        return await self._storage.discard_orphans(key)

    async def stat(self, key: str) -> Stored:
        return await self._storage.stat(key)

    async def open(self, key: str) -> Opened:
        return await self._storage.open(key)

    async def names(self, folder: str, most: int) -> list[str]:
        return await self._storage.names(folder, most)

    async def folders(self, folder: str) -> list[str]:
        return await self._storage.folders(folder)

    def read(self, key: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        return self._storage.read(key, start, end)

    def as_file(self, key: str) -> AbstractAsyncContextManager[Path]:
        return self._storage.as_file(key)

    async def delete(self, prefix: str) -> None:
        await self._storage.delete(prefix)
