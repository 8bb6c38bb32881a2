"""From ASS events to WebVTT cues."""

import re
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from webapp.media.webvtt import Cue, document, text_of, timestamp


def read(text: str) -> str:
    found, _ = text_of(f"0,0,Default,,0,0,0,,{text}")
    return found


@pytest.mark.parametrize(
    ("event", "text"),
    [
        ("Hello, world", "Hello, world"),
        (r"One\Ntwo\nthree", "One\ntwo\nthree"),
        (r"One\N\N \Ntwo", "One\ntwo"),
        (r"{\i1}Softly{\i0} now", "<i>Softly</i> now"),
        (r"{\b1}{\i1}both{\b0}slanted", "<b><i>both</i></b>slanted"),
        (r"{\i1}never closed", "<i>never closed</i>"),
        (r"{\c&H00FFFF&\fs20}Yellow", "Yellow"),
        (r"{\iclip(1,2,3,4)\be1}Plain", "Plain"),
        (r"a < b & c > d", "a &lt; b &amp; c &gt; d"),
        ("00:00 --> 00:01", "00:00 --&gt; 00:01"),
        (r"{\p1}m 0 0 l 100 0{\p0}", ""),
        ("", ""),
    ],
)
def test_text_is_kept_and_what_webvtt_has_no_word_for_is_not(event: str, text: str) -> None:
    assert read(event) == text


def test_what_is_aligned_above_stays_above() -> None:
    assert text_of(r"0,0,Default,,0,0,0,,{\an8}Sign") == ("Sign", True)
    assert text_of(r"0,0,Default,,0,0,0,,{\an2}Speech") == ("Speech", False)


def test_a_document_lists_cues_in_their_order() -> None:
    cues = [
        Cue(Fraction(3661), Fraction(7323, 2), "Late"),
        Cue(Fraction(1, 2), Fraction(2), "Early", top=True),
    ]
    assert document(cues) == (
        "WEBVTT\n"
        "X-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n"
        "\n"
        "00:00:00.500 --> 00:00:02.000 line:0\n"
        "Early\n"
        "\n"
        "01:01:01.000 --> 01:01:01.500\n"
        "Late\n"
    )


@given(st.text() | st.text(alphabet="{}\\ibuN01<>&-\n\r\x85\u2028\0 a"))
def test_no_text_breaks_out_of_its_cue(text: str) -> None:
    found = read(text)
    assert "\n\n" not in found and "-->" not in found and "\0" not in found
    assert set(re.findall(r"<[^>]*>", found)) <= {f"<{end}{tag}>" for end in ("", "/") for tag in "ibu"}
    assert found == found.strip()


def test_times_have_hours_and_milliseconds() -> None:
    assert [timestamp(second) for second in (0, 59.9996, Fraction("3723.4564"), 360_000)] == [
        "00:00:00.000",
        "00:01:00.000",
        "01:02:03.456",
        "100:00:00.000",
    ]
