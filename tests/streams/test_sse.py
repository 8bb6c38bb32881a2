"""The encoder, read back by two parsers that know nothing of it."""

import httpx_sse
from httpx_sse._decoders import SSEDecoder, SSELineDecoder
from hypothesis import example, given, strategies as st

from tests.support.sse import Message, Parser, parse
from webapp.streams import sse

# Line ends, and characters that mean something to a parser, much more often than by chance.
TEXT = st.text(st.characters(exclude_categories=[]) | st.sampled_from("\r\n\0\ufeff: \u2028\x85\ud800"))
NASTY = "one\r\ntwo\rthree\n\n\nid: 9\nevent: fake\ndata: x\nretry: 1\n:comment\r\n\r\n"


def lines(text: str) -> str:
    """The same text as it has to arrive: LF for any line end, and only what UTF-8 can carry."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.encode(errors="replace").decode()


@given(TEXT, st.none() | TEXT, st.none() | st.integers(0))
@example(NASTY, NASTY, 1)
@example("", None, None)
@example("\ufeffdata", "\ufeff", None)
def test_any_text_arrives_line_by_line_and_nothing_else_does(
    data: str, name: str | None, id: int | None
) -> None:
    encoded = sse.event(data, name=name, id=id)
    [message] = parse(encoded)
    said = "".join(character for character in lines(name or "") if character not in "\r\n\0")
    assert message == Message(said or "message", lines(data), "" if id is None else str(id))


@given(st.lists(st.tuples(TEXT, st.integers(1)), max_size=5))
def test_events_do_not_run_into_each_other(events: list[tuple[str, int]]) -> None:
    stream = b"".join(sse.event(data, name="video_update", id=id) for data, id in events)
    assert parse(stream) == [Message("video_update", lines(data), str(id)) for data, id in events]


@given(TEXT, st.data())
@example("é🎬\r\n", None)
def test_it_makes_no_difference_how_the_bytes_are_cut(text: str, data: st.DataObject | None) -> None:
    stream = sse.event(text, name="a", id=1) + sse.event("next", id=2)
    cut = data.draw(st.integers(0, len(stream))) if data else len(stream) // 3
    parser = Parser()
    cut_up = parser.feed(stream[:cut]) + parser.feed(stream[cut:], end=True)
    assert cut_up == [Message("a", lines(text), "1"), Message("message", "next", "2")]


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufeff")))
def test_another_library_reads_the_same(data: str) -> None:
    encoded = sse.event(data, name="video_update", id=7)
    reader, decoder = SSELineDecoder(), SSEDecoder()
    found = [
        event
        for line in [*reader.decode(encoded.decode()), *reader.flush()]
        if isinstance(event := decoder.decode(line), httpx_sse.ServerSentEvent)
    ]
    assert [(event.event, event.data, event.id) for event in found] == [("video_update", lines(data), "7")]


def test_retry_goes_with_the_event_after_it() -> None:
    parser = Parser()
    assert parser.feed(sse.retry(1234) + sse.event("x", id=1)) == [Message("message", "x", "1")]
    assert parser.retry_ms == 1234


def test_a_keepalive_is_no_event() -> None:
    parser = Parser()
    assert parser.feed(sse.KEEPALIVE) == []
    assert parser.comments == [" keepalive"]
    assert parser.feed(sse.event("x") + sse.KEEPALIVE + sse.event("y")) == [
        Message("message", "x", ""),
        Message("message", "y", ""),
    ]
