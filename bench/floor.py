"""The floor under a stored lesson: Django with one view of one line, no middleware, no database, the same bytes."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY="floor", MIDDLEWARE=[])
BODY = b"x" * int(os.environ["FLOOR_BYTES"])


def page(request: HttpRequest) -> HttpResponse:
    """Return as many bytes as the lesson's answer has."""
    return HttpResponse(BODY)


urlpatterns = [path("page/", page), path("healthz", page)]
application = get_wsgi_application()
