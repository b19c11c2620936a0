"""Addresses of a volunteer's own roles, below the language."""

from django.urls import path

from certificates.mine import views

urlpatterns = [
    path("me/roles/", views.my_roles, name="my_roles"),
    path("me/roles/<uuid:grant>/", views.my_role, name="my_role"),
    path("me/roles/<uuid:grant>/pause/", views.pause_role, name="pause_my_role"),
    path("me/roles/<uuid:grant>/take-up/", views.take_up_role, name="take_up_my_role"),
    path("me/roles/<uuid:grant>/return/", views.return_to_role, name="return_to_my_role"),
    path("me/roles/<uuid:grant>/leave/", views.leave_role, name="leave_my_role"),
    path("me/appeals/<uuid:decision>/", views.my_appeal, name="my_appeal"),
    path("me/look-ups/", views.my_look_ups, name="my_look_ups"),
]
