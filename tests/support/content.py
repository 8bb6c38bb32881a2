"""What goes into storage and comes out of it again."""

from collections.abc import AsyncIterator

from webapp.errors import NotFound
from webapp.storage import Storage

PLENTY = 1 << 40


async def pieces(*data: bytes) -> AsyncIterator[bytes]:
    for piece in data:
        yield piece


async def content(storage: Storage, key: str, start: int = 0, end: int | None = None) -> bytes:
    return b"".join([piece async for piece in storage.read(key, start, end)])


async def exists(storage: Storage, key: str) -> bool:
    try:
        await storage.stat(key)
    except NotFound:
        return False
    return True
