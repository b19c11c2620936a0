"""The app of assessments."""

from django.apps import AppConfig


class AssessmentsConfig(AppConfig):
    name = "assessments"
    verbose_name = "Evaluaciones"

    def ready(self) -> None:
        from assessments import signal_handlers  # needs the app registry

        signal_handlers.connect()
