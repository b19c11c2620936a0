"""Forms of the admin on roles, their requirements, codes of conduct and monitoring cycles."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from assessments.public import Practical
from certificates.eligibility import inclusions
from certificates.models import Evidence, MonitoringCycle, Requirement
from cms.languages import SOURCE_LANGUAGE, languages
from courses.public import CoursePage
from people.owning import OwnedForm, choices_for

DEED = "define_roles"
OF_THE_ORGANISATION = ("topic", "conduct_code", "other_role")
"""What a requirement may name only of its role's own organisation. Courses and practicals are open to everybody."""
LANGUAGE_CHOICES = [
    ("", _("Any language")),
    *((row.code, f"{row.name} ({row.name_es})") for row in languages().values()),
]


class KeptOrganisationForm(OwnedForm):
    """A row that stays with the organisation for which it was made."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].disabled = bool(self.instance.pk)

    def is_foreign(self, thing: Any) -> bool:
        """Return whether something belongs to another organisation than this row."""
        organisation = self.cleaned_data.get("organisation")
        return bool(thing and organisation and thing.organisation != organisation)


class RequirementForm(WagtailAdminModelForm):
    """One condition of a role. What its kind does not speak of is left out when it is kept."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer()

    def offer(self) -> None:
        """Offer what the condition may name: every course and practical of the school, else what the user defines."""
        given = self.instance
        practicals = Practical.objects.filter(locale__language_code=SOURCE_LANGUAGE)
        self._choices("course").queryset = CoursePage.objects.source().order_by("title")
        self._choices("practical").queryset = practicals.filter(Q(retired=False) | Q(pk=given.practical_id))
        for name in OF_THE_ORGANISATION:
            field = self._choices(name)
            own = choices_for(self.for_user, field.queryset.model, DEED)
            field.queryset = own if own is not None else field.queryset.none()
        topics = self._choices("topic")
        topics.queryset = topics.queryset.filter(Q(retired=False) | Q(pk=given.topic_id))

    def _choices(self, name: str) -> Any:
        return self.fields[name]

    def clean(self) -> dict[str, Any]:
        """Leave out what the kind of condition does not speak of."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        kind = cleaned.get("kind")
        for name in set(Requirement.NAMED_BY.values()) - {Requirement.NAMED_BY.get(kind or "")}:
            cleaned[name] = None
        if kind != Requirement.Kind.LANGUAGE:
            cleaned["language"] = ""
        return cleaned


class RoleForm(KeptOrganisationForm):
    """A role with its requirements."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name_es"].required = True
        self.fields["slug"].required = False
        self.fields["slug"].disabled = bool(self.instance.pk)
        includes = self.fields["includes"]
        includes.queryset = includes.queryset.exclude(pk=self.instance.pk)
        for row in self.formsets["requirements"].forms:
            row.offer()  # wider than what an organisation owns

    def clean_includes(self) -> Any:
        """Refuse roles that lead back to this one."""
        chosen = self.cleaned_data["includes"]
        if self.instance.pk:
            gives = inclusions(self.instance.organisation_id)
            back = [str(role) for role in chosen if self.instance.pk in gives.get(role.pk, set())]
            if back:
                raise forms.ValidationError(
                    _("%(roles)s already includes this role. A role cannot lead back to itself.")
                    % {"roles": ", ".join(f"«{name}»" for name in back)}
                )
        return chosen

    def clean(self) -> dict[str, Any]:
        """Fill the short name in from the name; refuse what belongs to another organisation."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        cleaned["slug"] = cleaned.get("slug") or slugify(cleaned.get("name_es", ""))[:50]
        if any(self.is_foreign(role) for role in cleaned.get("includes") or []):
            self.add_error("includes", _("A role includes only roles of its own organisation."))
        rows = self.formsets["requirements"]
        for row in rows.forms if rows.is_valid() else []:
            for name in OF_THE_ORGANISATION:
                if self.is_foreign(row.cleaned_data.get(name)):
                    row.add_error(name, _("This belongs to another organisation than the role."))
            if self.instance.pk and row.cleaned_data.get("other_role") == self.instance:
                row.add_error("other_role", _("A role cannot ask for itself."))
        return cleaned


class ConductCodeForm(KeptOrganisationForm):
    """A version of a code of conduct. What somebody signed stays as she read it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text_es"].required = True

    def clean(self) -> dict[str, Any]:
        """Refuse another text for a version that was signed; a language still without text may get one."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        changed = [
            name
            for name in ("text_es", "text_kek")
            if _lines(self.initial.get(name)) and _lines(self.initial.get(name)) != _lines(cleaned.get(name))
        ]
        if changed and self._was_signed():
            for name in changed:
                self.add_error(
                    name, _("Somebody has signed this version, so its text stays. Write a new version instead.")
                )
        return cleaned

    def _was_signed(self) -> bool:
        signed = Evidence.objects.filter(kind=Requirement.Kind.CONDUCT, subject=str(self.instance.uuid))
        return bool(self.instance.pk) and signed.exists()


def _lines(text: str | None) -> list[str]:
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


class MonitoringCycleForm(KeptOrganisationForm):
    """A monitoring cycle."""

    def clean(self) -> dict[str, Any]:
        """Refuse an end before the beginning, and a role of another organisation."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        starts_on, ends_on = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", _("The cycle ends before it begins. Look at the days again."))
        if self.is_foreign(cleaned.get("visit_role")):
            self.add_error("visit_role", _("This role belongs to another organisation than the cycle."))
        return cleaned


def overlapping(cycle: MonitoringCycle) -> list[MonitoringCycle]:
    """Return the other cycles of the organisation that share a day with a cycle (1 query)."""
    others = MonitoringCycle.objects.filter(organisation=cycle.organisation).exclude(pk=cycle.pk)
    return list(others.filter(starts_on__lte=cycle.ends_on, ends_on__gte=cycle.starts_on))
