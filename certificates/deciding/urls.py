"""Addresses of decisions, below the language."""

from django.urls import path

from certificates.deciding import appeal_views, grant_views, views

urlpatterns = [
    path("register/proposals/", views.waiting_proposals, name="waiting_proposals"),
    path("register/proposals/many/", views.decide_many, name="decide_many"),
    path("register/proposals/many/<uuid:batch>/", views.decided_many, name="decided_many"),
    path("register/proposals/<uuid:proposal>/", views.decide_proposal, name="decide_proposal"),
    path("register/grants/<uuid:grant>/", grant_views.one_grant, name="one_grant"),
    *(
        path(f"register/grants/<uuid:grant>/{act}/", grant_views.act_on_grant, {"act": act}, name=f"{act}_grant")
        for act in grant_views.ACTS
    ),
    path("register/appeals/", appeal_views.waiting_appeals, name="waiting_appeals"),
    path("register/appeals/<uuid:appeal>/", appeal_views.decide_one_appeal, name="decide_appeal"),
    path("register/ends/", grant_views.ends_soon, name="ends_soon"),
]
