"""Middleware of the ground floor: stored pages before everything, the language and the content policy by path."""

from collections.abc import Callable

from csp.middleware import CSPMiddleware
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.middleware.locale import LocaleMiddleware
from django.utils import translation

from cms import stored_pages

NO_LANGUAGE = ("/admin/", "/staff/", "/api/", "/issuers/", "/.well-known/", settings.STATIC_URL, settings.MEDIA_URL)
"""Where addresses name no language."""
TEXT_TYPES = ("text/", "application/json", "image/svg+xml")


class CompressTextMiddleware(GZipMiddleware):
    """Compresses what is text; stored pages have their own way, photographs, sound and PDF files are small already."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:  # type: ignore[override]
        """Compress the response where that pays (against BREACH, Django adds a random length)."""
        is_text = response.headers.get("Content-Type", "").startswith(TEXT_TYPES)
        will_be_stored = stored_pages.is_marked(response) and stored_pages.key_of(request)
        if not is_text or will_be_stored:
            return response
        return super().process_response(request, response)  # type: ignore[return-value]


def is_learner_path(path: str) -> bool:
    """Return whether an address belongs to the pages that are read in a language."""
    return not path.startswith(NO_LANGUAGE)


class StoredPageMiddleware:
    """Answers stored pages before sessions, and keeps what a view marked with `stored_pages.store`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_preview = getattr(request, "is_dummy", False)  # Wagtail asks for a page under its published address
        key = stored_pages.key_of(request) if is_learner_path(request.path_info) and not is_preview else None
        if key and (page := stored_pages.find(key)):
            return page.answer(request)
        response = self.get_response(request)
        if key and response.status_code == 200 and stored_pages.is_marked(response):
            return stored_pages.keep(key, response).answer(request)
        return response


class SchoolLocaleMiddleware(LocaleMiddleware):
    """Speaks the language of the address; staff pages, which name none, are in Spanish whatever the browser wishes."""

    def process_request(self, request: HttpRequest) -> None:
        """Activate the language of the request."""
        super().process_request(request)
        if request.path_info.startswith(("/admin/", "/staff/")):
            translation.activate(settings.LANGUAGE_CODE)
            request.LANGUAGE_CODE = settings.LANGUAGE_CODE

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Lead a wrong address to the reader's language, but not where addresses never have one."""
        if not is_learner_path(request.path_info):
            return response
        return super().process_response(request, response)


class ContentSecurityMiddleware(CSPMiddleware):
    """Sends the strict policy everywhere but under /admin/, where Wagtail's editor needs a looser one."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Add the policy that fits the path."""
        if request.path_info.startswith("/admin/"):
            response._csp_config = settings.ADMIN_CONTENT_SECURITY_POLICY["DIRECTIVES"]  # type: ignore[attr-defined]
        return super().process_response(request, response)
