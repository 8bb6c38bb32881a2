"""All rungs from one decoded frame: the same moments in each, whatever the source does on the way."""

from pathlib import Path

from .decoding import assert_can_start_anywhere, assert_joined
from .encoding import Encoded, encode_picture
from .splicing import change_size


def test_rungs_show_the_same_frames_at_the_same_times(small_encoded: Encoded) -> None:
    top, lower = small_encoded.renditions
    assert [rung.name for rung in small_encoded.rungs] == ["180p", "144p"]
    assert top.times == lower.times and top.numbers == lower.numbers
    assert {(shown.frame.width, shown.frame.height) for shown in lower.frames} == {(256, 144)}


def test_rungs_can_be_switched_at_the_same_places(small_encoded: Encoded) -> None:
    top, lower = small_encoded.renditions
    assert top.idr_times() == lower.idr_times() == [0, 2, 4, 6, 8]
    assert [(one.index, one.start, one.duration) for one in top.segments] == [
        (one.index, one.start, one.duration) for one in lower.segments
    ]


def test_a_stream_that_changes_size_goes_on_in_the_size_it_began_with(tmp_path: Path) -> None:
    source = change_size(tmp_path / "a.ts", (160, 96), (320, 192), (176, 144), seconds_each=2.4)
    encoded = encode_picture(source, tmp_path / "out")
    assert encoded.top.numbers == list(range(180))
    assert {(shown.frame.width, shown.frame.height) for shown in encoded.top.frames} == {(160, 96)}
    assert_joined(encoded.top)
    assert_can_start_anywhere(encoded.top)
