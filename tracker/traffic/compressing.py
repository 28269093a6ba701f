"""Packs answers of the interface and static files with gzip, where their reader takes it and it pays.

Pages are never packed: they hold the form token of a signin beside words that others may have chosen, and the length
of a packed page tells of what it holds (BREACH). Neither is what is no plain reading.
"""

from __future__ import annotations

import gzip

from flask import Flask, Response, request

LEAST = 1024
LEVEL = 5
PACKED = (
    "application/json",
    "application/link-format",
    "text/calendar",
    "text/csv",
    "text/css",
    "text/javascript",
    "image/svg+xml",
)


def pack(app: Flask) -> None:
    @app.after_request
    def _pack(response: Response) -> Response:
        if request.method != "GET" or response.status_code != 200 or response.mimetype not in PACKED:
            return response
        response.vary.add("Accept-Encoding")
        if response.is_streamed and not response.direct_passthrough:
            return response
        if "Content-Encoding" in response.headers or not request.accept_encodings.quality("gzip"):
            return response
        response.direct_passthrough, body = False, response.response
        data = response.get_data()
        if callable(close := getattr(body, "close", None)):  # a file is read now, not when it is sent
            close()
        if len(data) < LEAST:
            return response
        response.set_data(gzip.compress(data, LEVEL, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
        tag, _is_weak = response.get_etag()
        if tag:
            response.set_etag(tag, weak=True)  # the same answer, in other bytes
        return response
