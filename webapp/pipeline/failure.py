"""Why a run failed, and that it did."""

import asyncio
from contextlib import suppress

import structlog

from ..errors import NoSpace
from ..media.failures import Unprocessable, code_of as limit_reached
from .child import ChildCrashed, ChildStalled
from .engine import GaveUp
from .journal import Journal, RunOver

log = structlog.get_logger()

FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 30.0


def failure_code(error: BaseException | None) -> str:
    """Which of FAILURES an exception amounts to."""
    match error:
        case Unprocessable(code=code):
            return code
        case NoSpace():
            return "no_space"
        case GaveUp(__cause__=cause):
            return "crashed" if failure_code(cause) == "internal" else failure_code(cause)
        case ChildStalled():
            return "stalled"
        case ChildCrashed(out_of_time=True):
            return "too_demanding"
        case ChildCrashed():
            return "crashed"
        case OSError():
            return limit_reached(error) or "internal"
    return "internal"


async def write_down(journal: Journal, code: str) -> None:
    """Tries until it is: what brought the run down may keep the database from writing."""
    pause_s = FIRST_PAUSE_S
    while True:
        try:
            with suppress(RunOver):
                await journal.fail(code)
            return
        except Exception as error:
            log.error("failure could not be recorded", code=code, exc_info=error)
        await asyncio.sleep(pause_s)
        pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
