"""Packets as they lie in a container, also where streams appear that were not there when it was opened."""

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

import av
from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream


def demuxed(container: InputContainer, streams: Sequence[Stream]) -> "Iterator[Packet[Any]]":
    """Packets of these streams; at the end an empty one of each, which flushes its decoder.

    Raises:
        av.FFmpegError: reading fails here; asked again, it goes on behind that.
    """
    # At the end PyAV looks for an empty packet of each stream, also of those that came up on the way.
    with contextlib.suppress(IndexError):
        yield from container.demux(list(streams))


def go_to(container: InputContainer, stream: Stream, tick: int) -> None:
    """Has it go on with the keyframe of `stream` before a tick, or with the first one.

    Where there is no way to seek at all, the container stays where it is.
    """
    for backward in (True, False):  # AVI refuses what lies before its first keyframe
        with contextlib.suppress(av.FFmpegError):
            container.seek(tick, backward=backward, stream=stream)
            return
