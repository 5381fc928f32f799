"""Serves what the API says of itself: as OpenAPI, and as a page to read."""

from __future__ import annotations

from collections.abc import Mapping

from shared.platform.edges.http import Request, Response
from shared.platform.edges.routes import Routes

PAGE_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}

api: Routes[None] = Routes("skills_api")


@api.get("/api/v1/openapi.json", "This API as OpenAPI 3.1", None, tag="About")
def get_openapi(request: Request, on: None) -> Response:
    from functions.skills_api.openapi import document

    return Response(document())


@api.get("/api/v1/docs", "This API as a page to read", None, content_type="text/html", tag="About")
def get_documentation(request: Request, on: None) -> Response:
    from functions.skills_api.openapi import document
    from functions.skills_api.openapi_page import page

    return Response(text=page(document()), content_type="text/html; charset=utf-8", headers=PAGE_HEADERS)
