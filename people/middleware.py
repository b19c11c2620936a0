"""Who asks: the learner of a session, and the gate before staff pages."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from people.models import User
from people.signing_in import learner_of

STAFF_PATHS = ("/facilitate/", "/register/")


class LearnerMiddleware:
    """Puts `request.learner` there: a `Volunteer` or None, asked for only when used."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.learner = SimpleLazyObject(lambda: learner_of(request))  # type: ignore[attr-defined]
        return self.get_response(request)


class StaffGateMiddleware:
    """Lets into staff pages only users who have set up their second factor. A learner's PIN session is no user."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not self._is_staff_path(request.path_info):
            return self.get_response(request)
        user = request.user
        if not isinstance(user, User) and not user.is_authenticated:
            return redirect_to_login(request.get_full_path(), reverse("account_login"))
        if not is_mfa_enabled(user):
            return redirect("mfa_activate_totp")
        if request.path_info.startswith("/admin/") and not user.has_perm("wagtailadmin.access_admin"):
            return redirect("facilitate")  # Wagtail would send her back to a sign-in that sends her here
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    @staticmethod
    def _is_staff_path(path: str) -> bool:
        after_language = "/" + path.lstrip("/").partition("/")[2]
        return path.startswith("/admin/") or after_language.startswith(STAFF_PATHS)
