"""Addresses that a program asks when it checks a badge: they have no language, and stand in what is signed."""

from django.urls import path

from certificates.badges import views

urlpatterns = [
    path(".well-known/did.json", views.site_document, name="site_did"),
    path("issuers/<uuid:organisation>/", views.issuer_profile, name="issuer_profile"),
    path("issuers/<uuid:organisation>/did.json", views.issuer_document, name="issuer_did"),
    path("issuers/<uuid:organisation>/status/<int:number>/", views.issuer_status, name="issuer_status"),
]
