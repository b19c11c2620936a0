"""Addresses of the learner's own pages, below the language."""

from django.urls import path

from courses import views

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
]
