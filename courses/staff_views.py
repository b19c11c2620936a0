"""The admin's own pages on courses: exchanging packages, releasing an edition, resolving what was held back."""

import json
import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cms.auditing import record
from courses.exchanging import imports_of, package_of, take_in, told
from courses.forms import EditionForm, PackageForm
from courses.models import CoursePage, Edition, QuarantinedEvent
from courses.releasing import release
from people.models import User
from people.public import may, organisations_where

MOST_LISTED = 20


def staff(request: HttpRequest, deed: str) -> User:
    """Return the member of staff if she may do a deed anywhere, else refuse."""
    user = request.user
    if not isinstance(user, User) or not organisations_where(user, deed):
        raise PermissionDenied
    return user


def packages(request: HttpRequest) -> HttpResponse:
    """Take a package in, follow what becomes of it, take a course out."""
    user = staff(request, "exchange_course")
    form = PackageForm(request.POST or None, request.FILES or None, user=user)
    if request.method == "POST" and form.is_valid():
        take_in(form.cleaned_data["file"], form.cleaned_data["organisation"], user)
        messages.success(request, _("The package is here. It is being taken in; you can go on working."))
        return redirect("course_packages")
    imports = [told(row) for row in imports_of(user)[:MOST_LISTED]]
    places = [place.pk for place in organisations_where(user, "exchange_course")]
    page = {
        "form": form,
        "imports": imports,
        "is_working": any(not row["is_over"] for row in imports),
        "courses": CoursePage.objects.live().source().filter(organisation__in=places).order_by("title"),
    }
    return TemplateResponse(request, "courses/admin/packages.html", page, status=422 if form.errors else 200)


@require_safe
def import_state(request: HttpRequest, job: int) -> HttpResponse:
    """Answer how far an import is (JSON)."""
    user = staff(request, "exchange_course")
    return JsonResponse(told(get_object_or_404(imports_of(user), pk=job)))


@require_safe
def download(request: HttpRequest, course: int) -> FileResponse:
    """Give a course as a package."""
    user = staff(request, "exchange_course")
    page = get_object_or_404(CoursePage.objects.live().source(), pk=course)
    if not may(user, "exchange_course", page):
        raise Http404
    return FileResponse(package_of(page), as_attachment=True, filename=f"{page.slug}.zip")


def release_edition(request: HttpRequest) -> HttpResponse:
    """Release a course as it is published now, as a new edition."""
    user = staff(request, "write_course")
    form = EditionForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        course = form.cleaned_data["course"]
        before = Edition.objects.latest_number(course.translation_key)
        edition = release(course, by=user.volunteer, notes=form.cleaned_data["notes"])
        if edition.number == before:
            messages.warning(request, _("Nothing was published since edition %s, so there is no new one.") % before)
        else:
            record("edition_released", edition, actor=user, number=edition.number)
            messages.success(request, _("Edition %s is released and signed.") % edition.number)
        return redirect("wagtailsnippets_courses_edition:list")
    return TemplateResponse(request, "courses/admin/release.html", {"form": form}, status=422 if form.errors else 200)


def resolve(request: HttpRequest, event: uuid.UUID) -> HttpResponse:
    """Mark something held back as resolved: seen, and settled with the person."""
    user = staff(request, "resolve_quarantine")
    found = get_object_or_404(QuarantinedEvent.objects.select_related("volunteer"), pk=event)
    if not may(user, "resolve_quarantine", found.volunteer):
        raise Http404
    if request.method == "POST":
        if found.resolved_at is None:
            found.resolved_at = timezone.now()
            found.save(update_fields=["resolved_at"])
            record("quarantine_resolved", found, actor=user)
        messages.success(request, _("It is marked as resolved."))
        return redirect("wagtailsnippets_courses_quarantinedevent:list")
    page = {"event": found, "content": json.dumps(found.content, indent=1, ensure_ascii=False)}
    return TemplateResponse(request, "courses/admin/resolve.html", page)
