"""The app of courses."""

from django.apps import AppConfig


class CoursesConfig(AppConfig):
    name = "courses"
    verbose_name = "Cursos"

    def ready(self) -> None:
        from courses import signal_handlers, tasks  # needs the app registry

        signal_handlers.connect()
        tasks.register()
