"""Reads event streams by the letter of the standard (WHATWG HTML §9.2.6), without a line of the product."""

import asyncio
import codecs
import json
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

PATIENCE_S = 60.0


@dataclass(frozen=True)
class Message:
    """What a browser would dispatch; `id` is its last event ID then."""

    event: str
    data: str
    id: str

    @property
    def seq(self) -> int:
        return int(self.id)

    @property
    def json(self) -> dict[str, Any]:
        found = json.loads(self.data)
        assert isinstance(found, dict)
        return found


class Parser:
    """
    Attributes:
        last_id: the last event ID string.
        retry_ms: the reconnection time, once the stream has set it.
        comments: lines that began with a colon, without it.
    """

    def __init__(self) -> None:
        self.last_id = ""
        self.retry_ms: int | None = None
        self.comments: list[str] = []
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._text, self._at_start = "", True
        self._data: list[str] = []
        self._event, self._id = "", ""

    def feed(self, data: bytes, end: bool = False) -> list[Message]:
        """The messages that these bytes complete; what is incomplete at the end is discarded."""
        self._text += self._decoder.decode(data, end)
        if self._at_start and self._text:
            self._text, self._at_start = self._text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}"), False
        return [message for line in self._lines(end) if (message := self._line(line))]

    def _lines(self, end: bool) -> Iterable[str]:
        start = 0
        for at, character in enumerate(self._text):
            if at < start or character not in "\r\n":
                continue
            if character == "\r" and at + 1 == len(self._text) and not end:
                break  # an LF may follow, which would belong to it
            yield self._text[start:at]
            start = at + (2 if self._text[at : at + 2] == "\r\n" else 1)
        self._text = self._text[start:]

    def _line(self, line: str) -> Message | None:
        if not line:
            return self._dispatch()
        if line.startswith(":"):
            self.comments.append(line[1:])
            return None
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            self._data.append(value)
        elif name == "event":
            self._event = value
        elif name == "id" and "\0" not in value:
            self._id = value
        elif name == "retry" and value.isascii() and value.isdigit():
            self.retry_ms = int(value)
        return None

    def _dispatch(self) -> Message | None:
        self.last_id = self._id
        lines, event = self._data, self._event
        self._data, self._event = [], ""
        return Message(event or "message", "\n".join(lines), self.last_id) if lines else None


def parse(data: bytes) -> list[Message]:
    """All messages of a stream that is there as a whole."""
    return Parser().feed(data, end=True)


class EventStream:
    """An open stream, which gets no further than somebody reads it.

    Attributes:
        parser: what it has read so far, apart from messages.
    """

    def __init__(self, chunks: AsyncIterator[bytes]) -> None:
        self.parser = Parser()
        self._chunks = chunks
        self._read: list[Message] = []
        self.ended = False

    async def next(self) -> Message | None:
        """The next message; None at the end of the stream."""
        async with asyncio.timeout(PATIENCE_S):
            while not self._read and not self.ended:
                await self.read_chunk()
        return self._read.pop(0) if self._read else None

    async def read_chunk(self) -> None:
        """Takes in one more piece, if there is one to come."""
        chunk = await anext(self._chunks, None)
        self.ended = chunk is None
        self._read += self.parser.feed(chunk or b"", end=self.ended)

    async def message(self) -> Message:
        found = await self.next()
        assert found, "the stream ended"
        return found

    async def take(self, count: int) -> list[Message]:
        return [await self.message() for _ in range(count)]

    async def until_seq(self, seq: int) -> list[Message]:
        """Messages up to the one with this id."""
        messages = [await self.message()]
        while messages[-1].seq < seq:
            messages.append(await self.message())
        return messages

    async def rest(self) -> list[Message]:
        """Everything up to the end of the stream."""
        messages = []
        while message := await self.next():
            messages.append(message)
        return messages

    async def comment(self) -> str:
        """The next comment, also one that has come already."""
        async with asyncio.timeout(PATIENCE_S):
            while not self.parser.comments:
                assert not self.ended, "the stream ended"
                await self.read_chunk()
        return self.parser.comments.pop(0)

    async def close(self) -> None:
        """Goes away, as a client that closes its connection does."""
        close = getattr(self._chunks, "aclose", None)
        if close:
            await close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()
