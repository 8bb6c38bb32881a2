"""Who may embed a video: what counts as an origin, and whom a policy lets in."""

import pytest
from hypothesis import given, strategies as st

from webapp.embedding import MOST_ORIGINS, EmbedPolicy, origin


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("https://example.org", "https://example.org"),
        ("HTTPS://Example.ORG", "https://example.org"),
        ("https://example.org:443", "https://example.org"),
        ("http://example.org:80", "http://example.org"),
        ("http://example.org:443", "http://example.org:443"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("http://127.0.0.1:65535", "http://127.0.0.1:65535"),
        ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
    ],
)
def test_an_origin_is_written_as_browsers_write_it(text: str, found: str) -> None:
    assert origin(text) == found
    assert origin(found) == found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "example.org",
        "https://",
        "https://example.org/",
        "https://example.org/path",
        "https://example.org?x",
        "https://example.org#x",
        "https://user@example.org",
        "https://example.org:0",
        "https://example.org:080",
        "https://example.org:65536",
        "https://example.org:",
        "https://-a.example",
        "https://a..example",
        "https://*.example.org",
        "https://[::1]",
        "https://b\u00fccher.example",
        "https://example.org\n",
        "https://example.org; script-src *",
        "https://a.example,https://b.example",
        "ftp://example.org",
        "javascript://example.org",
        "null",
        "*",
        "'self'",
        "https://" + "a." * 130 + "example",
        "http\u017f://example.org",
    ],
)
def test_what_is_no_origin_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no origin"):
        origin(text)


@given(st.text())
def test_nothing_gets_into_a_header_but_what_an_origin_is_made_of(text: str) -> None:
    try:
        ancestors = EmbedPolicy.of([text]).frame_ancestors
    except ValueError:
        return
    assert set(ancestors) <= set("abcdefghijklmnopqrstuvwxyz0123456789-.:/*")


@pytest.mark.parametrize(
    ("text", "origins", "ancestors"),
    [
        ("*", ("*",), "*"),
        ("none", (), "'none'"),
        ("https://a.example", ("https://a.example",), "https://a.example"),
        (
            " https://a.example,\n https://B.example:443  https://a.example ",
            ("https://a.example", "https://b.example"),
            "https://a.example https://b.example",
        ),
    ],
)
def test_one_line_says_who_may(text: str, origins: tuple[str, ...], ancestors: str) -> None:
    policy = EmbedPolicy.parse(text)
    assert policy.origins == origins
    assert policy.frame_ancestors == ancestors
    assert EmbedPolicy.parse(str(policy)) == policy == EmbedPolicy.of(origins)


@pytest.mark.parametrize("text", ["", " ", "* https://a.example", "none https://a.example", "everyone"])
def test_a_line_that_says_something_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="origin"):
        EmbedPolicy.parse(text)


def test_a_list_has_an_end() -> None:
    many = [f"https://site-{number}.example" for number in range(MOST_ORIGINS)]
    assert EmbedPolicy.of(many).origins == tuple(many)
    with pytest.raises(ValueError, match="up to 20"):
        EmbedPolicy.of([*many, "https://one.more.example"])


def test_a_site_is_let_in_by_its_whole_origin() -> None:
    policy = EmbedPolicy.of(["https://a.example", "http://localhost:3000"])
    assert policy.allows("https://a.example")
    assert policy.allows("http://localhost:3000")
    for other in ("http://a.example", "https://a.example:444", "https://b.a.example", "null", "", "*"):
        assert not policy.allows(other)


def test_everyone_is_everyone_and_nobody_nobody() -> None:
    for site in ("https://a.example", "null"):
        assert EmbedPolicy.of(["*"]).allows(site)
        assert not EmbedPolicy.of([]).allows(site)
