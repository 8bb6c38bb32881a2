"""The bytes of a file as they arrive."""

import asyncio
import time
from collections.abc import AsyncIterator

from ..errors import Invalid
from .journal import UploadJournal

REPORT_S = 1.0


class OtherSize(Invalid):
    """More came than were to come, or less."""

    def __init__(self, announced: int) -> None:
        super().__init__(
            "size_mismatch",
            f"These are not the {announced} bytes that were announced.",
            "Send the whole file, or announce it anew.",
        )


async def timed(chunks: AsyncIterator[bytes], idle_s: float) -> AsyncIterator[bytes]:
    """The same chunks.

    Raises:
        Invalid: one did not come within `idle_s`.
    """
    while True:
        try:
            async with asyncio.timeout(idle_s):
                chunk = await anext(chunks, None)
        except TimeoutError as error:
            raise Invalid("upload_stalled", "The file stopped coming.", "Upload it again.") from error
        if chunk is None:
            return
        yield chunk


async def exactly(chunks: AsyncIterator[bytes], size: int | None) -> AsyncIterator[bytes]:
    """The same chunks.

    Raises:
        OtherSize: they are not `size` bytes, if that is known.
    """
    received = 0
    async for chunk in chunks:
        received += len(chunk)
        if size is not None and received > size:
            break
        yield chunk
    if size is not None and received != size:
        raise OtherSize(size)


async def reported(
    chunks: AsyncIterator[bytes], journal: UploadJournal, size: int | None
) -> AsyncIterator[bytes]:
    """The same chunks; the journal hears how many bytes there were, of about `size`."""
    received, told_at = 0, time.monotonic()
    async for chunk in chunks:
        received += len(chunk)
        if time.monotonic() - told_at > REPORT_S:
            told_at = time.monotonic()
            await journal.received(received, size)
        yield chunk
