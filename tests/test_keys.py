"""What storage and players call what belongs to a video."""

import re

import pytest

from webapp import keys
from webapp.keys import RunKeys
from webapp.media.playlist import IFRAME_PLAYLIST, MEDIA_PLAYLIST, MULTIVARIANT_PLAYLIST
from webapp.media.subtitle_playlist import SEGMENT_NAME
from webapp.media.track import INIT_NAME, segment_name

RUN = RunKeys("a-video", 12)


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        (keys.SEGMENT, [INIT_NAME, segment_name(0), segment_name(99_999)]),
        (keys.PLAYLIST, [MEDIA_PLAYLIST, IFRAME_PLAYLIST]),
        (keys.SUBTITLES, [SEGMENT_NAME]),
    ],
)
def test_players_may_ask_for_what_a_run_makes(pattern: re.Pattern[str], names: list[str]) -> None:
    for name in names:
        found = pattern.fullmatch(RUN.address("1080p_av1", name))
        assert found
        assert pattern is keys.PLAYLIST or found[1] == "12"


def test_players_may_ask_for_what_they_start_from() -> None:
    assert keys.PLAYLIST.fullmatch(MULTIVARIANT_PLAYLIST)


def test_what_a_run_makes_can_be_removed_without_what_another_does() -> None:
    other = RunKeys("a-video", 1)
    made = [RUN.file("720p", INIT_NAME), RUN.chunk(3), RUN.handover, RUN.multivariant, RUN.original]
    assert all(key.startswith((RUN.renditions, RUN.notes)) for key in made)
    assert not any(key.startswith((other.renditions, other.notes)) for key in made)
    assert not RUN.file("720p_av1", INIT_NAME).startswith(RUN.rendition("720p"))
    assert not keys.multivariant_key("a-video").startswith(RUN.renditions)


def test_an_upload_is_not_among_what_is_made_of_it() -> None:
    made = (keys.hls_prefix("a-video"), keys.notes_prefix("a-video"))
    assert not keys.original_key("a-video").startswith(made)
