"""Videos: what they are called whatever people send, and how they are found again."""

import re
import unicodedata
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given, strategies as st

from webapp.app import open_database
from webapp.config import Settings
from webapp.db import Database, now
from webapp.errors import NotFound
from webapp.events import Status
from webapp.videos import (
    LONGEST_NAME,
    Video,
    clean_name,
    get_video,
    list_videos,
    newest_seqs,
    title_of,
    uploads_under_way,
)

# Text as it may come from outside, also such as is no valid Unicode.
ANYTHING = st.text(st.characters(exclude_categories=[]) | st.sampled_from("/\\\r\n\0\x1b\u2028\ud800_. "))


@pytest.fixture
async def db(settings: Settings) -> AsyncIterator[Database]:
    db = open_database(settings)
    yield db
    await db.close()


def fit_to_be_seen(text: str) -> bool:
    """Whether it can be shown in a line, sent as UTF-8 and stored."""
    kinds = {unicodedata.category(character) for character in text}
    return 0 < len(text) <= LONGEST_NAME and text == text.strip() and not kinds & {"Cc", "Cs", "Zl", "Zp"}


@given(ANYTHING)
@example("x" * 10_000)
@example("\ud800")
@example("a" * (LONGEST_NAME - 1) + " b")
@example("a" * 190 + " " * 20 + ".mp4")
def test_every_name_becomes_one_that_can_be_shown(name: str) -> None:
    cleaned = clean_name(name)
    assert fit_to_be_seen(cleaned)
    assert "/" not in cleaned and "\\" not in cleaned
    assert clean_name(cleaned) == cleaned


@given(st.none() | ANYTHING, ANYTHING)
@example("a" * (LONGEST_NAME - 1) + " b", "x")
@example(None, "__.mp4")
@example("\0", ".mp4")
def test_every_title_becomes_one_that_can_be_shown(title: str | None, name: str) -> None:
    assert fit_to_be_seen(title_of(title, clean_name(name)))


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("holiday.mp4", "holiday.mp4"),
        ("/etc/passwd", "passwd"),
        ("C:\\fakepath\\holiday.mp4", "holiday.mp4"),
        ("../../x.mp4", "x.mp4"),
        ("a/", "video"),
        ("", "video"),
        (" \t ", "video"),
        ("a\r\nb\0c\x7f\x85\u2028d.mp4", "abcd.mp4"),
        ("שלום עולם.mp4", "שלום עולם.mp4"),
        ("日本語 🎬.mp4", "日本語 🎬.mp4"),
        ("e\u0301te\u0301.mp4", "e\u0301te\u0301.mp4"),
        ("</script><script>alert(1).mp4", "script><script>alert(1).mp4"),
        ("x" * 10_000, "x" * LONGEST_NAME),
        ("x" * 10_000 + ".mp4", "x" * (LONGEST_NAME - 4) + ".mp4"),
        ("x" * (LONGEST_NAME - 4) + ".mp4", "x" * (LONGEST_NAME - 4) + ".mp4"),
        ("x" * (LONGEST_NAME - 3) + ".mp4", "x" * (LONGEST_NAME - 4) + ".mp4"),
        ("x" * 195 + " and more.m2ts ", "x" * 195 + ".m2ts"),
        ("x" * 250 + ". And so it ended", "x" * LONGEST_NAME),
        ("x" * 100 + "." + "y" * 200, "x" * 100 + "." + "y" * 99),
    ],
)
def test_a_name_keeps_what_can_be_kept(name: str, cleaned: str) -> None:
    assert clean_name(name) == cleaned


@pytest.mark.parametrize(
    ("title", "filename", "expected"),
    [
        ("My title", "x.mp4", "My title"),
        ("  My title\t", "x.mp4", "My title"),
        ("two\r\nlines", "x.mp4", "two  lines"),
        (None, "my_holiday__2024.final.mp4", "my holiday 2024.final"),
        ("", "noextension", "noextension"),
        ("   ", ".mp4", ".mp4"),
        (None, "___.mp4", "___.mp4"),
        ("</script>", "x.mp4", "</script>"),
    ],
)
def test_a_title_is_the_one_given_or_made_of_the_name(
    title: str | None, filename: str, expected: str
) -> None:
    assert title_of(title, filename) == expected


def test_ids_are_made_for_addresses_and_not_to_be_guessed() -> None:
    ids = {Video(title="t", filename="f").id for _ in range(1000)}
    assert len(ids) == 1000
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{22}", id) for id in ids)


async def fill(db: Database, *titles: str, at: datetime | None = None) -> list[str]:
    async with db.write() as session:
        videos = [Video(title=title, filename="x", created_at=at or now()) for title in titles]
        session.add_all(videos)
    return [video.id for video in videos]


async def titles(db: Database, search: str) -> set[str]:
    async with db.read() as session:
        return {video.title for video in await list_videos(session, 100, None, search)}


@pytest.mark.parametrize("size", [1, 3, 7, 40, 41])
async def test_paging_neither_repeats_nor_leaves_out(db: Database, size: int) -> None:
    moment = datetime(2024, 1, 1, tzinfo=UTC)
    made = await fill(db, *["at once"] * 30, at=moment)
    for later in range(10):
        made += await fill(db, "later", at=moment + timedelta(microseconds=later // 2))
    seen: list[str] = []
    before: Video | None = None
    async with db.read() as session:
        while page := await list_videos(session, size, before, ""):
            assert len(page) <= size
            seen += [video.id for video in page]
            before = page[-1]
    assert sorted(seen) == sorted(made)
    assert len(set(seen)) == len(seen)


async def test_the_newest_comes_first(db: Database) -> None:
    moment = datetime(2024, 1, 1, tzinfo=UTC)
    made = [(await fill(db, "t", at=moment + timedelta(days=day)))[0] for day in (2, 0, 3, 1)]
    async with db.read() as session:
        found = [video.id for video in await list_videos(session, 10, None, "")]
    assert found == [made[2], made[0], made[3], made[1]]


async def test_what_comes_in_while_one_pages_disturbs_nothing(db: Database) -> None:
    made = await fill(db, *"abcdef")
    async with db.read() as session:
        first = await list_videos(session, 3, None, "")
    await fill(db, "new")
    async with db.read() as session:
        second = await list_videos(session, 10, first[-1], "")
    assert sorted(video.id for video in [*first, *second]) == sorted(made)


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("%", {"100% real"}),
        ("_", {"snake_case"}),
        ("\\", {"back\\slash"}),
        ("'", {"it's"}),
        ("SNAKE", {"snake_case"}),
        ("0% r", {"100% real"}),
        ("a_e", set()),
        ("' OR 1=1 --", set()),
        ("", {"100% real", "snake_case", "back\\slash", "it's", "snakeXcase"}),
    ],
)
async def test_a_search_means_its_characters(db: Database, search: str, found: set[str]) -> None:
    await fill(db, "100% real", "snake_case", "back\\slash", "it's", "snakeXcase")
    assert await titles(db, search) >= found
    assert await titles(db, search) - {"snakeXcase"} == found - {"snakeXcase"}


async def test_underscores_are_no_wildcards(db: Database) -> None:
    await fill(db, "snake_case", "snakeXcase")
    assert await titles(db, "snake_case") == {"snake_case"}


@pytest.mark.parametrize(("title", "search"), [("Übung", "übung"), ("привет", "ПРИВЕТ")])
async def test_a_search_is_not_about_case_in_any_language(db: Database, title: str, search: str) -> None:
    await fill(db, title)
    assert await titles(db, search) == {title}


async def test_newest_numbers_are_those_of_videos_that_exist(db: Database) -> None:
    one, two = await fill(db, "one", "two")
    async with db.write() as session:
        (await get_video(session, two)).seq = 5
    async with db.read() as session:
        assert await newest_seqs(session, [one, two, "nobody"]) == {one: 0, two: 5}
        assert await newest_seqs(session, []) == {}


async def test_uploads_under_way_are_those_that_have_not_ended(db: Database) -> None:
    long_ago, lately = now() - timedelta(minutes=5), now()
    cases = {
        "silent": (Status.UPLOADING, long_ago),
        "going on": (Status.UPLOADING, lately),
        "complete": (Status.UPLOADED, long_ago),
        "failed": (Status.FAILED, long_ago),
        "not begun": (Status.CREATED, None),
    }
    async with db.write() as session:
        for title, (status, seen) in cases.items():
            session.add(Video(id=title, title=title, filename="x", status=status, upload_seen_at=seen))
    async with db.read() as session:
        assert await uploads_under_way(session) == {"silent": long_ago, "going on": lately}


async def test_who_asks_for_a_video_that_is_not_there_is_told(db: Database) -> None:
    async with db.read() as session:
        with pytest.raises(NotFound) as caught:
            await get_video(session, "nobody")
    assert caught.value.code == "video_not_found"
