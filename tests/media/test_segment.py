"""What is known of the segments of a track."""

import pytest

from webapp.media.segment import Segment, Track

TIMESCALE = 1000


def track(*numbers: int, codec: str = "mp4a.40.2") -> Track:
    """Segments of a second and a half."""
    segments = [
        Segment(index=number, start=number * 1500, duration=1500, size=1, samples=1) for number in numbers
    ]
    return Track(name="audio", timescale=TIMESCALE, codec=codec, init_sha256="", segments=segments)


def numbers(track: Track) -> list[int]:
    return [segment.index for segment in track.segments]


def test_a_track_ends_where_its_last_segment_does() -> None:
    assert [track().end_s, track(0).end_s, track(0, 1, 2).end_s] == [0, 1.5, 4.5]


@pytest.mark.parametrize(
    ("before", "after"),
    [([0, 1], [2, 3]), ([0, 1], [0, 1, 2, 3]), ([], [0, 1, 2, 3]), ([0, 1, 2, 3], [1, 2])],
)
def test_what_follows_a_track_is_taken_once(before: list[int], after: list[int]) -> None:
    first = track(*before)
    assert numbers(first.followed_by(track(*after))) == [0, 1, 2, 3]
    assert numbers(first) == before


def test_what_is_known_of_a_track_later_holds() -> None:
    assert track(0, codec="avc1.64001e").followed_by(track(1, codec="avc1.64001f")).codec == "avc1.64001f"
