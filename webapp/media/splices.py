"""Recordings put one behind the other in an MPEG stream: where times jump, and by how much to move them.

Each recording has its own timeline. After a jump, times are moved so that the recording follows the one
before, picture and sound together, and nothing of either is lost.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from .pes_times import TICKS_A_SECOND, WRAP, Stamp

# Yields the times that lie from one place of a file to another.
Stamps = Callable[[int, int], Iterator[Stamp]]
# Times of one stream step back by a few frames at most, and a pause of this length can be meant; a picture
# may stand still for longer.
FARTHEST_BACK, FARTHEST_ON = TICKS_A_SECOND // 2, 10 * TICKS_A_SECOND
LONGEST_STILL = 300 * TICKS_A_SECOND
# Larger files are looked at in some places, and read as a whole only if times jump between these.
READ_WHOLE_BYTES = 32 << 20
PLACES, PLACE_BYTES = 128, 128 << 10
MOST_SECTIONS = 500  # with more, nothing in the file can be relied upon
APART = 3 * TICKS_A_SECOND // 2  # of streams that belong together, at one place in the file


@dataclass(slots=True)
class Section:
    """A stretch without a jump.

    Attributes:
        jump: ticks by which times jump at its start.
        still: whether it turned out that there is no jump.
        begins, ends: first and last moment of each stream, by its number.
    """

    jump: int = 0
    still: bool = False
    begins: dict[int, int] = field(default_factory=dict)
    ends: dict[int, int] = field(default_factory=dict)


@dataclass(slots=True)
class Course:
    """How far one stream has come: its section, and its last times, counted on through wraps.

    `jumped` is by how much, if it began its section with its last time.
    """

    section: int
    pts: int
    dts: int
    step: int = 0
    jumped: int = 0


def moved(stamps: Stamps, size: int) -> tuple[list[Stamp], list[int]]:
    """The times that have to be moved, in the order of the file, and by how many ticks each."""
    if size > READ_WHOLE_BYTES and not _jumps_somewhere(stamps, size):
        return [], []
    found, places, sections = [], [], [Section()]
    for stamp, section in _placed(stamps(0, size), sections):
        if len(sections) > MOST_SECTIONS:
            return [], []
        if section:
            found.append(stamp)
            places.append(section)
    shifts = shifts_of(sections)
    moved_by = [(stamp, shifts[section]) for stamp, section in zip(found, places, strict=True)]
    return [stamp for stamp, by in moved_by if by], [by for _, by in moved_by if by]


def _jumps_somewhere(stamps: Stamps, size: int) -> bool:
    times = []
    for place in range(PLACES):
        position = place * (size - PLACE_BYTES) // PLACES
        first = next(stamps(position, position + PLACE_BYTES), None)
        if first is not None:
            times.append(first.pts)
    steps = [_step(one, other) for one, other in pairwise(times)]
    usual = max(0, round(median(steps))) if steps else 0
    return any(step < -APART or step > FARTHEST_ON + 8 * usual for step in steps)


def _placed(found: Iterable[Stamp], sections: list[Section]) -> Iterator[tuple[Stamp, int]]:
    """Each stamp with the number of its section; adds the sections that begin on the way."""
    courses: dict[int, Course] = {}
    origin: int | None = None
    pictured = False
    for stamp in found:
        time = stamp.pts if stamp.dts is None else stamp.dts
        origin = time if origin is None else origin
        course = courses.get(stamp.pid)
        if course is None:
            now = origin + _step(origin, time)
            course = courses[stamp.pid] = Course(len(sections) - 1, now, now)
            step = 0
        else:
            step = _step(course.dts, time)
        jumped, course.jumped = course.jumped, 0
        ahead = sum(section.jump for section in sections[course.section + 1 :])
        if course.section < len(sections) - 1 and abs(step - ahead) < abs(step):
            course.section = len(sections) - 1  # another stream has come to the same jump before
        elif jumped and abs(step + jumped) < abs(jumped) / 2 and sections[-1].begins.keys() == {stamp.pid}:
            sections[-1] = Section(still=True)  # it was one wrong time
        elif step < -FARTHEST_BACK or (step > FARTHEST_ON and _may_jump(course, step, courses.values())):
            sections.append(Section(jump=step))
            course.section, course.jumped = len(sections) - 1, step
        elif 0 < step <= FARTHEST_ON:
            course.step = step
        course.dts += step
        _goes_on(course, sections)
        course.pts = course.dts + _step(time, stamp.pts)
        section = sections[course.section]
        section.begins[stamp.pid] = min(course.pts, section.begins.get(stamp.pid, course.pts))
        # A packet of sound has many frames, the last one fewer: beside a picture its start is enough.
        pictured = pictured or stamp.picture
        end = course.pts + (course.step if stamp.picture or not pictured else 0)
        section.ends[stamp.pid] = max(end, section.ends.get(stamp.pid, end))
        yield stamp, course.section


def _may_jump(course: Course, step: int, courses: Iterable[Course]) -> bool:
    """Whether times may do, which stepped on, and the picture not just stand still for so long.

    So it does where other streams that came as far go on; that shows later, see `_goes_on`.
    """
    others = [other.dts for other in courses if other is not course]
    return step > LONGEST_STILL or any(abs(course.dts - time) <= APART for time in others)


def _goes_on(course: Course, sections: list[Section]) -> None:
    """Without a jump up to where others seemed to have jumped to: they had not."""
    while course.section < len(sections) - 1:
        after = sections[course.section + 1]
        if after.jump > 0 and course.dts >= min(after.begins.values()) - APART:
            after.jump, after.still = 0, True
        if not after.still:
            return
        course.section += 1


def shifts_of(sections: Sequence[Section]) -> list[int]:
    """Ticks by which to move each section, so that it follows the one before in every stream."""
    shifts, ends = [0], dict(sections[0].ends)
    for after in sections[1:]:
        if after.still:
            shifts.append(shifts[-1])
            ends |= after.ends
            continue
        late = [ends[pid] - begin for pid, begin in after.begins.items() if pid in ends]
        shifts.append(shifts[-1] + max(late, default=-after.jump))
        ends = dict(after.ends)
    return shifts


def _step(one: int, other: int) -> int:
    """From one time to another, whichever way is shorter."""
    return (other - one + WRAP // 2) % WRAP - WRAP // 2
