"""/openapi.json: the routes with a tag, described by their types and docstrings.

Adds to quart-schema what it cannot say: bodies that are no JSON, answers without a body, problem documents.
"""

import inspect
import re
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from quart_schema.openapi import QUART_SCHEMA_TAG_ATTRIBUTE, OpenAPIProvider
from werkzeug.routing.rules import Rule

from . import problems

View = TypeVar("View", bound=Callable[..., Any])

BODIES, ANSWERS = "_rushes_bodies", "_rushes_answers"
ANY_BYTES: dict[str, Any] = {"type": "string", "format": "binary"}
# quart-schema takes two placeholders with a converter for one.
PLACEHOLDER = re.compile(r"<(?:[^:>]*:)?([^>]+)>")
# OpenAPI 3.1 §4.8.16: a range of codes may stand for each of them.
SUCCESS = "2XX"


def document_body(media_type: str, schema: dict[str, Any]) -> Callable[[View], View]:
    """Says that a route takes such a body, beside others that it takes."""
    return _noting(BODIES, media_type, {"schema": schema})


def document_answer(status: int, description: str) -> Callable[[View], View]:
    """Says that a route answers with this status and no document."""
    return _noting(ANSWERS, str(status), {"description": description})


def _noting(attribute: str, key: str, value: dict[str, Any]) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        setattr(view, attribute, {**getattr(view, attribute, {}), key: value})
        return view

    return decorate


class ApiDescription(OpenAPIProvider):
    """The API alone: pages, and the fragments that they are made of, have no tag."""

    def generate_rules(self) -> Iterable[Rule]:
        return (
            rule
            for rule in super().generate_rules()
            if getattr(self._app.view_functions[rule.endpoint], QUART_SCHEMA_TAG_ATTRIBUTE, None)
        )

    def build_paths(self, rule: Rule) -> tuple[dict[str, Any], dict[str, Any]]:
        paths, components = super().build_paths(rule)
        view = self._app.view_functions[rule.endpoint]
        (operations,) = paths.values()
        for operation in operations.values():
            operation["summary"], operation["description"] = _told(view)
            bodies = getattr(view, BODIES, {})
            if bodies:
                operation.setdefault("requestBody", {"content": {}})["content"].update(bodies)
            responses = {str(status): answer for status, answer in operation["responses"].items()}
            responses |= getattr(view, ANSWERS, {})
            if not any(status.startswith("2") for status in responses):
                responses[SUCCESS] = {"description": "As described above."}
            operation["responses"] = dict(sorted(responses.items()))
        return {PLACEHOLDER.sub(r"{\1}", rule.rule): operations}, components

    def operation_id(self, method: str, path: str, func: Callable[..., Any]) -> str:
        """A noun and a verb, such as videos_process: the same verb may be in several modules."""
        return f"{func.__module__.rpartition('.')[2]}_{func.__name__}"

    def build_response_object(self, model: Any, headers_model: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """Schemas stand among the components, so that they have a name and are there once."""
        answer, components = super().build_response_object(model, headers_model)
        media_type = problems.MEDIA_TYPE if issubclass(model, problems.Problem) else "application/json"
        components[model.__name__] = answer["content"].pop("application/json")["schema"]
        answer["content"][media_type] = {"schema": {"$ref": f"#/components/schemas/{model.__name__}"}}
        return answer, components


def _told(view: Callable[..., Any]) -> tuple[str, str]:
    """A docstring's first sentence, and all of it."""
    text = inspect.getdoc(view) or ""
    paragraph = " ".join(text.partition("\n\n")[0].split())
    return paragraph.partition(". ")[0].rstrip("."), text
