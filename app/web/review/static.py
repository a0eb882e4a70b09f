"""The pages' style sheet, module and icon: files of ours, which browsers may keep as long as they like."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.web.problems import RefusedRequest
from app.web.review.pages import STATIC

router = APIRouter(include_in_schema=False)
_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
_FILES = {path.name: (path.read_bytes(), _TYPES[path.suffix]) for path in STATIC.iterdir() if path.suffix in _TYPES}
"""Read once: some 30 KB."""
_HEADERS = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",  # of an SVG that is opened by itself
}


@router.get("/review/static/{name}")
async def static_file(request: Request) -> Response:
    """The address carries a hash of the file, so a new version is another address."""
    found = _FILES.get(request.path_params["name"])
    if found is None:
        raise RefusedRequest("not-found")
    return Response(found[0], 200, _HEADERS, found[1])
