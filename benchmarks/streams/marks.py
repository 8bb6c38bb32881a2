"""The event that every peer publishes, with the moment of its publication in it.

The moment is CLOCK_MONOTONIC in microseconds, which all processes of a machine share.
"""

import time

from webapp.db import now
from webapp.events import EventType, StageName, Status, VideoEvent

MARK = b"sent@"
DIGITS = 15


def clock_us() -> int:
    return time.monotonic_ns() // 1000


def message() -> str:
    """A sentence for people, marked."""
    return f"Transcoding sent@{clock_us():0{DIGITS}d}"


def video_name(number: int) -> str:
    return f"v{number}"


def event(number: int, seq: int) -> VideoEvent:
    """The event `seq` of the video `number`: about 260 bytes of JSON, as in the middle of a run."""
    progress = seq % 100
    return VideoEvent(
        video_id=video_name(number),
        event_type=EventType.TRANSCODING,
        status=Status.PROCESSING,
        message=message(),
        progress=progress,
        timestamp=now(),
        seq=seq,
        run=1,
        stage=StageName.VIDEO,
        stage_progress=progress,
        eta_seconds=100 - progress,
    )
