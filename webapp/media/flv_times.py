"""The times written in an FLV (Adobe's Video File Format 10.1, annex E), and where they begin anew.

So they do where a streaming server went on with a recording after the sender had come back, or where files
were put one behind the other. Elsewhere times are left alone: of what was sent twice, one is shown.
"""

import re
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import islice
from mmap import mmap
from typing import NamedTuple

from .splices import Section, shifts_of

SIGNATURE = b"FLV"
TAG_HEADER_BYTES, SIZE_BYTES, TIME_BYTES = 11, 4, 4
SOUND, PICTURE = 8, 9
# Kind, size, time, and the stream, which is always 0.
TAG = re.compile(rb"[\x08\x09\x12][\s\S]{7}\0\0\0")
# In milliseconds: what is farther back, and near the beginning or as far back as nobody sends again.
BACK, NEAR_THE_BEGINNING, FAR_BACK, FAR_ON = 1000, 2000, 60_000, 10_000
# One tag may be wrong. Most of the next few of its kind tell, which are not far.
AHEAD, MOST, LOOKED_AT = 5, 0.8, 1000
# Larger files are looked at in some places, and read as a whole only if times step back between these.
READ_WHOLE_BYTES, PLACES, PLACE_BYTES = 32 << 20, 128, 1 << 20
MOST_TAGS = 2_000_000  # eight hours; each takes 200 bytes of memory for a moment


class Tag(NamedTuple):
    """A packet of picture or sound, or what its decoder has to know before.

    `position` is where its `time`, in milliseconds, lies in the file.
    """

    kind: int
    position: int
    time: int
    configures: bool


class Coming:
    """The next few times of one kind, from any place on."""

    def __init__(self, found: list[Tag]) -> None:
        self._found = found
        self._places = {SOUND: array("q"), PICTURE: array("q")}
        for place, tag in enumerate(found):
            self._places[tag.kind].append(place)

    def times(self, place: int, kind: int) -> list[int]:
        places = self._places[kind]
        first = bisect_left(places, place)
        near = (number for number in places[first : first + AHEAD] if number < place + LOOKED_AT)
        return [self._found[number].time for number in near]


def moved(data: mmap) -> tuple["array[int]", "array[int]"]:
    """Where the times lie that have to be moved, in the order of the file, and by how many milliseconds."""
    places, ahead = array("q"), array("q")
    if len(data) > READ_WHOLE_BYTES and not _steps_back_somewhere(data):
        return places, ahead
    found = list(islice(tags(data, 0, len(data)), MOST_TAGS))
    if len(found) == MOST_TAGS:
        return places, ahead
    numbers, sections = _sections([tag for tag in found if not tag.configures])
    shifts, coming = shifts_of(sections), iter(numbers)
    settings: list[Tag] = []
    for tag in found:
        if tag.configures:
            settings.append(tag)
            continue
        if number := next(coming):
            # libavformat lists these among the keyframes; many have no time of their own.
            near = [one.position for one in settings if abs(one.time - tag.time) <= BACK]
            places.extend([*near, tag.position])
            ahead.extend([shifts[number]] * (len(near) + 1))
        settings.clear()
    return places, ahead


def tags(data: mmap, begin: int, end: int) -> Iterator[Tag]:
    """Those of picture and sound that start from `begin` to `end`."""
    for at, after in whole_tags(data, begin, end):
        if data[at] in (SOUND, PICTURE) and after - at > TAG_HEADER_BYTES + 1 + SIZE_BYTES:
            configures = _configures(data[at], data[at + 11], data[at + 12])
            yield Tag(data[at], at + 4, time_at(data[at + 4 : at + 8]), configures)


def whole_tags(data: mmap, begin: int, end: int) -> Iterator[tuple[int, int]]:
    """Where those of any kind begin and end that start from `begin` to `end`; the rest is passed over."""
    while match := TAG.search(data, begin, end):
        at = match.start()
        size = int.from_bytes(data[at + 1 : at + 4])
        after = at + TAG_HEADER_BYTES + size
        if int.from_bytes(data[after : after + SIZE_BYTES]) != TAG_HEADER_BYTES + size:
            begin = at + 1
            continue
        begin = after + SIZE_BYTES
        yield at, begin


def time_at(data: bytes) -> int:
    """Three bytes, and a fourth that is the highest."""
    return data[3] << 24 | int.from_bytes(data[:3])


def written(time: int) -> bytes:
    return (time & 0xFFFFFF).to_bytes(3) + bytes([time >> 24 & 0xFF])


def _configures(kind: int, codec: int, content: int) -> bool:
    """Whether a tag is about the decoder, and has no time to speak of."""
    if kind == SOUND:
        return codec >> 4 == 10 and content == 0  # AAC
    if codec & 0x80:  # an extended header, of other codecs
        return codec & 0xF == 0
    return codec & 0xF == 7 and content == 0  # AVC


def _steps_back_somewhere(data: mmap) -> bool:
    newest = 0
    for place in range(PLACES):
        position = place * (len(data) - PLACE_BYTES) // PLACES
        coming = tags(data, position, position + PLACE_BYTES)
        first = next((tag for tag in coming if not tag.configures), None)
        if first and first.time < newest - BACK:
            return True
        newest = max(newest, first.time if first else 0)
    return False


def _sections(found: list[Tag]) -> tuple[list[int], list[Section]]:
    """For each tag the number of its section, and the sections."""
    numbers, sections, coming = list[int](), [Section()], Coming(found)
    newest: dict[int, int] = {}
    for place, tag in enumerate(found):
        before = newest.get(tag.kind, tag.time)
        usual = True
        if tag.time < before - BACK:
            usual = _begin_anew(found, place, newest, coming)
            if usual:
                sections.append(Section(jump=tag.time - before))
                newest, before = {}, tag.time
        elif tag.time > before + FAR_ON:
            usual = _most(time >= tag.time - BACK for time in coming.times(place, tag.kind))
        numbers.append(len(sections) - 1)
        if usual:
            sections[-1].begins.setdefault(tag.kind, tag.time)
            sections[-1].ends[tag.kind] = tag.time + max(0, tag.time - before)
            newest[tag.kind] = max(before, tag.time)
    return numbers, sections


def _begin_anew(found: list[Tag], place: int, newest: dict[int, int], coming: Coming) -> bool:
    """Whether times do from this tag on: those of picture and sound, and not of a few tags."""
    time, before = found[place].time, newest[found[place].kind]
    if time > found[0].time + NEAR_THE_BEGINNING and time >= before - FAR_BACK:
        return False
    # Of sound alone see `continuity`.
    return PICTURE in newest and all(
        _most(time < before for time in coming.times(place, kind)) for kind, before in newest.items()
    )


def _most(answers: Iterable[bool]) -> bool:
    known = list(answers)
    return bool(known) and sum(known) >= MOST * len(known)
