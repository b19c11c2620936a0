"""What staff write down of a person: a signature on paper, an interview language, recognition, a community's choice.

Each form keeps what was written by one call of `vouching`, which refuses in words.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from certificates.days import months_after
from certificates.models import ConductCode, Evidence, Requirement, Role
from certificates.requiring import day_in_words
from certificates.spanning import today
from certificates.vouching import attest_language, recognise, record_naming, sign_conduct
from cms.languages import languages
from cms.orthography import store
from people.models import SignIn, User, Volunteer
from people.public import CodeField, DayField, PlaceField, clean_code, may

DEED = "record_evidence"
OLDEST_MONTHS = 60 * 12
NO_CASES = _("Short, and without names of patients or cases.")
NOBODY = _("Nobody in your care has this code. Look at her card again.")


def person_with(code: str, user: User) -> Volunteer | None:
    """Return the person with a code, of those whose evidence a member of staff may write down (2 queries)."""
    rows = SignIn.objects.filter(code=code, volunteer__erased_at=None)
    found = rows.select_related("volunteer__organisation", "volunteer__territory__parent").first()
    return found.volunteer if found and may(user, DEED, found.volunteer) else None


class PersonForm(forms.Form):
    """Whose evidence."""

    person = CodeField()

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["person"].label = _("Code of the person")
        self.fields["person"].widget.attrs["autocomplete"] = "off"
        self.fields["person"].error_messages["required"] = _("Write the eight numbers of the person's card.")

    def clean_person(self) -> Volunteer:
        """Return the person with this code, of those in the user's care."""
        person = person_with(self.cleaned_data["person"], self.user)
        if person is None:
            raise forms.ValidationError(NOBODY)
        return person


class WordsField(forms.CharField):
    """A short line without cases."""

    def __init__(self, *, help_text: Any = NO_CASES, max_length: int = 120, **kwargs: Any) -> None:
        super().__init__(help_text=help_text, max_length=max_length, **kwargs)
        self.widget.attrs["autocomplete"] = "off"

    def clean(self, value: Any) -> str:
        """Return the line as the school stores text."""
        return store(super().clean(value))


class EvidenceForm(forms.Form):
    """One fact that people attest of a person."""

    keep: Callable[[Volunteer], Evidence]
    """Writes it into the ledger for who fills this in; raises `EvidenceRefused` in words. Each kind has its own."""
    nothing: Any = ""
    """Why it cannot be filled in yet, in words."""

    def __init__(self, user: User, person: Volunteer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.person = user, person

    def clean_day(self) -> date:
        """Refuse a year that cannot be meant; a day to come is refused in `vouching`."""
        day: date = self.cleaned_data["day"]
        if day < months_after(today(), -OLDEST_MONTHS):
            raise forms.ValidationError(_("That is very long ago. Look at the year again."))
        return day


class ConductForm(EvidenceForm):
    """A code of conduct that was signed on paper."""

    version: Any = forms.ModelChoiceField(
        label=_("Which version did she sign?"),
        queryset=ConductCode.objects.none(),
        empty_label=None,
        error_messages={"required": _("Choose the version.")},
    )
    day = DayField(label=_("Day on the paper"), initial=today)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = ConductCode.objects.filter(organisation=self.person.organisation)
        self.fields["version"].queryset = codes  # type: ignore[attr-defined]
        if not codes:
            self.nothing = _("The organisation has no code of conduct yet. Its administrator writes it.")

    def clean_version(self) -> ConductCode:
        """Refuse what she has signed already."""
        code: ConductCode = self.cleaned_data["version"]
        kept = Evidence.objects.filter(
            volunteer=self.person, kind=Requirement.Kind.CONDUCT, subject=str(code.uuid), revoked_on=None
        ).first()
        if kept:
            raise forms.ValidationError(
                _("It is kept already: she signed this version on %(day)s.") % {"day": day_in_words(kept.day)}
            )
        return code

    def keep(self, by: Volunteer) -> Evidence:
        """Write the signature down."""
        return sign_conduct(self.person, self.cleaned_data["version"], self.cleaned_data["day"], recorded_by=by)


class LanguageForm(EvidenceForm):
    """A speaker's word that a person can interview in a language."""

    language = forms.ChoiceField(
        label=_("Language in which she can interview"), error_messages={"required": _("Choose the language.")}
    )
    speaker_code = forms.CharField(
        label=_("Code of the speaker who gives her word"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=_("If she belongs to the school. Otherwise write her name below."),
    )
    speaker_name = WordsField(
        label=_("Or the speaker's name"), required=False, help_text=_("If it is you, write your own name.")
    )
    day = DayField(label=_("Day"), initial=today)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(row.code, row.name) for row in languages().values()]
        self.fields["language"].choices = choices  # type: ignore[attr-defined]

    def clean_speaker_code(self) -> Volunteer | None:
        """Return the speaker with this code, of those in the user's care; None when none was written."""
        typed: str = self.cleaned_data["speaker_code"].strip()
        if not typed:
            return None
        code = clean_code(typed)
        speaker = person_with(code, self.user) if code else None
        if speaker is None:
            raise forms.ValidationError(NOBODY)
        return speaker

    def keep(self, by: Volunteer) -> Evidence:
        """Write the speaker's word down."""
        told = self.cleaned_data
        return attest_language(
            self.person,
            told["language"],
            told["day"],
            recorded_by=by,
            attested_by=told["speaker_code"],
            attester=told["speaker_name"],
        )


class RoleForm(EvidenceForm):
    """A fact that speaks for one role of the person's organisation."""

    role = forms.ModelChoiceField(
        label=_("For which role?"),
        queryset=Role.objects.none(),
        empty_label=_("Choose the role"),
        error_messages={"required": _("Choose the role.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = Role.objects.filter(organisation=self.person.organisation, retired=False)
        self.fields["role"].queryset = roles  # type: ignore[attr-defined]
        if not roles:
            self.nothing = _("The organisation has no roles yet. Its administrator writes them.")


class RecognitionForm(RoleForm):
    """That a person is recognised by experience."""

    attester = WordsField(
        label=_("Who recognises her?"),
        help_text=_("A name or an office, for example: coordination of the municipality. Without names of patients."),
        error_messages={"required": _("Say who recognises her.")},
    )
    day = DayField(label=_("Since when"), initial=today)
    until = DayField(label=_("Until when (if it is limited)"), required=False)

    def keep(self, by: Volunteer) -> Evidence:
        """Write the recognition down."""
        told = self.cleaned_data
        return recognise(
            self.person, told["role"], told["day"], recorded_by=by, attester=told["attester"], until=told["until"]
        )


class NamingForm(RoleForm):
    """That a community named a person."""

    body = forms.ChoiceField(label=_("Who named her?"), choices=Evidence.Body.choices)
    territory = PlaceField(label=_("Municipality"))
    day = DayField(label=_("Day on which she was named"), initial=today)
    attester = WordsField(
        label=_("Who attests it?"),
        help_text=_("A name or an office, for example: secretary of the COCODE. Without names of patients."),
        error_messages={"required": _("Say who attests that the community named her.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["territory"].offer()  # type: ignore[attr-defined]
        self.initial.setdefault("territory", self.person.territory_id)

    def keep(self, by: Volunteer) -> Evidence:
        """Write the naming down."""
        told = self.cleaned_data
        return record_naming(
            self.person,
            told["role"],
            told["day"],
            recorded_by=by,
            body=told["body"],
            attester=told["attester"],
            territory=told["territory"],
        )


class RevokeForm(forms.Form):
    """Why something written down does not count any more."""

    reason = WordsField(
        label=_("Why does it not count any more?"),
        max_length=300,
        help_text=_("She reads it. Short, and without names of patients or cases."),
        error_messages={"required": _("Write the reason: the volunteer reads it.")},
    )
