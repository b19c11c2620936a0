"""Addresses of certificates, below the language."""

from django.urls import include, path

from certificates import views

urlpatterns = [
    path("me/certificates/<slug:course>/", views.my_certificate_of, name="my_certificate_of"),
    path("me/certificate/<str:code>/", views.my_certificate, name="my_certificate"),
    path("me/certificate/<str:code>/pdf/", views.certificate_file, name="certificate_file"),
    path("facilitate/certificates/", views.revoke_certificate, name="revoke_certificate"),
    path("verify/", views.verify_certificate, name="verify"),
    path("c/<str:code>/", views.verify_certificate, name="verify_certificate"),
    path("", include("certificates.badges.urls")),
    path("", include("certificates.credentials.urls")),
    path("", include("certificates.register.urls")),
    path("", include("certificates.evidence.urls")),
    path("", include("certificates.mine.urls")),
    path("", include("certificates.deciding.urls")),
    path("", include("certificates.visits.urls")),
    path("", include("certificates.register.export_urls")),
    path("", include("certificates.taking_over.urls")),
    path("", include("certificates.printing_urls")),
]
