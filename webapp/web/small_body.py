"""Request bodies that are small: JSON documents of the API, and forms without files."""

import asyncio
from typing import TypeVar
from urllib.parse import parse_qsl

from pydantic import BaseModel, ValidationError
from quart import request

from ..errors import Invalid

LONGEST_BYTES = 64 * 1024
TIMEOUT_S = 10

Document = TypeVar("Document", bound=BaseModel)


async def read_document(kind: type[Document]) -> Document:
    """The request's body as a document of this kind.

    Raises:
        Invalid: it is something else, too long, or did not come.
    """
    try:
        return kind.model_validate_json(await _read())
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the document"
        what = "There is no such field" if first["type"] == "extra_forbidden" else first["msg"]
        raise Invalid("bad_document", f"{where}: {what}", "See /openapi.json for what it takes.") from error


async def read_form() -> dict[str, str]:
    """The fields of an urlencoded form; of several with the same name, the last.

    Raises:
        Invalid: it is too long, or did not come.
    """
    return dict(parse_qsl((await _read()).decode(errors="replace"), keep_blank_values=True))


async def _read() -> bytes:
    body = bytearray()
    try:
        async with asyncio.timeout(TIMEOUT_S):
            async for chunk in request.body:
                body += chunk
                if len(body) > LONGEST_BYTES:
                    raise Invalid("too_long", f"This may have up to {LONGEST_BYTES} bytes.")
    except TimeoutError as error:
        raise Invalid("body_missing", "The rest of the request did not come.", "Send it again.") from error
    return bytes(body)
