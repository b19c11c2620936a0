"""The Celery application of a cluster. It carries only the ids of rows in the job table; `cms.tasks` has the tasks."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings")
RUN_JOB = "cms.run_job"
KEEP_HOUSE = "cms.keep_house"
KEEP_HOUSE_EVERY = 600

app = Celery("school", include=["cms.tasks"])
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = {"keep-house": {"task": KEEP_HOUSE, "schedule": KEEP_HOUSE_EVERY}}
