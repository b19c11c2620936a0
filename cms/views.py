"""Addresses that belong to nobody in particular."""

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request
from django.views.decorators.http import require_safe
from django.views.static import serve
from wagtail.models import Locale

NEUTRAL_ADDRESS = "https://es.wikipedia.org/wiki/Especial:Aleatoria"


@require_safe
def choose_language(request: HttpRequest) -> HttpResponse:
    """Lead to the home page in the reader's language where the school has it, else in Spanish."""
    wished = get_language_from_request(request)
    active = set(Locale.objects.values_list("language_code", flat=True))
    response = redirect(f"/{wished if wished in active else settings.LANGUAGE_CODE}/")
    patch_vary_headers(response, ["Accept-Language"])
    return response


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer whether the school and its database are up."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"ok": True})


def quick_exit(request: HttpRequest) -> HttpResponse:
    """End the session and lead to a harmless page elsewhere; what was not yet sent stays on the phone."""
    request.session.flush()
    response = HttpResponseRedirect(NEUTRAL_ADDRESS)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@require_safe
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """Serve an uploaded file. A changed file gets a new name, so that phones may keep it for a month."""
    response = serve(request, path, document_root=str(settings.MEDIA_ROOT))
    response.headers["Cache-Control"] = "public, max-age=2592000, immutable"
    return response


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that there is no such page, and where to go on."""
    return render(request, "cms/not_found.html", status=404)


def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that this page is for others, and how to sign in."""
    return render(request, "cms/not_allowed.html", {"reason": str(exception)}, status=403)


def went_wrong(request: HttpRequest) -> HttpResponse:
    """Say that the school failed, that nothing is lost, and what to do. Asks nothing of the database."""
    return HttpResponse(render_to_string("cms/went_wrong.html"), status=500)
