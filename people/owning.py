"""Whose a row is: what a member of staff may list, open and choose in the admin.

Each `OwnedViewSet` (`people.viewsets`) says which field of its model leads to the organisation; what is here asks it.
"""

from typing import Any

from django import forms
from django.db.models import Model, QuerySet
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.forms.pages import WagtailAdminPageForm

from people.models import Organisation
from people.permissions import places_by_deed


def places_of(user: Any, deed: str) -> list[Organisation]:
    """Return the organisations where a user may do a deed, asked once for a user object: once a request."""
    if "_places" not in user.__dict__:
        user.__dict__["_places"] = places_by_deed(user)
    found: list[Organisation] = user.__dict__["_places"][deed]
    return found


def keeps_school(user: Any) -> bool:
    """Return whether a user administers the school itself: its default organisation."""
    return any(place.is_default for place in places_of(user, "administer"))


def choices_for(user: Any, model: type[Model], deed: str) -> QuerySet[Any] | None:
    """Return the rows of a model in the organisations where a user may do a deed; None when nobody owns such rows."""
    owned = getattr(getattr(model, "snippet_viewset", None), "owned", None)
    return owned(user, deed) if owned else None


def limit_choices(form: Any, user: Any, deed: str) -> None:
    """Let a form, and the rows inside it, point only to what the user may use for a deed."""
    for name, field in form.fields.items():
        if not isinstance(field, forms.ModelChoiceField):
            continue
        choices = choices_for(user, field.queryset.model, deed)  # type: ignore[union-attr]
        if choices is None:
            continue
        field.queryset = choices
        if field.queryset.model is Organisation and not form.instance.pk:
            form.initial.setdefault(name, choices.first())  # most people belong to one
    for formset in getattr(form, "formsets", {}).values():
        for row in formset.forms:
            limit_choices(row, user, deed)


class OwnedForm(WagtailAdminModelForm):
    """Form of an owned row: every choice is limited to the organisations of who fills it in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limit_choices(self, self.for_user, self._meta.model.snippet_viewset.deed)


class OwnedPageForm(WagtailAdminPageForm):
    """Form of a page of a course: its organisation, evaluations and checks are those of who writes it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limit_choices(self, self.for_user, "write_course")
