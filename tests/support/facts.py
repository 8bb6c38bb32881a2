"""What a probe could have found, for tests that need no file behind it."""

from webapp.media.answers import Chunk
from webapp.media.facts import AudioTrack, Facts, VideoTrack
from webapp.media.message import Rational
from webapp.media.obstacles import Copying, Obstacle, ObstacleCode
from webapp.media.segment import Segment, Track
from webapp.pipeline.plan import Plan

TIMESCALE, RATE = 12_800, 25
BYTES_PER_SECOND = 50_000


def facts(
    duration_s: float = 30.0,
    *,
    width: int = 640,
    height: int = 360,
    rate: int = RATE,
    audio: bool = True,
    copying: Copying | None = None,
) -> Facts:
    video = VideoTrack(
        stream=0,
        codec="h264",
        width=width,
        height=height,
        rate=Rational(rate, 1),
        time_base=Rational(1, TIMESCALE),
        zero=0,
        colour=(1, 1, 1),
    )
    sound = AudioTrack(stream=1, codec="aac", channels=2, sample_rate=48_000)
    return Facts(
        container="mp4",
        duration_s=duration_s,
        picture=video,
        audio=sound if audio else None,
        copying=copying or Obstacle(code=ObstacleCode.CODEC),
    )


def track(name: str, plan: Plan, first: int, count: int = 1, *, scale: int = 1) -> Track:
    """What an encoder could have written: segments of a rendition, `scale` times as many bytes as usual."""
    segments = []
    for chunk in plan.chunks[first : first + count]:
        seconds = plan.span_s(chunk)
        segments.append(
            Segment(
                index=chunk.first,
                start=chunk.bounds_s[0] * TIMESCALE,
                duration=round(seconds * TIMESCALE),
                size=round(seconds * BYTES_PER_SECOND * scale),
                samples=round(plan.frames(chunk)),
            )
        )
    return Track(name=name, timescale=TIMESCALE, codec="avc1.64001e", init_sha256=name, segments=segments)


def rung_tracks(plan: Plan, chunk: int) -> list[Track]:
    """A chunk as encoded, a track per rung."""
    return [track(rung.name, plan, chunk) for rung in plan.rungs]


def chunk_of(plan: Plan, number: int) -> Chunk:
    tracks = rung_tracks(plan, number)
    return Chunk(tracks=tracks, frames=sum(segment.samples for segment in tracks[0].segments))
