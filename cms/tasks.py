"""Celery's tasks: each fetches by id and calls one function."""

from cms.celery import KEEP_HOUSE, RUN_JOB, app
from cms.housekeeping import keep_house
from cms.working import run_job, run_next


@app.task(name=RUN_JOB)
def run_job_task(job_id: int) -> None:
    """Run one job by its row's id."""
    run_job(job_id)


@app.task(name=KEEP_HOUSE)
def keep_house_task() -> None:
    """Keep house, and run what is due and was lost on the way (a broker that restarted, a worker that died)."""
    keep_house()
    while run_next():
        pass
