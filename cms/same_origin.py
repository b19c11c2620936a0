"""Forms and scripts on stored pages carry no token; their requests are held to this school's own pages instead."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt


def is_same_origin(request: HttpRequest) -> bool:
    """Return whether a browser sent this from a page of this school.

    `Sec-Fetch-Site` where the browser sends it, else `Origin`, else (old browsers, which send neither on a form) the
    session cookie's SameSite=Lax keeps foreign posts anonymous.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site:
        return site in {"same-origin", "none"}
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.get_host()


def same_origin_post(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let a view take posts without a token, from this school's own pages only (403 otherwise)."""

    @csrf_exempt
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and not is_same_origin(request):
            return render(request, "cms/not_allowed.html", {"reason": ""}, status=403)
        return view(request, *args, **kwargs)

    return guarded
