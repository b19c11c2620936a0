"""Addresses of staff sign-in under /staff/: allauth's sign-in, sign-out and second factor, nothing else of it."""

from allauth.account import views as account
from django.urls import include, path

urlpatterns = [
    path("sign-in/", account.login, name="account_login"),
    path("sign-out/", account.logout, name="account_logout"),
    path("password/", account.password_change, name="account_change_password"),
    path("confirm/", account.reauthenticate, name="account_reauthenticate"),
    path("closed/", account.account_inactive, name="account_inactive"),
    path("second-factor/", include("allauth.mfa.urls")),
]
