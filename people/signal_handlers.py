"""What people do when others announce something."""

from typing import Any

from django.db.models.signals import post_delete, post_save

from cms.backing_up import restored
from people.joining import erase
from people.models import Responsibility, User, Volunteer
from people.staffing import open_admin


def connect() -> None:
    """Connect the handlers (called once)."""
    restored.connect(_erase_again, dispatch_uid="erase-again-after-restore")
    post_save.connect(_on_responsibility, sender=Responsibility, dispatch_uid="open-admin-by-responsibility")
    post_delete.connect(_on_responsibility, sender=Responsibility, dispatch_uid="close-admin-without-responsibility")
    post_save.connect(_on_account, sender=User, dispatch_uid="open-admin-to-a-new-account")


def _erase_again(erased_keys: list[str], **_kwargs: Any) -> None:
    """A person erased after the backup was made does not come back with it."""
    for volunteer in Volunteer.objects.filter(uuid__in=erased_keys, erased_at=None):
        erase(volunteer)


def _on_responsibility(instance: Responsibility, **_kwargs: Any) -> None:
    open_admin(instance.volunteer)


def _on_account(instance: User, created: bool, **_kwargs: Any) -> None:
    if created and instance.volunteer:
        open_admin(instance.volunteer)
