"""Addresses of evidence, below the language."""

from django.urls import path

from certificates.evidence import views

urlpatterns = [
    path("me/evidence/", views.my_evidence, name="my_evidence"),
    path("me/conduct/<uuid:conduct>/", views.my_conduct, name="my_conduct"),
    path("facilitate/evidence/", views.find_person, name="evidence"),
    path("facilitate/evidence/<uuid:person>/", views.person_evidence, name="evidence_of"),
    *(
        path(f"facilitate/evidence/<uuid:person>/{way}/", views.add_evidence, {"way": way}, name=f"add_{way}")
        for way in views.WAYS
    ),
    path("facilitate/evidence/<uuid:person>/revoke/<uuid:evidence>/", views.revoke, name="revoke_evidence"),
]
