"""Addresses of the register, below the language."""

from django.urls import path

from certificates.register import views

urlpatterns = [
    path("register/", views.register, name="register"),
    path("register/map/", views.register_map, name="register_map"),
    path("register/people/<uuid:person>/", views.register_person, name="register_person"),
    path("register/alerts/<int:alert>/", views.read_alert, name="read_alert"),
]
