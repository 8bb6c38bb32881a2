"""How much a run may write."""

from collections.abc import Iterable

from ..media.failures import Unprocessable
from ..media.messages import Track


class Allowance:
    """Counts the bytes of what is encoded. A run that goes on counts what it has again."""

    def __init__(self, most_bytes: int | None) -> None:
        """`most_bytes` of all renditions together; None for any number."""
        self._most_bytes, self._spent = most_bytes, 0

    def spend(self, tracks: Iterable[Track]) -> None:
        """
        Raises:
            Unprocessable: "too_much_output", if that is more than there may be.
        """
        self._spent += sum(segment.size for track in tracks for segment in track.segments)
        if self._most_bytes is not None and self._spent > self._most_bytes:
            raise Unprocessable("too_much_output", f"{self._spent} bytes so far")
