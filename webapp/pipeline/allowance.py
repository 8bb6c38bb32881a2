"""How much a run may write."""

from ..media.failures import Unprocessable
from ..media.segment import Track


class Allowance:
    """Counts the bytes of what is encoded. A run that goes on counts what it has again."""

    def __init__(self, most_bytes: int | None) -> None:
        """`most_bytes` of all renditions together; None for any number."""
        self._most_bytes, self._spent = most_bytes, 0
        self._sizes: dict[tuple[str, int], int] = {}

    def spend(self, *tracks: Track) -> None:
        """Counts their segments, those that were told before once.

        Raises:
            Unprocessable: "too_much_output", if that is more than there may be.
        """
        if self._most_bytes is None:
            return
        for track in tracks:
            for segment in track.segments:
                place = track.name, segment.index
                self._spent += segment.size - self._sizes.get(place, 0)
                self._sizes[place] = segment.size
        if self._spent > self._most_bytes:
            raise Unprocessable("too_much_output", f"{self._spent} bytes so far")
