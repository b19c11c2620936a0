"""Addresses of field credentials' JSON, below `api/`."""

from django.urls import path

from certificates.credentials import views

urlpatterns = [
    path("credentials/keys/", views.credential_keys, name="credential_keys"),
    path("credentials/status/", views.credential_status, name="credential_status"),
    path("credentials/check/", views.check_credential, name="check_credential"),
]
