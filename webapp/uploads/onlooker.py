"""Who looks on while an upload comes."""

from typing import Protocol


class Onlooker(Protocol):
    """Hears of uploads that are to be processed at once. Never raises: an upload goes on without it."""

    def begun(self, video_id: str, size: int) -> None:
        """About so many bytes are going to be received."""
        ...

    async def ended(self, video_id: str, *, whole: bool) -> None:
        """They were, or the upload broke off; may be told again, and without a beginning."""
        ...
