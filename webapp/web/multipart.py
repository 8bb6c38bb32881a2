"""Multipart forms (RFC 7578) as they arrive: a file goes from the network to storage piece by piece."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from quart import Request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.sansio.multipart import Data, Epilogue, Event, Field, File, MultipartDecoder, NeedData

from ..errors import Invalid

MOST_PARTS = 20
LONGEST_FIELD_BYTES = 64 * 1024
# What may wait for the end of a part's head: more than a body hands out at once (web/body.py).
MOST_UNDECODED_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class FormField:
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class FormFile:
    """`chunks` have to be read before the next part; what is left unread is skipped."""

    name: str
    filename: str
    content_type: str | None
    chunks: AsyncIterator[bytes]


async def form_parts(request: Request) -> AsyncIterator[FormField | FormFile]:
    """The parts of the request's form, in their order.

    Raises:
        Invalid: this is no multipart form, or it breaks off.
    """
    boundary = request.mimetype_params.get("boundary", "")
    if request.mimetype != "multipart/form-data" or not boundary:
        raise Invalid("not_a_form", "This request should be a multipart form.")
    events = _events(request, boundary.encode())
    async for event in events:
        match event:
            case Field(name=name):
                value = b"".join([piece async for piece in _data(events, LONGEST_FIELD_BYTES)])
                yield FormField(name, value.decode(errors="replace"))
            case File(name=name, filename=filename, headers=headers):
                chunks = _data(events, None)
                yield FormFile(name, filename, headers.get("Content-Type"), chunks)
                async for _ in chunks:
                    pass


async def _events(request: Request, boundary: bytes) -> AsyncIterator[Event]:
    decoder = MultipartDecoder(boundary, MOST_UNDECODED_BYTES, max_parts=MOST_PARTS)
    try:
        async for chunk in request.body:
            decoder.receive_data(chunk)
            while not isinstance(event := decoder.next_event(), NeedData | Epilogue):
                yield event
        decoder.receive_data(None)
        while not isinstance(event := decoder.next_event(), Epilogue):
            yield event
    except (ValueError, RequestEntityTooLarge) as error:
        raise Invalid("broken_form", "This form is incomplete or damaged.", "Send it again.") from error


async def _data(events: AsyncIterator[Event], limit: int | None) -> AsyncIterator[bytes]:
    size = 0
    async for event in events:
        assert isinstance(event, Data)
        size += len(event.data)
        if limit is not None and size > limit:
            raise Invalid("field_too_long", f"A form field may have up to {limit} bytes.")
        if event.data:
            yield event.data
        if not event.more_data:
            return
