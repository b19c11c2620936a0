"""Pages kept rendered and compressed: the same bytes for everyone who reads them at one address.

A view marks its response with `store(response)`; `cms.middleware.StoredPageMiddleware` keeps it under host, path
and the current generation, and answers the next reader without session, database or template. `drop_all()` starts a
new generation whenever anything that a stored page shows has changed.
"""

import gzip
import hashlib
import uuid
from dataclasses import dataclass, field
from functools import cached_property

import brotli
from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import ResponseHeaders

GENERATION_KEY = "stored-pages-generation"
MOST_IN_PROCESS = 500
DROPPED_HEADERS = {"content-length", "vary", "etag", "cache-control", "set-cookie"}

_here: dict[str, "StoredPage"] = {}


@dataclass(frozen=True)
class StoredPage:
    """One rendered page with its compressed forms; `etag` names the readable bytes."""

    etag: str
    headers: dict[str, str]
    bodies: dict[str, bytes] = field(repr=False)

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Return the response this request asks for: 304, or the body in the smallest form it accepts."""
        if request.META.get("HTTP_IF_NONE_MATCH", "").removeprefix("W/") == self.etag:
            return HttpResponseNotModified(headers=self._own_headers)
        accepted = request.META.get("HTTP_ACCEPT_ENCODING", "")
        encoding = "br" if "br" in accepted else "gzip" if "gzip" in accepted else ""
        response = HttpResponse(self.bodies[encoding])
        response.headers = self._checked_headers[encoding]
        return response

    @property
    def _own_headers(self) -> dict[str, str]:
        return {"ETag": self.etag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}

    @cached_property
    def _checked_headers(self) -> dict[str, ResponseHeaders]:
        """The headers by encoding, checked once; nothing stands before the middleware that could change them."""
        checked = {}
        for encoding, body in self.bodies.items():
            checked[encoding] = ResponseHeaders({**self.headers, **self._own_headers, "Content-Length": str(len(body))})
            if encoding:
                checked[encoding]["Content-Encoding"] = encoding
        return checked


def store(response: HttpResponse) -> HttpResponse:
    """Mark a response as the same for everyone, to be kept."""
    response.stored_page = True  # type: ignore[attr-defined]
    return response


def is_marked(response: HttpResponse) -> bool:
    """Return whether a view marked this response to be kept."""
    return getattr(response, "stored_page", False)


def generation() -> str:
    """Return the name of the current generation of stored pages."""
    current = cache.get(GENERATION_KEY)
    if current is None:
        cache.add(GENERATION_KEY, uuid.uuid4().hex, timeout=None)
        current = cache.get(GENERATION_KEY)
    return str(current)


def drop_all() -> None:
    """Start a new generation once the current transaction is committed."""
    transaction.on_commit(lambda: cache.set(GENERATION_KEY, uuid.uuid4().hex, timeout=None))


def key_of(request: HttpRequest) -> str | None:
    """Return the key under which this request's page may be stored, or None when it never is."""
    if request.method not in {"GET", "HEAD"} or request.META.get("QUERY_STRING"):
        return None
    return f"{generation()}:{request.scheme}://{request.META.get('HTTP_HOST', '')}{request.path_info}"


def find(key: str) -> StoredPage | None:
    """Return the stored page, from this process or from the cache it shares with the others."""
    page = _here.get(key)
    if page is None:
        page = cache.get(_shared(key))
        if page is not None:
            _remember(key, page)
    return page


def keep(key: str, response: HttpResponse) -> StoredPage:
    """Store a rendered response under a key taken before it was rendered; return the stored page."""
    body = response.content
    page = StoredPage(
        etag=f'"{hashlib.sha256(body).hexdigest()[:24]}"',
        headers={name: value for name, value in response.items() if name.lower() not in DROPPED_HEADERS},
        bodies={"": body, "gzip": gzip.compress(body, 9, mtime=0), "br": brotli.compress(body, quality=9)},
    )
    cache.set(_shared(key), page, timeout=7 * 24 * 3600)
    _remember(key, page)
    return page


def _shared(key: str) -> str:
    return "stored-page:" + hashlib.sha256(key.encode()).hexdigest()


def _remember(key: str, page: StoredPage) -> None:
    if len(_here) >= MOST_IN_PROCESS:
        _here.clear()
    _here[key] = page
