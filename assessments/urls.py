"""Addresses of practicals and of marking, below the language."""

from django.urls import path

from assessments import views

urlpatterns = [
    path("facilitate/practicals/", views.practicals, name="practicals"),
    path("facilitate/practicals/<uuid:practical>/", views.practical_person, name="practical_person"),
    path("facilitate/practicals/<uuid:practical>/paper/", views.practical_paper, name="practical_paper"),
    path("facilitate/practicals/<uuid:practical>/<uuid:person>/", views.observe_person, name="observe"),
    path("facilitate/observations/<uuid:observation>/", views.correct_observation, name="correct_observation"),
    path("facilitate/marking/", views.marking, name="marking"),
    path("facilitate/marking/<int:answer>/", views.mark_answer, name="mark_answer"),
    path("facilitate/marking/<int:answer>/voice/", views.answer_voice, name="answer_voice"),
    path("me/practical/<uuid:practical>/", views.my_practical, name="my_practical"),
]
