"""From SubRip to WebVTT cues."""

import re

import pytest
from hypothesis import given, strategies as st

from webapp.media.subrip import text_of


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("Hello, world", "Hello, world"),
        ("One\r\ntwo<br>three<br />four\\Nfive", "One\ntwo\nthree\nfour\nfive"),
        ("One\n\n \ntwo", "One\ntwo"),
        ("<i>Softly</i> now", "<i>Softly</i> now"),
        ("<I>Softly</I> <U>now</U>", "<i>Softly</i> <u>now</u>"),
        ("<b><i>both</b>slanted", "<b><i>both</i></b>slanted"),
        ("<i>never closed", "<i>never closed</i>"),
        ("ended</i> twice", "ended twice"),
        ('<font color="#ffff00" size=2>Yellow</font> <s>gone</s>', "Yellow gone"),
        ("a < b & c > d", "a &lt; b &amp; c &gt; d"),
        ("a < b > c", "a &lt; b &gt; c"),
        ("a <b or c> d", "a &lt;b or c&gt; d"),
        ("<sighs> <3 <font of wisdom>", "&lt;sighs&gt; &lt;3 &lt;font of wisdom&gt;"),
        ("00:00 --> 00:01 &amp;", "00:00 --&gt; 00:01 &amp;amp;"),
        ("{\\pos(1,2)}{y:i}Plain {laughs}", "Plain {laughs}"),
        ("<b", "&lt;b"),
        ("", ""),
    ],
)
def test_only_what_srt_has_is_markup(written: str, text: str) -> None:
    assert text_of(written) == (text, False)


def test_what_is_aligned_above_stays_above() -> None:
    assert text_of("{\\an8}Sign") == ("Sign", True)
    assert text_of("{\\an2}Speech") == ("Speech", False)


@given(st.text() | st.text(alphabet="<>/biusfont=&-{}\\ \n\r\x85\u2028\0"))
def test_no_text_breaks_out_of_its_cue(written: str) -> None:
    found, _ = text_of(written)
    assert "\n\n" not in found and "-->" not in found and "\0" not in found
    assert set(re.findall(r"<[^>]*>", found)) <= {f"<{end}{tag}>" for end in ("", "/") for tag in "biu"}
    assert found == found.strip()
