"""The list of a storyboard's tiles."""

from webapp.media.answers import Storyboard
from webapp.media.thumbnails import webvtt

BOARD = Storyboard(width=160, height=90, columns=10, count=12, interval_s=2.5)


def test_each_tile_has_its_time_and_its_place() -> None:
    header, *cues = webvtt(BOARD, "sheet.jpg?run=1").strip().split("\n\n")
    assert header == "WEBVTT"
    assert len(cues) == BOARD.count
    assert cues[0] == "00:00:00.000 --> 00:00:02.500\nsheet.jpg?run=1#xywh=0,0,160,90"
    assert cues[11] == "00:00:27.500 --> 00:00:30.000\nsheet.jpg?run=1#xywh=160,90,160,90"


def test_without_a_storyboard_it_is_an_empty_list() -> None:
    assert webvtt(None, "sheet.jpg") == "WEBVTT\n"
