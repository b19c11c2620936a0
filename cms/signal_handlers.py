"""What changes a stored page on the ground floor starts a new generation of stored pages."""

from typing import Any

from django.db.models.signals import post_delete, post_save
from wagtail.images import get_image_model
from wagtail.models import Locale, Page, Site
from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move
from wagtailmedia.models import get_media_model

from cms.stored_pages import drop_all


def connect() -> None:
    """Connect the handlers (called once, when the app registry is ready)."""
    for signal in (page_published, page_unpublished, post_page_move, page_slug_changed):
        signal.connect(_drop, dispatch_uid=f"drop-stored-pages-{id(signal)}")
    for model in (get_image_model(), get_media_model(), Locale, Site):
        post_save.connect(_drop, sender=model, dispatch_uid=f"drop-on-save-{model.__name__}")
        post_delete.connect(_drop, sender=model, dispatch_uid=f"drop-on-delete-{model.__name__}")
    post_delete.connect(_drop_deleted_page, dispatch_uid="drop-on-page-delete")


def _drop(**_kwargs: Any) -> None:
    drop_all()


def _drop_deleted_page(sender: type, **_kwargs: Any) -> None:
    if issubclass(sender, Page):
        drop_all()
