"""Errors of the HTTP interface as ``application/problem+json`` (RFC 9457), with a Vietnamese sentence for people."""

from __future__ import annotations

from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DataError
from starlette.exceptions import HTTPException

log = structlog.get_logger()

_SENTENCES = {
    400: "Yêu cầu gửi lên không đọc được.",
    401: "Cuộc trò chuyện không còn hiệu lực. Hãy bắt đầu cuộc trò chuyện mới.",
    403: "Yêu cầu không được phép.",
    404: "Không có địa chỉ này.",
    405: "Địa chỉ này không nhận kiểu yêu cầu đó.",
    408: "Yêu cầu gửi đến quá chậm.",
    413: "Nội dung quá dài. Anh/chị rút ngắn dưới 2.000 ký tự.",
    422: "Nội dung gửi lên thiếu hoặc sai.",
    429: "Anh/chị gửi hơi nhanh. Xin chờ một chút rồi gửi lại.",
    500: "Hệ thống gặp trục trặc. Xin thử lại sau ít phút.",
    503: "Dịch vụ này tạm thời chưa dùng được.",
}


class Problem(Exception):
    """An error for the client. status: HTTP code. detail: a sentence in place of the usual one."""

    def __init__(self, status: int, detail: str | None = None, headers: dict[str, str] | None = None) -> None:
        super().__init__(status)
        self.status, self.detail, self.headers = status, detail, headers


def response(
    status: int, detail: str | None = None, headers: dict[str, str] | None = None, **more: Any
) -> JSONResponse:
    """A problem document."""
    sentence = detail or _SENTENCES.get(status, _SENTENCES[500 if status >= 500 else 400])
    body = {"type": "about:blank", "title": _SENTENCES.get(status, sentence), "status": status, "detail": sentence}
    return JSONResponse(body | more, status, headers, media_type="application/problem+json")


def install(app: FastAPI) -> None:
    """Make every error of `app` a problem document; an unexpected one tells nothing of its inside."""

    @app.exception_handler(Problem)
    async def problem(request: Request, error: Problem) -> JSONResponse:
        return response(error.status, error.detail, error.headers)

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> JSONResponse:
        return response(error.status_code, headers=dict(error.headers or {}))

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        broken = any(e["type"].startswith("json") for e in error.errors())
        fields = sorted({".".join(str(part) for part in e["loc"][1:]) for e in error.errors()})
        return response(400 if broken else 422, fields=fields)

    @app.exception_handler(DataError)
    @app.exception_handler(UnicodeEncodeError)
    async def unkeepable(request: Request, error: Exception) -> JSONResponse:
        """A value that no column takes: a NUL character, half a surrogate pair, a number out of range."""
        return response(422)

    @app.exception_handler(Exception)
    async def unexpected(request: Request, error: Exception) -> JSONResponse:
        log.error("unexpected", path=request.url.path, error=type(error).__name__)
        return response(500)
