"""Forms of the admin on people."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from cms.languages import languages
from people.joining import NAME_LENGTH
from people.models import Identity, Organisation, Responsibility, User, Volunteer
from people.owning import OwnedForm
from people.permissions import organisations_where
from people.staffing import forget_second_factor, take_on


class OrganisationForm(OwnedForm):
    """An organisation; its languages are ticked."""

    languages = forms.MultipleChoiceField(
        label=_("active languages"),
        required=False,
        choices=[(language.code, f"{language.name} ({language.name_es})") for language in languages().values()],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: every language of the school."),
    )


class CohortForm(OwnedForm):
    """A cohort."""


class StaffChoiceField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Chooses a member of staff by name and sign-in."""

    def label_from_instance(self, person: Volunteer) -> str:
        """Return the person's name with her sign-in."""
        return f"{person.identity.safe_name} ({person.user.username})"


class ResponsibilityForm(OwnedForm):
    """A responsibility of a member of staff. It is ended by its last day, never deleted."""

    volunteer = StaffChoiceField(label=_("person"), queryset=Volunteer.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["volunteer"].queryset = self.staff()

    def staff(self) -> QuerySet[Volunteer]:
        """Return the people with an account in the organisations that who fills this in administers."""
        places = organisations_where(self.for_user, "administer")
        return Volunteer.objects.filter(
            user__isnull=False, identity__isnull=False, organisation__in=places
        ).select_related("identity", "user")


class StaffForm(WagtailAdminModelForm):
    """What making and changing an account have in common."""

    safe_name = forms.CharField(label=_("Name to be called by"), max_length=NAME_LENGTH)
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("At least ten signs. Hand it over in person; she sets up her second factor when she signs in."),
    )

    class Meta:
        model = User
        fields = ("username",)

    def clean_password(self) -> str:
        """Refuse a password that is easy to guess."""
        password: str = self.cleaned_data["password"]
        if password:
            validate_password(password, self.instance)
        return password


class StaffCreationForm(StaffForm):
    """A new account, with the person it belongs to and what she answers for."""

    organisation = forms.ModelChoiceField(label=_("Organisation"), queryset=Organisation.objects.none())
    kind = forms.ChoiceField(label=_("Responsibility"), choices=Responsibility.Kind.choices)

    field_order = ("username", "safe_name", "organisation", "kind", "password")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = [place.pk for place in organisations_where(self.for_user, "administer")]
        self.fields["organisation"].queryset = Organisation.objects.filter(pk__in=places)
        self.initial.setdefault("organisation", places[0] if places else None)

    def save(self, commit: bool = True) -> User:
        """Save account, person and responsibility."""
        user: User = super().save(commit=False)
        user.set_password(self.cleaned_data["password"])
        given = self.cleaned_data
        return take_on(user, given["safe_name"], given["organisation"], given["kind"], by=self.for_user)


class StaffEditForm(StaffForm):
    """An account that exists. What its person answers for is changed among the responsibilities."""

    second_factor_lost = forms.BooleanField(
        label=_("She lost her second factor: let her set up a new one"), required=False
    )

    field_order = ("username", "safe_name", "password", "is_active", "second_factor_lost")

    class Meta:
        model = User
        fields = ("username", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["safe_name"] = self.instance.volunteer.safe_name
        self.initial.pop("password", None)
        self.fields["password"].required = False
        self.fields["password"].help_text = _("Leave it empty to keep the present one.")

    def save(self, commit: bool = True) -> User:
        """Save what was changed."""
        user: User = super().save(commit=False)
        if self.cleaned_data["password"]:
            user.set_password(self.cleaned_data["password"])
        user.save()
        Identity.objects.filter(volunteer=user.volunteer).update(safe_name=self.cleaned_data["safe_name"])
        if self.cleaned_data["second_factor_lost"]:
            forget_second_factor(user, by=self.for_user)
        return user
