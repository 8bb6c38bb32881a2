"""What a disk says when it cannot, in the words of webapp/errors.py."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from ..errors import NoSpace, Unavailable

# No blocks left, the user's quota used up, or a file larger than the file system takes.
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
MISSING = (FileNotFoundError, NotADirectoryError, IsADirectoryError)


@contextmanager
def disk_trouble() -> Iterator[None]:
    """Leaves MISSING as it is: what that means depends on what was asked.

    Raises:
        NoSpace: the disk is full.
        Unavailable: it does not work, or not for us.
    """
    try:
        yield
    except MISSING:
        raise
    except OSError as error:
        if error.errno in FULL:
            raise NoSpace(
                "no_space",
                "The server has no space left.",
                "Try again once whoever runs this server has made room.",
            ) from error
        raise Unavailable(
            "storage_unavailable",
            "The server cannot get at its files.",
            "Try again later. If it happens again, tell whoever runs this server.",
        ) from error
