"""What a run writes down for itself in storage, as JSON, and reads when it goes on."""

from typing import TypeVar

import msgspec

from ..errors import NotFound
from ..storage import Storage

N = TypeVar("N", bound=msgspec.Struct)


async def write(storage: Storage, key: str, note: msgspec.Struct) -> None:
    await storage.put_bytes(key, msgspec.json.encode(note))


async def read(storage: Storage, key: str, kind: type[N]) -> N | None:
    """None if there is none."""
    try:
        data = b"".join([piece async for piece in storage.read(key)])
    except NotFound:
        return None
    return msgspec.json.decode(data, type=kind)
