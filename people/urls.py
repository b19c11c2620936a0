"""Addresses of people, below the language."""

from django.urls import path

from people import views

urlpatterns = [
    path("join/", views.join_school, name="join"),
    path("join/card/", views.enter_invitation, name="enter_invitation"),
    path("join/<str:code>/", views.join_school, name="join_with"),
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("me/welcome/", views.welcome, name="welcome"),
    path("me/data/", views.my_data, name="my_data"),
    path("me/place/", views.my_place, name="my_place"),
    path("me/delete/", views.delete_me, name="delete_me"),
    path("facilitate/", views.facilitate, name="facilitate"),
    path("facilitate/cards/", views.make_cards, name="make_cards"),
    path("facilitate/cards/<uuid:sheet>/", views.cards, name="cards"),
    path("facilitate/people/<uuid:person>/", views.reset_person, name="reset_person"),
    path("facilitate/people/<uuid:person>/card/", views.card_for_person, name="card_for_person"),
]
