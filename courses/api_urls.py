"""Addresses of the JSON endpoints."""

from django.urls import path

from courses import api

urlpatterns = [
    path("sync/", api.sync, name="api_sync"),
    path("draws/", api.issue_draw, name="api_draws"),
    path("me/", api.me, name="api_me"),
]
