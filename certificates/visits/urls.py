"""Addresses of visits, below the language."""

from django.urls import path

from certificates.visits import views

urlpatterns = [
    path("register/visits/", views.visits, name="visits"),
    path("register/visits/new/", views.new_visit, name="new_visit"),
    path("register/visits/sheet/", views.visits_sheet, name="visits_sheet"),
    path("register/visits/<uuid:visit>/", views.visit, name="visit"),
    path("register/visits/<uuid:visit>/change/", views.change, name="change_visit"),
    path("register/visits/<uuid:visit>/people/", views.people, name="visit_people"),
    path("register/visits/<uuid:visit>/people/<uuid:person>/", views.person, name="visit_person"),
    path("register/visits/<uuid:visit>/close/", views.close, name="close_visit"),
    path("register/visits/<uuid:visit>/letter/", views.letter, name="visit_letter"),
    path("me/visit/<uuid:visit>/", views.my_visit, name="my_visit"),
    path("v/<str:token>/", views.visit_answer, name="visit_answer"),
    path("visit-letter/<str:token>/", views.visit_letter_check, name="visit_letter_check"),
]
