"""Recordings that an Ogg has one behind the other (a chain, RFC 3533 §4), and their streams."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from mmap import mmap

from .ogg_pages import BEGINNING, NO_GRANULE, Coding, Page, coding_of, pages

WHOLE_SEGMENT = 255  # goes on in the next one
# What sound alone begins with is not written; a page has so many seconds at the most.
LONGEST_PAGE_S = 10
MOST_CODINGS = 16  # of recordings in one file; with more, the first is as good as any


@dataclass(slots=True)
class Stream:
    """A stream of one recording.

    Attributes:
        headers: the packets that say how it is coded.
        pages: those behind that.
    """

    coding: Coding | None = None
    headers: list[bytes] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)
    unfinished: bytearray = field(default_factory=bytearray)

    def take(self, data: mmap, page: Page) -> None:
        """The next page of it."""
        if self.headers and (self.coding is None or len(self.headers) >= self.coding.headers):
            self.pages.append(page)
            return
        at = page.body
        for length in page.lengths:
            self.unfinished += data[at : at + length]
            at += length
            if length < WHOLE_SEGMENT:
                self.headers.append(bytes(self.unfinished))
                self.unfinished.clear()
        self.coding = coding_of(self.headers[0]) if self.headers else None

    @property
    def alike(self) -> bytes:
        """What is the same in all that are coded alike."""
        return self.coding.alike if self.coding else b""

    @property
    def setup(self) -> tuple[bytes, ...]:
        """The same, and how decoders are set up for it; the second of its headers is a comment."""
        return (self.alike, *self.headers[2:3])

    @property
    def begin_s(self) -> Fraction | None:
        """When its first packet begins, as far as that is known."""
        first = next((page for page in self.pages if page.granule != NO_GRANULE), None)
        if self.coding is None or first is None:
            return None
        if self.coding.picture:
            return (self.coding.count(first.granule) - first.ending) / self.coding.rate
        seconds = self.coding.count(first.granule) / self.coding.rate
        return Fraction(0) if 0 <= seconds <= LONGEST_PAGE_S else seconds

    @property
    def end_s(self) -> Fraction:
        """When its last packet ends."""
        counts = [page.granule for page in self.pages if page.granule != NO_GRANULE]
        return self.coding.count(counts[-1]) / self.coding.rate if self.coding and counts else Fraction(0)


@dataclass(slots=True)
class Link:
    """One recording.

    Attributes:
        begin, end: from where to where it lies in the file.
        streams: by serial number.
    """

    begin: int = 0
    end: int = 0
    streams: dict[int, Stream] = field(default_factory=dict)

    @property
    def known(self) -> dict[int, Stream]:
        """Those of a coding that is known here; others are of no use."""
        return {serial: stream for serial, stream in self.streams.items() if stream.coding}

    @property
    def frame_rate(self) -> Fraction | None:
        """Of its picture, or the first of several; None if there is none."""
        codings = [stream.coding for stream in self.streams.values()]
        return next((coding.rate for coding in codings if coding and coding.picture), None)

    @property
    def begin_s(self) -> Fraction:
        """When it begins: with the picture, if there is one."""
        begins = [(not one.coding.picture, one.begin_s) for one in self.streams.values() if one.coding]
        known = [(sound, begin) for sound, begin in begins if begin is not None]
        return min(known, default=(False, Fraction(0)))[1]

    @property
    def end_s(self) -> Fraction:
        """When its last packet of any stream ends."""
        return max((stream.end_s for stream in self.streams.values()), default=Fraction(0))

    @property
    def length_s(self) -> Fraction:
        return self.end_s - self.begin_s

    def goes_on(self, first: "Link") -> dict[int, int] | None:
        """Serial numbers of the first link, by those of this one; None if it is coded otherwise."""
        left = dict(first.known)
        numbers: dict[int, int] = {}
        for serial, stream in self.known.items():
            found = next((other for other, one in left.items() if one.setup == stream.setup), None)
            if found is None:
                return None
            numbers[serial] = found
            del left[found]
        return numbers if numbers and self.frame_rate == first.frame_rate else None


def links(data: mmap) -> list[Link]:
    """The recordings in a file."""
    found = [Link()]
    begun = False
    for page in pages(data, 0, len(data)):
        if page.flags & BEGINNING:
            if begun:
                found.append(Link(begin=page.at))
            begun = False
            found[-1].streams[page.serial] = Stream()
        else:
            begun = True
        found[-1].end = page.end
        if page.serial in found[-1].streams:
            found[-1].streams[page.serial].take(data, page)
    return found


def measure(found: Sequence[Link]) -> int:
    """The number of the first recording with which most seconds go on: with a picture, if any has one."""
    pictured = any(link.frame_rate for link in found)
    codings: dict[object, int] = {}
    for number, link in enumerate(found):
        if link.known and bool(link.frame_rate) == pictured:
            coding = (link.frame_rate, *sorted(stream.setup for stream in link.known.values()))
            codings.setdefault(coding, number)

    def going_on_s(number: int) -> Fraction:
        first, *others = found[number:]
        return first.length_s + sum(one.length_s for one in others if one.goes_on(first) is not None)

    return max(codings.values(), key=going_on_s) if 0 < len(codings) <= MOST_CODINGS else 0
