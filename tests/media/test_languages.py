"""Languages, from what containers say to what playlists and people need."""

import pytest
from hypothesis import given, strategies as st

from webapp.media import languages


@pytest.mark.parametrize(
    ("said", "tag"),
    [
        ("eng", "en"),
        ("ger", "de"),
        ("deu", "de"),
        ("nob", "nb"),
        ("fil", "fil"),
        ("en", "en"),
        ("pt-br", "pt-BR"),
        ("zho-hant-tw", "zh-Hant-TW"),
        ("und", "und"),
        ("zxx", "und"),
        ("mul", "und"),
        (None, "und"),
        ("", "und"),
        ('e"n', "und"),
        ("English", "und"),
    ],
)
def test_tags_are_the_shortest_of_bcp_47(said: str | None, tag: str) -> None:
    assert languages.tag(said) == tag


def test_tracks_are_named_by_title_then_language() -> None:
    assert languages.label("Director's", "eng", "Sound") == "Director's"
    assert languages.label(None, "ger", "Sound") == "German"
    assert languages.label(" ", "pt-br", "Sound") == "Portuguese"
    assert languages.label(None, "fil", "Sound") == "fil"
    assert languages.label(None, None, "Sound") == "Sound"


def test_names_of_a_group_differ() -> None:
    assert languages.distinct(["English", "English", "French", "English"]) == [
        "English",
        "English 2",
        "French",
        "English 3",
    ]


@given(st.text())
def test_no_title_breaks_out_of_its_quotes(title: str) -> None:
    quoted = languages.quotable(title)
    assert '"' not in quoted and quoted.isprintable() and len(quoted) <= 100
