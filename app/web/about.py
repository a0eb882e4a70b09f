"""What somebody sees who opens the address in a browser: what this is, and what its errors mean."""

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict
from starlette.requests import Request
from starlette.responses import Response

from app.web import answers, openapi
from app.web.problems import PROBLEMS, RefusedRequest

router = APIRouter(tags=["about"])


class AboutOut(BaseModel):
    """The service and where to go on."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "Winnow",
                    "version": "0.1.0",
                    "description": "A comment spam filter that says why.",
                    "links": {"openapi": "/openapi.json", "ready": "/readyz"},
                }
            ]
        }
    )

    name: str
    version: str
    description: str
    links: dict[str, str]


class ProblemKindOut(BaseModel):
    """One kind of error answer, explained."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "/problems/body-too-large",
                    "code": "body-too-large",
                    "status": 413,
                    "title": "The body is larger than this service reads.",
                    "remedy": "Send less of page_text, or raise WINNOW_MAX_BODY_BYTES.",
                }
            ]
        }
    )

    type: str
    code: str
    status: int
    title: str
    remedy: str


@router.get("/", summary="What this is", responses=openapi.answers(AboutOut, "internal"))
async def about(request: Request) -> Response:
    """Name, version and where to go on; needs no key."""
    app = request.app
    links = {"openapi": "/openapi.json", "ready": "/readyz"}
    return answers.json_response(
        {"name": app.title, "version": app.version, "description": app.summary, "links": links}
    )


@router.get(
    "/problems/{code}",
    summary="What an error means",
    description="The address in every problem's `type`.",
    responses=openapi.answers(ProblemKindOut, "not-found", "internal"),
    openapi_extra=openapi.takes_path("code", "The problem's `code`.", "body-too-large", key=False),
)
async def problem_kind(request: Request) -> Response:
    """One line of the table in app/web/problems.py."""
    problem = PROBLEMS.get(request.path_params["code"])
    if problem is None:
        raise RefusedRequest("not-found")
    return answers.json_response(
        {
            "type": f"/problems/{problem.code}",
            "code": problem.code,
            "status": problem.status,
            "title": problem.title,
            "remedy": problem.remedy,
        }
    )
