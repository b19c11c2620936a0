"""Field types of the house: StreamFields that make no migrations, texts encrypted at rest."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db import models
from wagtail.fields import StreamField


class BlocksField(StreamField):
    """A StreamField whose migrations leave the blocks out: a changed help text is no schema change."""

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        """Return the parts Django writes into a migration, with an empty block list."""
        name, path, _args, kwargs = super().deconstruct()
        kwargs.pop("block_lookup", None)
        return name, path, [[]], kwargs


@cache
def _cipher(keys: str) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys.split(",")])


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]
    """Text kept encrypted in the database (Fernet); it cannot be searched or sorted there.

    The keys are `settings.FIELD_KEYS`, newest first; values under older keys stay readable.
    """

    def from_db_value(self, value: str | None, _expression: object, _connection: object) -> str | None:
        """Return the readable text."""
        if not value:
            return value
        return _cipher(settings.FIELD_KEYS).decrypt(value.encode()).decode()

    def get_prep_value(self, value: Any) -> str | None:
        """Return what is written to the database."""
        if not value:
            return "" if value == "" else None
        return _cipher(settings.FIELD_KEYS).encrypt(str(value).encode()).decode()
