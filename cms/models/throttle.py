"""How often something was tried under a key that names no person and no address."""

import hashlib
import hmac
from datetime import timedelta

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone


class Throttle(models.Model):
    """A counter in a window of time. The key is a keyed hash that changes every day."""

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField(default=0)
    ends_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.count} until {self.ends_at:%H:%M}"


def tried_too_often(purpose: str, who: str, *, most: int, within: timedelta) -> bool:
    """Count one try and return whether there were more than `most` within the window.

    `who` may be a network address: only its keyed hash of the day is kept, and only until the window ends.
    """
    now = timezone.now()
    text = f"{purpose}:{who}:{now:%Y-%m-%d}"
    key = hmac.new(settings.SECRET_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()
    with transaction.atomic():
        Throttle.objects.filter(ends_at__lt=now).delete()
        row, _created = Throttle.objects.select_for_update().get_or_create(key=key, defaults={"ends_at": now + within})
        row.count += 1
        row.save(update_fields=["count"])
    return row.count > most
