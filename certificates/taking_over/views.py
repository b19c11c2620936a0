"""The pages on which a coordinator takes the existing network over: file, preview, progress and result."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from certificates.kept_files import forget
from certificates.models import Role
from certificates.taking_over.carrying_out import ENDED, Upload, confirm, plan_of, send_in, upload_of
from certificates.taking_over.forms import ChoicesForm, TableForm
from certificates.taking_over.reading import TableRefused
from certificates.taking_over.sorting import DEED, DOUBTFUL, KNOWN, NEW, REFUSED, STANDS, Line, Sorter
from certificates.taking_over.template import template
from cms.auditing import record
from cms.models import Job
from people.models import Organisation, User, Volunteer
from people.public import JoiningRefused, cards_for, organisations_where, those_to_invite

SECONDS_TO_LOOK_AGAIN = "3"
CARDS_A_SHEET = 80
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _coordinator(request: HttpRequest) -> tuple[User, list[Organisation]]:
    """Return who asks and the organisations whose network she may take over, or refuse."""
    user = request.user
    organisations = organisations_where(user, DEED)
    if not isinstance(user, User) or not organisations:
        raise PermissionDenied(_("This page is for coordinators."))
    return user, organisations


@never_cache
def take_network_over(request: HttpRequest) -> HttpResponse:
    """Take a table; POST leads to what it would do, and writes nothing."""
    _user, organisations = _coordinator(request)
    form = TableForm(organisations, *([request.POST, request.FILES] if request.method == "POST" else []))
    if form.is_valid():
        try:
            upload = send_in(form.cleaned_data["file"].read(), form.cleaned_data["organisation"])
        except TableRefused as refused:
            form.add_error("file", str(refused))
        else:
            return redirect("network_table", table=upload.key)
    page = {"form": form, "organisations": organisations}
    status = 422 if request.method == "POST" else 200
    return render(request, "certificates/taking_over/send.html", page, status=status)


@never_cache
@require_safe
def network_template(request: HttpRequest, organisation: uuid.UUID) -> HttpResponse:
    """The table to be filled in, with an organisation's roles."""
    _user, organisations = _coordinator(request)
    found = get_object_or_404(Organisation.objects.filter(pk__in=[row.pk for row in organisations]), uuid=organisation)
    response = HttpResponse(template(Role.objects.filter(organisation=found, retired=False)), content_type=XLSX)
    response["Content-Disposition"] = 'attachment; filename="red-existente.xlsx"'
    return response


@never_cache
def network_table(request: HttpRequest, table: uuid.UUID) -> HttpResponse:
    """What a table would do, row by row; POST does it, or deletes the file. Then how far it is, and the result.

    When it is over, POST with `cards` makes cards for the new people of one sheet.
    """
    user, _organisations = _coordinator(request)
    upload = upload_of(user, table)
    if upload is None:
        raise Http404
    job = upload.job
    if job and "cards" in request.POST:
        return _cards(request, job, user, table)
    if job:
        return redirect("network_table", table=table) if request.method == "POST" else _told(request, job, user)
    if "forget" in request.POST:
        forget(upload.name)
        record("network_table_forgotten", upload.organisation, actor=user)
        messages.success(request, _("The school has deleted the file. Nothing was written."))
        return redirect("take_network_over")
    return _preview(request, upload, user)


def _preview(request: HttpRequest, upload: Upload, user: User) -> HttpResponse:
    try:
        found = upload.read()
    except TableRefused as refused:
        messages.warning(request, str(refused))
        return redirect("take_network_over")
    lines = Sorter(user, upload.organisation).sort(found.rows)
    form = ChoicesForm(_of(lines, DOUBTFUL), *([request.POST] if request.method == "POST" else []))
    if form.is_valid():
        choices = form.choices()
        if plan_of(lines, choices):
            confirm(upload, lines, choices, user)
            return redirect("network_table", table=upload.key)
        form.add_error(None, _("There is nothing to take over in this table."))
    page = {
        "form": form,
        "count": len(lines),
        "unread": found.unread,
        "doubtful": _of(lines, DOUBTFUL),
        "groups": [
            {"state": state, "title": title, "lines": _of(lines, state)}
            for state, title in (
                (REFUSED, _("Not taken over, and why")),
                (NEW, _("New in the school")),
                (KNOWN, _("Known to the school: the role is added")),
                (STANDS, _("Recognised already")),
            )
        ],
        "to_do": len(_of(lines, NEW)) + len(_of(lines, KNOWN)),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "certificates/taking_over/preview.html", page, status=status)


def _of(lines: list[Line], state: str) -> list[Line]:
    return [line for line in lines if line.state == state]


def _sheets(job: Job) -> list[list[Volunteer]]:
    """Return the people a job made, as many together as fit on a sheet of cards, in the order of the table."""
    found = list(Volunteer.objects.filter(pk__in=job.result.get("new", [])).order_by("pk"))
    return [found[start : start + CARDS_A_SHEET] for start in range(0, len(found), CARDS_A_SHEET)]


def _cards(request: HttpRequest, job: Job, user: User, table: uuid.UUID) -> HttpResponse:
    sheets = {str(number): people for number, people in enumerate(_sheets(job), 1)}
    try:
        return redirect("cards", sheet=cards_for(user, sheets.get(request.POST["cards"], [])))
    except JoiningRefused as refused:
        messages.warning(request, str(refused))
        return redirect("network_table", table=table)


def _told(request: HttpRequest, job: Job, user: User) -> HttpResponse:
    """How far the worker is; at the end how many were taken over and which rows were not."""
    is_over = job.state in ENDED
    sheets = _sheets(job) if is_over else []
    invited = set(those_to_invite(user, [person for people in sheets for person in people]))
    page: dict[str, Any] = {
        "job": job,
        "is_over": is_over,
        "sheets": [number for number, people in enumerate(sheets, 1) if invited & set(people)],
        "total": len(job.arguments["plan"]),
        "done": job.result.get("done", 0),
        "refused": job.result.get("refused", []),
        "stopped": job.result.get("stopped", ""),
    }
    response = render(request, "certificates/taking_over/told.html", page)
    if not page["is_over"]:
        response.headers["Refresh"] = SECONDS_TO_LOOK_AGAIN
    return response
