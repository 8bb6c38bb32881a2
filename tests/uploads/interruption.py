"""What is to be seen of an upload that broke off."""

from webapp.events import EventType, Status, VideoEvent
from webapp.videos import Video


def assert_interrupted(video: Video, event: VideoEvent, code: str = "upload_interrupted") -> None:
    assert video.status is Status.FAILED
    assert video.uploaded_at is None
    assert video.error and video.error.code == code
    assert (event.event_type, event.status) == (EventType.ERROR, Status.FAILED)
    assert event.error and event.error.code == code and event.error.hint
