"""The ground floor's app."""

from django.apps import AppConfig


class CmsConfig(AppConfig):
    name = "cms"
    verbose_name = "Escuela"

    def ready(self) -> None:
        from cms import signal_handlers  # needs the app registry

        signal_handlers.connect()
