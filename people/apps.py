"""The app of people, and Wagtail's app of users with our screens on staff accounts."""

from django.apps import AppConfig
from wagtail.users.apps import WagtailUsersAppConfig


class PeopleConfig(AppConfig):
    name = "people"
    verbose_name = "Personas"
    default = True

    def ready(self) -> None:
        from people import signal_handlers  # needs the app registry

        signal_handlers.connect()


class StaffAccountsConfig(WagtailUsersAppConfig):
    user_viewset = "people.viewsets.StaffViewSet"
