"""Addresses of files taken out of the register, below the language."""

from django.urls import path

from certificates.register import export_views as views

urlpatterns = [
    path("register/export/", views.export_register, name="export_register"),
    path("register/export/names/", views.ask_sensitive_export, name="ask_sensitive_export"),
    path("register/exports/", views.sensitive_exports, name="sensitive_exports"),
    path("register/exports/<uuid:export>/", views.sensitive_export, name="sensitive_export"),
    path("register/exports/<uuid:export>/fetch/", views.fetch_sensitive_export, name="fetch_sensitive_export"),
    path("register/exports/<uuid:export>/file/", views.sensitive_export_file, name="sensitive_export_file"),
]
