"""Everything that can go wrong and is not a bug.

    RushesError
    ├── NotFound        what was asked for does not exist, or no longer
    ├── Invalid         the request makes no sense as it is
    ├── Forbidden       a signature is wrong or too old, or another site asks
    ├── Conflict        it makes sense, but not in the state the video is in
    ├── TooLarge        more bytes than this installation takes
    └── Unavailable     not now: too many connections, storage away
        └── NoSpace     storage is full

Each carries what a person needs: a code for programs, a sentence and, where there is one, a way out. Which
HTTP status they become is decided in web/problems.py alone. What is wrong with an upload as a video is not an
error but an outcome: see media/failures.py.
"""


class RushesError(Exception):
    """
    Attributes:
        code: lower case words joined by underscores; never changes its meaning.
        message: a sentence.
        hint: what to do about it, or "".
    """

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.hint = code, message, hint


class NotFound(RushesError):
    pass


class Invalid(RushesError):
    pass


class Forbidden(RushesError):
    pass


class Conflict(RushesError):
    pass


class TooLarge(RushesError):
    pass


class Unavailable(RushesError):
    pass


class NoSpace(Unavailable):
    pass
