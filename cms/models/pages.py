"""The home page and plain pages. Courses stand below the home page and belong to `courses`."""

from typing import Any, ClassVar

from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Page

from cms.stored_pages import store

PLAIN_TEXT = ["bold", "italic", "ol", "ul", "link"]


class StoredPageMixin:
    """A page whose published form is the same for every reader and is kept rendered; so it cannot be private."""

    private_page_options: ClassVar[list[str]] = []

    @property
    def preview_sizes(self) -> list[dict[str, Any]]:
        """The widths at which an author sees the page before publishing: a common phone first."""
        return [
            {"name": "phone", "icon": "mobile-alt", "device_width": 360, "label": _("Phone")},
            {"name": "tablet", "icon": "tablet-alt", "device_width": 768, "label": _("Tablet")},
            {"name": "desktop", "icon": "desktop", "device_width": 1280, "label": _("Computer")},
        ]

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Serve the page, marked as stored unless it is a preview."""
        response: HttpResponse = super().serve(request, *args, **kwargs)  # type: ignore[misc]
        return response if getattr(request, "is_preview", False) else store(response)


class HomePage(StoredPageMixin, Page):
    """The first screen: it plays before it asks."""

    lead = models.TextField(_("what this is, in one or two sentences"), max_length=400)
    welcome = models.TextField(
        _("welcome, to be heard"),
        help_text=_("Read aloud by the phone, or by the recording below. Say what the school is and what comes next."),
    )
    recording = models.ForeignKey(
        "wagtailmedia.Media",
        verbose_name=_("human recording of the welcome"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    content_panels: ClassVar = [
        *Page.content_panels,
        FieldPanel("lead"),
        FieldPanel("welcome"),
        FieldPanel("recording"),
    ]
    parent_page_types: ClassVar = ["wagtailcore.Page"]
    template = "cms/home_page.html"

    class Meta:
        verbose_name = _("home page")

    def route(self, request: HttpRequest, path_components: list[str]) -> Any:
        """Find a page below, or answer 404 under a language that the school does not have.

        Wagtail would show its Spanish pages there as if they were in that language.
        """
        if self.locale.language_code != get_language():
            raise Http404
        return super().route(request, path_components)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the courses: the live child pages that have lessons."""
        children = self.get_children().live().specific()
        return {
            **super().get_context(request, *args, **kwargs),
            "courses": [page for page in children if hasattr(page, "modules")],
        }


class StandardPage(StoredPageMixin, Page):
    """A plain page of text: privacy, about, help."""

    body = RichTextField(_("text"), features=[*PLAIN_TEXT, "h2", "h3"])

    content_panels: ClassVar = [*Page.content_panels, FieldPanel("body")]
    subpage_types: ClassVar[list[str]] = []
    template = "cms/standard_page.html"

    class Meta:
        verbose_name = _("plain page")
