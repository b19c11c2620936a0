"""Addresses of field cards, below the language. What checkers read stands in `api_urls` and `root_urls`."""

from django.urls import path

from certificates.credentials import card_views

urlpatterns = [
    path("me/card/<uuid:grant>/", card_views.my_card, name="my_card"),
    path("me/card/<uuid:grant>/pdf/", card_views.my_card_file, name="my_card_file"),
    path("register/cards/", card_views.print_cards, name="print_role_cards"),
]
