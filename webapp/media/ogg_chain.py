"""Ogg recordings put one behind the other (chained, RFC 3533 §4), read as one.

libavformat goes on with sound alone in the same coding, and with nothing else. So streams that go on in the
same way are read under the serial numbers that they began with, at later times, and without saying anew how
they are coded; a recording that is coded otherwise than what lasts longest is left out. One that begins
before zero, as cutting without encoding leaves it, is read later, too: libavformat has that begin after
millions of years.
"""

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from mmap import mmap
from pathlib import Path
from typing import NamedTuple

from .mapped import mapped
from .ogg_links import Link, Stream, links, measure
from .ogg_pages import MOST_PACKETS, NO_GRANULE, PATTERN, header_of, pages, without_bytes
from .rearranged import InParts, Part

# Larger files are looked at in places, and read as a whole only if there are other streams.
READ_WHOLE_BYTES = 32 << 20
PLACES, PLACE_BYTES = 128, 128 << 10


class Seam(NamedTuple):
    """Where another recording begins.

    Attributes:
        part: number of the first part behind it.
        pauses_s: for how long each stream has nothing before that, by its number.
    """

    part: int
    pauses_s: dict[int, Fraction]


class Chain(InParts):
    """The file at `path` in parts.

    Attributes:
        left_out_s: how long what is not among them lasts.
        seams: in their order.
        places: where these are, in bytes of what is read.
    """

    def __init__(self, path: Path, parts: Sequence[Part], seams: Sequence[Seam], left_out_s: float) -> None:
        super().__init__(path, parts)
        self.left_out_s = left_out_s
        self.seams, self.places = seams, [self.begins[seam.part] for seam in seams]


def chained(path: Path) -> Chain | None:
    """The Ogg at `path` as one recording from zero on; None if libavformat reads it so, or it is none."""
    with path.open("rb") as file:
        if file.read(len(PATTERN)) != PATTERN:
            return None
        with mapped(path) as data:
            if len(data) > READ_WHOLE_BYTES and not _changes_somewhere(data):
                return None
            found = links(data)
            if found[0].begin_s >= 0 and all(_is_gone_on_with(link, found[0]) for link in found[1:]):
                return None
            return Chain(path, *_parts(data, found))


def _is_gone_on_with(link: Link, first: Link) -> bool:
    """Whether libavformat reads it behind the first one."""
    alone = len(link.streams) == 1 and not link.frame_rate
    return alone and {one.alike for one in link.streams.values()} == {
        one.alike for one in first.streams.values()
    }


def _changes_somewhere(data: mmap) -> bool:
    serials: set[int] | None = None
    newest: dict[int, int] = {}
    for place in range(PLACES):
        position = place * (len(data) - PLACE_BYTES) // PLACES
        there = list(pages(data, position, position + PLACE_BYTES))
        serials = {page.serial for page in there} if serials is None else serials
        for page in there:
            if page.granule < NO_GRANULE:
                return True
            if page.serial not in serials or 0 <= page.granule < newest.get(page.serial, 0):
                return True
            newest[page.serial] = max(page.granule, newest.get(page.serial, 0))
    return False


def _parts(data: mmap, found: Sequence[Link]) -> tuple[list[Part], list[Seam], float]:
    """Those that are kept, where they meet, and for how many seconds others last."""
    number = measure(found)
    first, left_out_s = found[number], sum((link.length_s for link in found[:number]), Fraction(0))
    later_s = _whole_frames(max(Fraction(0), -first.begin_s), first)
    end_s = first.end_s + later_s
    parts, seams = list(_first(data, first, later_s)), list[Seam]()
    numbers = {serial: number for number, serial in enumerate(first.streams)}
    ends_s = {serial: stream.end_s + later_s for serial, stream in first.known.items()}
    for link in found[number + 1 :]:
        if (serials := link.goes_on(first)) is None:
            left_out_s += link.length_s
            continue
        later_s = _whole_frames(end_s - link.begin_s, first)
        pauses_s = {}
        for serial, stream in link.known.items():
            before = serials[serial]
            pauses_s[numbers[before]] = link.begin_s + later_s - ends_s[before]
            parts += _still(stream, before, ends_s[before], later_s)
            ends_s[before] = stream.end_s + later_s
        seams.append(Seam(len(parts), pauses_s))
        parts += _moved(data, link, serials, later_s)
        end_s = link.end_s + later_s
    return parts, seams, float(left_out_s)


def _whole_frames(seconds: Fraction, link: Link) -> Fraction:
    """The same, or a little more."""
    return math.ceil(seconds * link.frame_rate) / link.frame_rate if link.frame_rate else seconds


def _first(data: mmap, link: Link, later_s: Fraction) -> Iterator[Part]:
    """All of the first link that is kept, or of what is of use in it, later."""
    if not later_s:
        yield Part(link.begin, link.end)
        return
    yield Part(link.begin, min(stream.pages[0].at for stream in link.known.values() if stream.pages))
    yield from _moved(data, link, {serial: serial for serial in link.known}, later_s)


def _still(stream: Stream, serial: int, end_s: Fraction, later_s: Fraction) -> Iterator[Part]:
    """The last frame again up to the next: libavformat has that begin where the one before ends."""
    coding, begin_s = stream.coding, stream.begin_s
    if coding is None or not coding.picture or begin_s is None:
        return
    begin = round((begin_s + later_s) * coding.rate)
    if (frames := begin - round(end_s * coding.rate)) > 0:
        yield Part(0, 0, without_bytes(min(frames, MOST_PACKETS), begin << coding.shift, serial))


def _moved(data: mmap, link: Link, serials: dict[int, int], later_s: Fraction) -> Iterator[Part]:
    """The pages of its streams, later and under other serial numbers."""
    codings = {serial: stream.coding for serial, stream in link.known.items()}
    for page in sorted(page for stream in link.known.values() for page in stream.pages):
        coding = codings[page.serial]
        assert coding
        granule = page.granule if page.granule == NO_GRANULE else coding.moved(page.granule, later_s)
        header = header_of(data, page, granule, serials[page.serial])
        yield Part(page.at + len(header), page.end, header)
