"""Addresses of taking the existing network over, below the language."""

from django.urls import path

from certificates.taking_over import views

urlpatterns = [
    path("register/network/", views.take_network_over, name="take_network_over"),
    path("register/network/template/<uuid:organisation>/", views.network_template, name="network_template"),
    path("register/network/<uuid:table>/", views.network_table, name="network_table"),
]
