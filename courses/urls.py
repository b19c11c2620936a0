"""Addresses of the learner's own pages, below the language."""

from django.urls import path

from courses import views, workshop_views

urlpatterns = [
    path("me/", views.me, name="me"),
    path("me/claim/", views.claim, name="claim"),
    path("me/finish/<uuid:lesson>/", views.finish_lesson, name="finish_lesson"),
    path("me/practice/<uuid:lesson>/<uuid:block>/", views.practise, name="practise"),
    path("me/attempt/<uuid:attempt>/", views.attempt, name="attempt"),
    path("me/practice/<uuid:lesson>/<uuid:block>/unclear/", views.unclear_practice, name="unclear_practice"),
    path("me/results/", views.my_results, name="my_results"),
    path("me/attempt/<uuid:attempt>/save/", views.attempt_save, name="attempt_save"),
    path("me/attempt/<uuid:attempt>/unclear/", views.unclear, name="unclear"),
    path("me/attempt/<uuid:attempt>/result/", views.result, name="result"),
    path("me/<slug:course>/", views.my_path, name="my_path"),
    path("me/<slug:course>/quiz/<slug:quiz>/", views.quiz, name="quiz"),
    path("facilitate/workshops/", workshop_views.workshops, name="workshops"),
    path("facilitate/workshops/new/", workshop_views.new_workshop, name="new_workshop"),
    path("facilitate/workshops/sheet/", workshop_views.attendance_sheet, name="attendance_sheet"),
    path("facilitate/workshops/<uuid:workshop>/", workshop_views.workshop, name="workshop"),
    path("facilitate/workshops/<uuid:workshop>/change/", workshop_views.change_workshop, name="change_workshop"),
    path("facilitate/workshops/<uuid:workshop>/close/", workshop_views.close_workshop, name="close_workshop"),
    path("facilitate/workshops/<uuid:workshop>/correct/", workshop_views.correct_attendance, name="correct_attendance"),
    path(
        "facilitate/workshops/<uuid:workshop>/<uuid:person>/take-off/",
        workshop_views.take_off_list,
        name="take_off_list",
    ),
]
