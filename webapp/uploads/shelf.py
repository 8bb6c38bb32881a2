"""What storage has of an upload, and of what was made of it before it was complete."""

from ..errors import NotFound, Unavailable
from ..keys import hls_prefix, notes_prefix, original_key, source_prefix
from ..storage import Storage


async def size_of(storage: Storage, video_id: str) -> int | None:
    """Bytes of the file, if all of it is stored."""
    try:
        return (await storage.stat(original_key(video_id))).size
    except (NotFound, Unavailable):
        return None


async def clear(storage: Storage, video_id: str) -> None:
    """Makes room for the file to be sent again."""
    await storage.delete(source_prefix(video_id))
    await clear_made_of_it(storage, video_id)


async def clear_made_of_it(storage: Storage, video_id: str) -> None:
    await storage.delete(hls_prefix(video_id))
    await storage.delete(notes_prefix(video_id))
