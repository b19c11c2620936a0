"""Legal names and telephones in a file: asked for with a reason, allowed by a second person, encrypted, fetched once.

The names are decrypted in memory only. The file is encrypted with a password that is shown once and kept nowhere.
"""

import io
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from msoffcrypto.format.ooxml import OOXMLFile

from certificates.issuing import CODE_LETTERS
from certificates.kept_files import is_kept, keep, kept
from certificates.models import SensitiveExport
from certificates.register.asking import Question, Row, Scope, scope_of
from certificates.register.exporting import (
    Cell,
    all_people_in,
    asked_of,
    book_of,
    cells_of,
    headings,
    keys_in,
    note_each,
    question_of,
    safe,
)
from cms.auditing import record
from people.models import User
from people.public import may, organisations_where

State = SensitiveExport.State
DEED = "approve_export"
OPEN_FOR = timedelta(hours=24)
"""So long after its approval a file can be fetched."""
DOWNLOAD_FOR = timedelta(minutes=15)
"""So long the encrypted file can be downloaded once its password was shown: a download may break on the way."""
COLUMNS = {"legal_name": gettext_lazy("legal names"), "phone": gettext_lazy("telephone numbers")}
GROUPS, GROUP_LENGTH = 5, 4


class ExportRefused(Exception):
    """It cannot be done. The message says why and what to do."""


@transaction.atomic
def ask_for(user: User, question: Question, columns: list[str], reason: str) -> SensitiveExport:
    """Ask another for a file with sensitive columns (keys of `COLUMNS`); return what was asked. Audited."""
    assert user.volunteer is not None  # noqa: S101  (staff of the register are a volunteer; tells mypy)
    count = len(keys_in(question, scope_of(user)))
    if not count:
        raise ExportRefused(_("Nobody stands in this answer, so there is nothing to take out."))
    asked = SensitiveExport.objects.create(
        organisation=question.role.organisation,
        question=asked_of(question),
        columns=[name for name in COLUMNS if name in columns],
        reason=reason.strip(),
        asked_by=user.volunteer,
        asked_at=timezone.now(),
        people_count=count,
    )
    record("sensitive_export_asked", asked, actor=user, count=count, columns=asked.columns)
    return asked


def exports_of(user: User) -> QuerySet[SensitiveExport]:
    """Return the files a member of staff asked for, newest first."""
    return SensitiveExport.objects.filter(asked_by=user.volunteer)


def waiting_for(user: User) -> QuerySet[SensitiveExport]:
    """Return the files that wait for her decision: of her organisations, never her own."""
    rows = SensitiveExport.objects.filter(organisation__in=organisations_where(user, DEED), state=State.WAITING)
    return rows.exclude(asked_by=user.volunteer).order_by("asked_at")


def links_to_decide(user: Any) -> list[tuple[str, str, str]]:
    """Return the way to the files that wait for a member of staff (address, pictogram, words), where some do."""
    count = waiting_for(user).count() if isinstance(user, User) else 0
    words = ngettext("%(n)s file waits for your word", "%(n)s files wait for your word", count) % {"n": count}
    return [(reverse("sensitive_exports"), "lock", words)] if count else []


def may_decide(user: Any, asked: SensitiveExport) -> bool:
    """Return whether a member of staff may allow or refuse a file: another than who asked."""
    return isinstance(user, User) and user.volunteer_id != asked.asked_by_id and may(user, DEED, asked)


@transaction.atomic
def decide(asked: SensitiveExport, user: User, approves: bool) -> SensitiveExport:
    """Allow or refuse a file; return it. Raises `ExportRefused` where it is not hers or was decided. Audited."""
    held = SensitiveExport.objects.select_for_update().get(pk=asked.pk)
    if not may_decide(user, held):
        raise ExportRefused(_("Another person must decide this."))
    if held.state != State.WAITING:
        raise ExportRefused(_("Somebody has decided this already. Nothing was changed."))
    held.state = State.APPROVED if approves else State.REFUSED
    held.decided_by, held.decided_at = user.volunteer, timezone.now()
    held.save(update_fields=["state", "decided_by", "decided_at"])
    record(f"sensitive_export_{held.state}", held, actor=user)
    return held


@dataclass(frozen=True)
class Sealed:
    """An encrypted file that was made, and the password that opens it: shown once, kept nowhere."""

    asked: SensitiveExport
    password: str


def is_open(asked: SensitiveExport) -> bool:
    """Return whether an approved file can be fetched now."""
    is_in_time = asked.decided_at is not None and timezone.now() - asked.decided_at <= OPEN_FOR
    return asked.state == State.APPROVED and is_in_time


@transaction.atomic
def fetch(asked: SensitiveExport, user: User) -> Sealed:
    """Make the encrypted file for who asked, once; return it with its password. Audited, and noted for each person."""
    held = SensitiveExport.objects.select_for_update().get(pk=asked.pk)
    if held.asked_by_id != user.volunteer_id:
        raise ExportRefused(_("Only who asked for this file fetches it."))
    if not is_open(held):
        raise ExportRefused(_("This file cannot be fetched: it is fetched once, within a day. Ask for it again."))
    question, scope = question_of(held.question), scope_of(user)
    if question is None or question.role.organisation not in scope.organisations:
        raise ExportRefused(_("What this file asks does not exist any more, or lies outside your responsibility."))
    keys = keys_in(question, scope)
    if len(keys) > held.people_count:
        raise ExportRefused(_("More people stand in the answer now than were approved. Ask for it again."))
    password = new_password()
    keep(_name_of(held), _encrypted(_book(held, question, scope, keys), password))
    held.state = State.FETCHED
    held.save(update_fields=["state"])
    record("sensitive_export_fetched", held, actor=user, count=len(keys))
    note_each(user, question, keys)
    return Sealed(held, password)


def _book(asked: SensitiveExport, question: Question, scope: Scope, keys: list[int]) -> bytes:
    """Return the table with the sensitive columns after the others."""
    names = [name for name in COLUMNS if name in asked.columns]

    def cells(row: Row) -> list[Cell]:
        own = getattr(row.person, "identity", None)
        return [*cells_of(row, question), *safe(getattr(own, name, "") for name in names)]

    first = [*headings(), *(str(COLUMNS[name]).capitalize() for name in names)]
    return book_of(first, (cells(row) for row in all_people_in(question, scope, keys))).getvalue()


def _encrypted(book: bytes, password: str) -> bytes:
    """Return a workbook under a password (agile encryption of ECMA-376, as Excel and LibreOffice write it)."""
    sealed = io.BytesIO()
    OOXMLFile(io.BytesIO(book)).encrypt(password, sealed)
    return sealed.getvalue()


def new_password() -> str:
    """Return a random password that can be read aloud: five groups of four signs (about 98 bits)."""
    groups = ("".join(secrets.choice(CODE_LETTERS) for _sign in range(GROUP_LENGTH)) for _group in range(GROUPS))
    return "-".join(groups)


def encrypted_file(asked: SensitiveExport) -> bytes | None:
    """Return the encrypted file, or None once its quarter of an hour is over."""
    return kept(_name_of(asked), DOWNLOAD_FOR)


def can_be_downloaded(asked: SensitiveExport) -> bool:
    """Return whether the encrypted file is still there."""
    return is_kept(_name_of(asked), DOWNLOAD_FOR)


def _name_of(asked: SensitiveExport) -> str:
    return f"export-{asked.uuid}"
