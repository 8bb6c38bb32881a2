"""Errors as answers: problem documents (RFC 9457) for programs, pages with the same facts for people.

The one place where an error becomes an HTTP status.
"""

import json
import random
from http import HTTPStatus

import structlog
from quart import Quart, Response, render_template, request
from werkzeug.datastructures import Headers
from werkzeug.exceptions import HTTPException

from ..errors import Conflict, Forbidden, Invalid, NoSpace, NotFound, RushesError, TooLarge, Unavailable
from ..events import WireModel
from .negotiation import wants_html

log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = (5, 30)
# The first that fits counts.
STATUSES: dict[type[RushesError], int] = {
    NotFound: 404,
    Invalid: 400,
    Forbidden: 403,
    Conflict: 409,
    TooLarge: 413,
    NoSpace: 507,
    Unavailable: 503,
}


class Problem(WireModel):
    """A problem document. `code` never changes its meaning; `detail` and `hint` are for people."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str
    hint: str | None = None


def register(app: Quart) -> None:
    app.register_error_handler(RushesError, _rushes_error)
    app.register_error_handler(HTTPException, _http_exception)
    app.register_error_handler(Exception, _bug)


def problem(status: int, detail: str, code: str, hint: str = "") -> Problem:
    return Problem(
        title=HTTPStatus(status).phrase, status=status, detail=detail, code=code, hint=hint or None
    )


def problem_of(error: RushesError) -> Problem:
    status = next(status for kind, status in STATUSES.items() if isinstance(error, kind))
    return problem(status, error.message, error.code, error.hint)


async def answer(problem: Problem) -> Response:
    if wants_html():
        page = await render_template("errors/problem.html", problem=problem)
        return Response(page, status=problem.status)
    return _document(problem)


def refusal(error: RushesError) -> Response:
    """The answer to a program."""
    return _with_a_time(_document(problem_of(error)), error)


async def _rushes_error(error: RushesError) -> Response:
    return _with_a_time(await answer(problem_of(error)), error)


def _document(problem: Problem) -> Response:
    body = json.dumps(problem.model_dump(by_alias=True, exclude_none=True))
    return Response(body, status=problem.status, content_type=MEDIA_TYPE)


def _with_a_time(response: Response, error: RushesError) -> Response:
    """Says when to come back, spread, so that those who were sent away together do not come together."""
    if isinstance(error, Unavailable):
        response.headers["Retry-After"] = str(random.randint(*RETRY_AFTER_S))  # noqa: S311
    return response


async def _http_exception(error: HTTPException) -> Response:
    status = error.code or 500
    if 300 <= status < 400:
        return Response(status=status, headers=Headers(error.get_headers()))
    code = (error.name or "error").lower().replace(" ", "_")
    response = await answer(problem(status, error.description or error.name, code))
    for name, value in error.get_headers():
        if name == "Allow":
            response.headers[name] = value
    return response


async def _bug(error: Exception) -> Response:
    log.exception("request failed", path=request.path, exc_info=error)
    return await answer(
        problem(
            500,
            "Something went wrong on our side.",
            "internal",
            "Try again. If it happens again, tell whoever runs this server.",
        )
    )
