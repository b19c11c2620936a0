"""Where the admin offers to bring in and give away questions: addresses, and buttons on a bank."""

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.widgets.button import Button
from wagtail.snippets.action_menu import ActionMenuItem

from assessments.exchange import views
from assessments.models import QuestionBank

IMPORT, EXPORT = _("Import questions"), _("Export questions")


def offer_exchange() -> None:
    """Register the addresses and the buttons."""
    hooks.register("register_admin_urls", addresses)
    hooks.register("register_snippet_listing_buttons", buttons)
    for order, (name, label, icon) in enumerate(
        [("import_questions", IMPORT, "upload"), ("export_questions", EXPORT, "download")]
    ):
        hooks.register("register_snippet_action_menu_item", action(name, label, icon, order))


def addresses() -> list[URLPattern]:
    """Return the addresses of the exchange."""
    return [
        path("question-banks/<int:bank>/import/", views.import_questions, name="import_questions"),
        path("question-banks/<int:bank>/import/confirm/", views.confirm_import, name="confirm_import_of_questions"),
        path("question-banks/<int:bank>/import/template/", views.download_template, name="template_of_questions"),
        path("question-banks/<int:bank>/export/", views.export_questions, name="export_questions"),
        path("question-banks/<int:bank>/export/<str:form>/", views.download_questions, name="download_questions"),
    ]


def buttons(snippet: Any, user: Any, next_url: str | None = None) -> Iterator[Button]:
    """Yield the buttons of a bank in the listing."""
    if isinstance(snippet, QuestionBank):
        yield Button(IMPORT, reverse("import_questions", args=[snippet.pk]), icon_name="upload", priority=30)
        yield Button(EXPORT, reverse("export_questions", args=[snippet.pk]), icon_name="download", priority=31)


class ExchangeItem(ActionMenuItem):
    """An entry of the menu under a bank's form; its address is `name` with the bank."""

    def __init__(self, name: str, label: Any, icon: str, order: int) -> None:
        super().__init__(order)
        self.name, self.label, self.icon_name = name, label, icon

    def is_shown(self, context: dict[str, Any]) -> bool:
        """Return whether this is the form of a bank that exists."""
        return context["view"] == "edit" and context["model"] is QuestionBank

    def get_url(self, parent_context: dict[str, Any]) -> str:
        """Return where the entry leads."""
        return reverse(self.name, args=[parent_context["instance"].pk])


def action(name: str, label: Any, icon: str, order: int) -> Any:
    """Return the function that gives one entry of the menu."""
    return lambda model: ExchangeItem(name, label, icon, order) if model is QuestionBank else None
