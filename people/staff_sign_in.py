"""Staff sign in through allauth: password and second factor, accounts made by an administrator only."""

import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from django.http import HttpRequest
from django.urls import reverse

JUST_NOW = 300
"""Seconds after a sign-in during which the password is not asked for again."""


class StaffAccountAdapter(DefaultAccountAdapter):
    """Nobody signs up: staff accounts are made in the admin."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False."""
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Return where work begins: the admin for who writes and keeps the school, else the facilitator's desk."""
        return "/admin/" if request.user.has_perm("wagtailadmin.access_admin") else reverse("facilitate")

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Ask for the password again before the second factor is changed, unless she has just typed it."""
        records = get_authentication_records(self.request, self.request.user)
        return not any(time.time() - record["at"] < JUST_NOW for record in records)
