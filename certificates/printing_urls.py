"""Addresses of printing many certificates, below the language."""

from django.urls import path

from certificates import printing_views as views

urlpatterns = [
    path("facilitate/certificates/print/", views.print_certificates, name="print_certificates"),
    path("facilitate/certificates/print/<uuid:printing>/", views.printed_certificates, name="printed_certificates"),
    path(
        "facilitate/certificates/print/<uuid:printing>/file/",
        views.printed_certificates_file,
        name="printed_certificates_file",
    ),
]
