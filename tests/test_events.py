"""The wire contract's words and moments."""

from datetime import UTC, datetime

import pytest

from webapp.events import EventType, Status, rfc3339


def test_the_words_are_those_of_the_contract() -> None:
    assert [kind.value for kind in EventType] == [
        "video_status_update",
        "video_downloading",
        "video_transcoding",
        "video_uploading",
        "video_error",
    ]
    assert " ".join(Status) == "created uploading uploaded processing ready failed cancelled"


@pytest.mark.parametrize("status", Status)
def test_only_what_has_come_to_its_end_is_terminal(status: Status) -> None:
    assert status.terminal == (status.value in {"ready", "failed", "cancelled"})


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2024, 1, 1, 12, tzinfo=UTC), "2024-01-01T12:00:00.000Z"),
        (datetime(2024, 1, 1, 12, 0, 0, 999_999, tzinfo=UTC), "2024-01-01T12:00:00.999Z"),
        (datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00.000Z"),
    ],
)
def test_moments_are_written_as_rfc_3339_says(moment: datetime, text: str) -> None:
    assert rfc3339(moment) == text
