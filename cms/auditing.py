"""Recording and sealing what people with responsibility do."""

from typing import Any

from django.db import transaction

from cms.models import AuditEntry, AuditSeal


def record(action: str, target: object, *, actor: object = None, **details: Any) -> AuditEntry:
    """Write one audit entry.

    `action` is a past participle with its noun (`pin_reset`), `target` and `actor` are saved model instances
    (kept as `model:id`); `details` may hold ids, numbers and codes only.
    """
    return AuditEntry.objects.create(action=action, target=_name(target), actor=_name(actor), details=details)


def _name(thing: object) -> str:
    if thing is None:
        return ""
    # not type(thing): a request's user comes wrapped
    return f"{thing._meta.label_lower}:{thing.pk}"  # type: ignore[attr-defined]


def seal() -> int:
    """Chain all entries not yet sealed under one seal; return how many they were."""
    with transaction.atomic():
        last = AuditSeal.objects.select_for_update().order_by("last_entry_id").last()
        entries = list(AuditEntry.objects.filter(id__gt=last.last_entry_id if last else 0))
        if entries:
            AuditSeal.objects.create(last_entry=entries[-1], digest=_chain(last.digest if last else "", entries))
        return len(entries)


def first_broken_seal() -> AuditSeal | None:
    """Return the first seal that its entries no longer give, or None when all hold."""
    previous, start = "", 0
    for audit_seal in AuditSeal.objects.all():
        entries = AuditEntry.objects.filter(id__gt=start, id__lte=audit_seal.last_entry_id)
        if _chain(previous, entries) != audit_seal.digest:
            return audit_seal
        previous, start = audit_seal.digest, audit_seal.last_entry_id
    return None


def _chain(previous: str, entries: Any) -> str:
    for entry in entries:
        previous = entry.digest(previous)
    return previous
