"""In which order the chunks of a run are encoded."""

from itertools import pairwise


class Order:
    """Hands out each chunk once.

    Attributes:
        left: numbers of those that nobody has begun.
    """

    def __init__(self, count: int, slots: int) -> None:
        """Of `count` chunks, `slots` of which are encoded at a time."""
        self.left, self._slots = list(range(count)), slots

    def next(self, after: int | None, *, growing: bool) -> int | None:
        """Number of the chunk to do next, for who did `after` last; None if there is none left.

        One after another where the video is `growing` before somebody's eyes. Else whoever has done a chunk
        gets the one that follows, whose pictures need not be looked for from a keyframe on, and who begins
        gets the middle of what is left.
        """
        if not self.left:
            return None
        if growing or self.left[0] == 0:
            return self.left.pop(0)
        if after is not None and after + 1 in self.left:
            self.left.remove(after + 1)
            return after + 1
        return self.left.pop(self._middle())

    def side_by_side(self, number: int) -> bool:
        """Whether to encode the rungs of chunk `number`, just handed out, in threads.

        That takes 4 % more CPU, but half the time where cores would be left over, as when the last chunks
        are under way; and the first one is waited for.
        """
        cores_each = self._slots / (len(self.left) + 1)
        return self._slots > 1 and (number == 0 or cores_each >= 2)

    def _middle(self) -> int:
        """Place in `left` of the middle of the longest row that has no gap."""
        known = set(self.left)
        begins = [place for place, number in enumerate(self.left) if number - 1 not in known]
        begin, end = max(pairwise([*begins, len(self.left)]), key=lambda row: row[1] - row[0])
        return (begin + end) // 2
