"""Subtitles of a Matroska that last longer than its picture and its sound: nothing is missing for those.

How long it claims to be counts all tracks (RFC 9559 §5.1.2.10). How long each of them is it says among the
tags, if a muxer made statistics.
"""

import contextlib
import re
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer
from av.stream import Disposition

from .decoding import Damage, packets
from .ebml import SEGMENT, element_at

MATROSKA, STATISTIC = "matroska", "DURATION"
CLOCK = re.compile(r"(\d+):(\d\d):(\d\d(?:\.\d+)?)")
# Films have a line for a few seconds, rarely for longer; it lies in the file where it begins.
LONGEST_S = 60


def claimed_without_s(container: InputContainer) -> Fraction | None:
    """Where picture and sound end by what is said of each track; None where that is not known of all."""
    if not _has_some(container):
        return None
    pictures = [one for one in container.streams.video if Disposition.attached_pic not in one.disposition]
    ends = [
        CLOCK.match(stream.metadata.get(STATISTIC, "")) for stream in (*pictures, *container.streams.audio)
    ]
    known = [int(end[1]) * 3600 + int(end[2]) * 60 + Fraction(end[3]) for end in ends if end is not None]
    return max(known) if known and len(known) == len(ends) else None


def last_until(container: InputContainer, end_s: Fraction, until_s: Fraction) -> bool:
    """Whether one that begins about `end_s` lasts until a second, in a file that does not break off."""
    if not _has_some(container) or not _is_whole(container):
        return False
    with contextlib.suppress(av.FFmpegError):  # no way to seek: then from where the container stands
        container.seek(int(max(Fraction(0), end_s - LONGEST_S) * av.time_base))
    return any(
        (packet.pts + (packet.duration or 0)) * packet.time_base >= until_s
        for packet in packets(container, list(container.streams.subtitles), Damage())
        if packet.pts is not None and packet.time_base is not None
    )


def _has_some(container: InputContainer) -> bool:
    return container.format.name.startswith(MATROSKA) and bool(container.streams.subtitles)


def _is_whole(container: InputContainer) -> bool:
    """Whether all that its segment has is there."""
    with Path(container.name).open("rb") as file:
        head = element_at(file, 0)
        segment = element_at(file, head.end) if head else None
    return segment is not None and segment.kind == SEGMENT and segment.end <= container.size
