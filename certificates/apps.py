"""The app of certificates."""

from django.apps import AppConfig


class CertificatesConfig(AppConfig):
    name = "certificates"
    verbose_name = "Certificados"

    def ready(self) -> None:
        from certificates import signal_handlers, tasks  # needs the app registry

        signal_handlers.connect()
        tasks.register()
