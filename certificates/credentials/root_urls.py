"""Addresses of field credentials that stand at the root, in no language."""

from django.urls import path

from certificates.credentials import views

urlpatterns = [path("verify-worker.js", views.verify_worker, name="verify_worker")]
