"""Small text from storage, compressed for clients that take it (RFC 9110 §12.5.3)."""

import asyncio
import gzip
from dataclasses import replace

from quart import Response, request

from ..media.playlist import LARGEST_COMPRESSED_BYTES
from ..storage import Storage
from .serving import client_has, headers_of, serve

CODING = "gzip"
LEVEL = 6


async def serve_text(storage: Storage, key: str, content_type: str, cache_control: str) -> Response:
    """
    Raises:
        NotFound: storage has no such file.
    """
    opened = await storage.open(key)  # once, so that the tag is that of the bytes sent
    stored = opened.stored
    if _wanted() and stored.size <= LARGEST_COMPRESSED_BYTES:
        # What is encoded otherwise is another representation, with a tag of its own (§8.8.3.3).
        encoded = replace(stored, etag=f'{stored.etag.removesuffix(chr(34))}-{CODING}"')
        headers = headers_of(encoded, cache_control)
        if client_has(encoded):
            opened.close()
            response = Response(status=304, headers=headers)
        else:
            text = b"".join([piece async for piece in opened.read()])
            body = await asyncio.to_thread(gzip.compress, text, LEVEL, mtime=0)
            response = Response(body, headers=headers, content_type=content_type)
            response.content_encoding = CODING
    else:
        opened.close()
        response = await serve(storage, key, content_type, cache_control)
    response.vary.add("Accept-Encoding")
    return response


def _wanted() -> bool:
    """Whether the client takes it, and does not ask for a part, which it would count in other bytes."""
    return request.range is None and request.accept_encodings.quality(CODING) > 0
