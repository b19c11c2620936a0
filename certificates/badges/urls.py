"""Addresses of a holder's own badges, below the language."""

from django.urls import path

from certificates.badges import views

urlpatterns = [
    path("me/certificate/<str:code>/badge/", views.my_certificate_badge, name="certificate_badge"),
    path("me/card/<str:code>/badge/", views.my_card_badge, name="card_badge"),
]
