"""The JSON API as /openapi.json describes it."""

import re
from typing import Any

import pytest
from openapi_spec_validator import validate

from tests.support.site import JSON, Site


@pytest.fixture
async def described(site: Site) -> dict[str, Any]:
    found = (await site.client.get("/openapi.json")).raise_for_status().json()
    assert isinstance(found, dict)
    return found


async def test_it_is_valid(described: dict[str, Any]) -> None:
    validate(described)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "/videos"),
        ("post", "/videos"),
        ("get", "/videos/{video_id}"),
        ("delete", "/videos/{video_id}"),
        ("put", "/videos/{video_id}/original"),
        ("post", "/videos/{video_id}/process"),
        ("post", "/videos/{video_id}/cancel"),
        ("get", "/videos/{video_id}/status"),
    ],
)
async def test_every_request_of_the_api_is_there_with_its_words(
    described: dict[str, Any], method: str, path: str
) -> None:
    operation = described["paths"][path][method]
    assert operation["summary"] or operation["description"]
    assert any(status.startswith("2") for status in operation["responses"])


async def test_names_are_in_camel_case(described: dict[str, Any]) -> None:
    for name, schema in described["components"]["schemas"].items():
        for field in schema.get("properties", {}):
            assert re.fullmatch(r"[a-z][a-zA-Z0-9]*", field), f"{name}.{field}"


async def test_losses_in_seconds_are_said_to_be(described: dict[str, Any]) -> None:
    fields = described["components"]["schemas"]["Losses"]["properties"]
    said = {name: field["description"] for name, field in fields.items() if name.endswith("Seconds")}
    assert len(said) == 4 and all("how long" in words.lower() for words in said.values())


async def test_answers_have_the_fields_that_are_described(site: Site, described: dict[str, Any]) -> None:
    video_id = await site.published()
    status = f"/videos/{video_id}/status"
    for document, name in (
        (await site.document(video_id), "VideoDocument"),
        ((await site.client.get("/videos")).json(), "VideoList"),
        (await site.create(), "CreatedVideo"),
        ((await site.client.get(status, headers=JSON)).json(), "VideoEvent"),
        ((await site.client.get("/videos/nothing", headers=JSON)).json(), "Problem"),
    ):
        schema = described["components"]["schemas"][name]
        assert set(schema["required"]) <= document.keys() <= schema["properties"].keys(), name


async def test_every_operation_says_what_comes_of_it(described: dict[str, Any]) -> None:
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            assert operation["summary"] and operation["tags"], f"{method} {path}"
            for status, answer in operation["responses"].items():
                kinds = set(answer.get("content", {}))
                expected = {"application/problem+json"} if status >= "4" else {"application/json"}
                assert kinds <= expected, f"{method} {path} {status}"


async def test_whatever_takes_a_body_may_be_told_that_the_server_stops(described: dict[str, Any]) -> None:
    taking = [
        operation
        for operations in described["paths"].values()
        for operation in operations.values()
        if "requestBody" in operation
    ]
    assert len(taking) >= 4
    assert all("503" in operation["responses"] for operation in taking)


async def test_placeholders_are_those_of_the_parameters(described: dict[str, Any]) -> None:
    for path, operations in described["paths"].items():
        for operation in operations.values():
            names = {one["name"] for one in operation["parameters"] if one["in"] == "path"}
            assert set(re.findall(r"{(\w+)}", path)) == names


async def test_pages_and_their_fragments_are_not_part_of_the_api(described: dict[str, Any]) -> None:
    for path in (
        "/",
        "/videos/{video_id}/player",
        "/videos/{video_id}/receiving",
        "/videos/{video_id}/delete",
    ):
        assert path not in described["paths"]


async def test_every_stream_says_that_it_can_be_resumed(described: dict[str, Any]) -> None:
    streams = [path for path in described["paths"] if re.search(r"/(status|fragments)$", path)]
    assert len(streams) == 6
    for path in streams:
        named = {one["name"]: one for one in described["paths"][path]["get"]["parameters"]}
        assert named["last_event_id"]["in"] == "query"
        assert not named["last_event_id"].get("required")
