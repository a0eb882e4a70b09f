"""The machine-readable description, /openapi.json: bodies are read by hand, so they are described by hand."""

import json
from functools import cache
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from app.web.problems import CONTENT_TYPE, PROBLEMS, Problem, RefusedRequest
from app.web.schemas import ProblemOut

_REFS = "#/components/schemas/{model}"
_NEEDS_KEY: dict[str, Any] = {"security": [{"bearer": []}, {"header": []}, {"basic": []}]}
_SCHEMES = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "The site's key."},
    "header": {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "The site's key."},
    "basic": {"type": "http", "scheme": "basic", "description": "The site's key as user name, no password."},
    "metrics": {"type": "http", "scheme": "bearer", "description": "WINNOW_METRICS_KEY."},
}

_ANSWERED: dict[str, type[BaseModel]] = {}
"""Every model that an operation answers with, by name; filled while the routes are being declared."""

_TAKEN: dict[str, type[BaseModel]] = {}
"""The same of what operations take."""


def answers(model: type[BaseModel] | None, *codes: str, ndjson: bool = False) -> dict[int | str, dict[str, Any]]:
    """FastAPI's `responses`: 200 with that model, and every problem of `codes` under its status."""
    described: dict[int | str, dict[str, Any]] = {}
    if model is not None:
        _ANSWERED[model.__name__] = model
        described[200] = {"model": model, "content": {"application/json": {}}}
        if ndjson:
            described[200]["content"]["application/x-ndjson"] = {
                "schema": {"type": "string", "description": "One answer a line, in the order of the lines."}
            }
    for code in codes:
        problem = PROBLEMS[code]
        entry = described.setdefault(problem.status, _no_problems(problem))
        entry["content"][CONTENT_TYPE]["examples"][code] = {"value": _example(problem)}
        if problem.title not in entry["description"]:
            entry["description"] = f"{entry['description']} {problem.title}".strip()
    return described


def takes(model: type[BaseModel], *, ndjson: bool = False) -> dict[str, Any]:
    """The `openapi_extra` of an operation with a JSON body and a key."""
    _TAKEN[model.__name__] = model
    reference = {"$ref": _REFS.format(model=model.__name__)}
    content: dict[str, Any] = {"application/json": {"schema": reference}}
    if ndjson:
        lines = "One ClassifyIn a line, in UTF-8."
        content["application/x-ndjson"] = {"schema": {"type": "string", "description": lines}}
    return {"requestBody": {"required": True, "content": content}, **_NEEDS_KEY}


def takes_path(name: str, description: str, example: str, *, key: bool = True) -> dict[str, Any]:
    """The `openapi_extra` of an operation with one part of its path left open."""
    parameter = {
        "name": name,
        "in": "path",
        "required": True,
        "description": description,
        "schema": {"type": "string"},
        "example": example,
    }
    return {"parameters": [parameter], **(_NEEDS_KEY if key else {})}


def takes_query(*parameters: tuple[str, str, int]) -> dict[str, Any]:
    """The `openapi_extra` of an operation with whole numbers in its query: name, description, default."""
    described = [
        {
            "name": name,
            "in": "query",
            "required": False,
            "description": description,
            "schema": {"type": "integer", "default": default},
        }
        for name, description, default in parameters
    ]
    return {"parameters": described, **_NEEDS_KEY}


def install(app: FastAPI) -> None:
    """/openapi.json with the security schemes and the schemas that no signature mentions."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            made = get_openapi(
                title=app.title,
                version=app.version,
                summary=app.summary,
                description=app.description,
                routes=app.routes,
            )
            components = made.setdefault("components", {})
            components["securitySchemes"] = _SCHEMES
            _describe(made["paths"], components.setdefault("schemas", {}))
            app.openapi_schema = made
        return app.openapi_schema

    @cache
    def encoded() -> bytes:
        return json.dumps(document(), ensure_ascii=False, separators=(",", ":")).encode()

    async def openapi(request: Request) -> Response:
        return Response(encoded(), media_type="application/json")

    app.openapi = document  # type: ignore[method-assign]
    # Written once: encoding its 80 kB takes 1.2 ms, as long as judging a comment, and anybody may ask for it.
    app.add_route("/openapi.json", openapi, include_in_schema=False)


def _describe(paths: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Adds every schema and example as its model has it; FastAPI's own lack what is null."""
    described: list[type[BaseModel]] = [ProblemOut, *_TAKEN.values(), *_ANSWERED.values()]
    for model in described:
        schema = model.model_json_schema(ref_template=_REFS)
        schemas.update(schema.pop("$defs", {}))
        schemas[model.__name__] = schema
    for operation in (each for path in paths.values() for each in path.values()):
        answer = operation["responses"].get("200", {}).get("content", {}).get("application/json", {})
        if "$ref" in answer.get("schema", {}):
            answer["example"] = schemas[answer["schema"]["$ref"].rpartition("/")[2]]["examples"][0]


def _no_problems(problem: Problem) -> dict[str, Any]:
    reference = {"$ref": _REFS.format(model="ProblemOut")}
    described: dict[str, Any] = {
        "description": "",
        "content": {CONTENT_TYPE: {"schema": reference, "examples": {}}},
    }
    if problem.status == 503:
        described["headers"] = {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}}
    elif problem.status == 401:
        described["headers"] = {"WWW-Authenticate": {"description": "Bearer", "schema": {"type": "string"}}}
    return described


def _example(problem: Problem) -> dict[str, Any]:
    extra: dict[str, Any] = {}
    if problem.code == "fields-invalid":
        extra = {"errors": [{"field": "text", "expected": "a string"}]}
    elif problem.code == "not-ready":
        extra = {"parts": {"store": "The disk is full.", "model": "2026-11-22.1"}}
    return RefusedRequest(problem.code, extra=extra).body()
