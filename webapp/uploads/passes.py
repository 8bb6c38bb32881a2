"""Who may upload a file, for which video and until when."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from itsdangerous import BadSignature, URLSafeTimedSerializer

from ..db import now
from ..errors import Forbidden
from ..videos import Video

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class UploadPass:
    """Permission to upload the file of one video until a moment; `token` proves it."""

    token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Announced:
    """What was said of a file before it came: whether to process it at once, and its size in bytes."""

    process: bool
    size: int | None


class Passes:
    def __init__(self, signing_key: str, lasts_s: int) -> None:
        self._signer, self._lasts_s = URLSafeTimedSerializer(signing_key, salt="upload"), lasts_s

    def issue(self, video: Video, process: bool) -> UploadPass:
        """Permission to upload the file, of the size that the video has, if it has one."""
        expires_at = now() + timedelta(seconds=self._lasts_s)
        return UploadPass(self._signer.dumps([video.id, process, video.size_bytes]), expires_at)

    def check(self, video_id: str, token: str) -> Announced:
        """
        Raises:
            Forbidden: the token is not ours, for another video, or too old.
        """
        try:
            allowed, process, *size = self._signer.loads(token, max_age=self._lasts_s)
        except BadSignature as error:
            log.info("upload refused", video=video_id, reason=str(error))
            allowed, process, size = None, False, []
        if allowed != video_id:
            raise Forbidden(
                "bad_upload_address",
                "This upload address is wrong or has expired.",
                "Create the video again with POST /videos to get a new one.",
            )
        return Announced(bool(process), size[0] if size else None)  # earlier ones have none
