"""Every job is done by a function made for it. It is found by name, so no type checker sees that."""

from inspect import signature
from typing import get_args, get_type_hints

import pytest

from webapp.media import dispatch
from webapp.media.answers import Answer
from webapp.media.jobs import Job


def test_every_job_has_somebody_who_does_it() -> None:
    assert set(dispatch.DONE_BY) == set(get_args(Job))


@pytest.mark.parametrize("kind", dispatch.DONE_BY)
def test_who_does_a_job_takes_it_and_yields_answers(kind: type[Job]) -> None:
    function = dispatch.function(kind)
    hints = get_type_hints(function)
    assert hints[next(iter(signature(function).parameters))] is kind
    (yielded,) = get_args(hints["return"])
    assert set(get_args(yielded) or [yielded]) <= set(get_args(Answer))
