"""A video: what somebody uploaded and what it has become. Its row, and the questions asked of it."""

import re
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col, select

from .db import UtcDateTime, Word, now
from .errors import NotFound
from .events import ErrorInfo, Status

ID_BYTES = 16  # 22 characters in base64, and not to be guessed
LONGEST_NAME = 200
EXTENSION = re.compile(r"\.[0-9a-z]{1,10}$", re.IGNORECASE | re.ASCII)  # by which programs know a file
CONTROL_CHARACTERS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def new_id() -> str:
    """An id that nobody can guess, and that fits into an address as it is."""
    return secrets.token_urlsafe(ID_BYTES)


class Video(SQLModel, table=True):
    """
    Attributes:
        seq: number of the video's newest event.
        run: number of its newest run; 0 before the first.
        progress: percent of that run.
        published_run: the run whose package can be watched; 0 while there is none.
        poster, preview: whether there is one; `own_poster`: the owner has chosen it.
        storyboard: how its tiles lie, as media.answers.Storyboard; None while there is none.
        duration_s, width, height: of the picture as it is meant to be seen, once the probe knows; sound
            alone has no size.
        failure: why the upload or the newest run failed, as an ErrorInfo.
        embed: origins whose pages may show it, as an EmbedPolicy; None for what the installation says.
        process_wanted: it is to be processed as soon as its file is there, as whoever sends it has said.
        upload_seen_at: when the last bytes of the upload came, about; there were `received_bytes` by then.
        watchable_later_because: why it cannot be watched before the upload is complete, in words.
    """

    __tablename__: ClassVar[str] = "video"

    id: str = Field(primary_key=True, max_length=22, default_factory=new_id)
    title: str
    filename: str
    content_type: str | None = None
    size_bytes: int | None = Field(default=None, sa_type=sa.BigInteger)
    received_bytes: int | None = Field(default=None, sa_type=sa.BigInteger)
    watchable_later_because: str | None = None
    status: Status = Field(default=Status.CREATED, sa_type=Word(Status))
    seq: int = 0
    run: int = 0
    progress: int = 0
    published_run: int = 0
    poster: bool = False
    own_poster: bool = False
    process_wanted: bool = False
    preview: bool = False
    storyboard: dict[str, Any] | None = Field(default=None, sa_type=sa.JSON(none_as_null=True))
    duration_s: float | None = None
    width: int | None = None
    height: int | None = None
    failure: dict[str, str] | None = Field(default=None, sa_type=sa.JSON)
    embed: list[str] | None = Field(default=None, sa_type=sa.JSON(none_as_null=True))
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    upload_started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    upload_seen_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    uploaded_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

    # The library's pages, newest first.
    __table_args__ = (sa.Index("ix_video_created", "created_at", "id"),)

    @property
    def playable(self) -> bool:
        return self.published_run > 0

    @property
    def received_percent(self) -> int | None:
        """How much of the upload has come; None where that is not known."""
        if self.received_bytes is None or not self.size_bytes:
            return None
        return min(100, self.received_bytes * 100 // self.size_bytes)

    @property
    def sound_alone(self) -> bool:
        """Whether it was found that there is nothing to see."""
        return self.duration_s is not None and self.width is None

    @property
    def error(self) -> ErrorInfo | None:
        return ErrorInfo(**self.failure) if self.failure else None


def clean_name(name: str) -> str:
    """A file name as people may see it: no folders, no control characters, not too long.

    Of one that is too long the extension is kept.
    """
    last = CONTROL_CHARACTERS.sub("", re.split(r"[/\\]", name)[-1]).strip()
    extension = EXTENSION.search(last)
    if len(last) <= LONGEST_NAME or not extension:
        return _shortened(last) or "video"
    return last[: LONGEST_NAME - len(extension[0])].rstrip() + extension[0]


def title_of(title: str | None, filename: str) -> str:
    """The title as given, or one made from the file's name."""
    given = _shortened(CONTROL_CHARACTERS.sub(" ", title or ""))
    stem = filename.rpartition(".")[0] or filename
    return given or re.sub(r"[_\s]+", " ", stem).strip() or filename


def _shortened(text: str) -> str:
    return text.strip()[:LONGEST_NAME].strip()


async def get_video(session: AsyncSession, video_id: str) -> Video:
    """
    Raises:
        NotFound: there is no such video.
    """
    video = await session.get(Video, video_id)
    if video is None:
        raise no_such_video()
    return video


def no_such_video() -> NotFound:
    return NotFound("video_not_found", "There is no video at this address.", "It may have been deleted.")


async def list_videos(
    session: AsyncSession, limit: int, before: Video | None, search: str
) -> Sequence[Video]:
    """Up to `limit` videos, newest first, older than `before`, with `search` in the title."""
    query = select(Video).order_by(col(Video.created_at).desc(), col(Video.id).desc()).limit(limit)
    if before is not None:
        older = sa.tuple_(col(Video.created_at), col(Video.id)) < sa.tuple_(
            sa.literal(before.created_at, UtcDateTime()), sa.literal(before.id)
        )
        query = query.where(older)
    if search:
        query = query.where(col(Video.title).icontains(search, autoescape=True))
    return (await session.execute(query)).scalars().all()


async def newest_seqs(session: AsyncSession, video_ids: Sequence[str]) -> dict[str, int]:
    """The number of the newest event of each of these videos that still exists."""
    query = select(Video.id, Video.seq).where(col(Video.id).in_(video_ids))
    return dict((await session.execute(query)).all())


async def uploads_under_way(session: AsyncSession) -> dict[str, datetime]:
    """When each upload that has not ended was last heard of, by its video's id."""
    query = select(Video.id, col(Video.upload_seen_at)).where(Video.status == Status.UPLOADING)
    return {video_id: seen_at for video_id, seen_at in await session.execute(query) if seen_at}
