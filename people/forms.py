"""What people type about themselves."""

import unicodedata
from itertools import groupby
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from people.joining import NAME_LENGTH, clean_name
from people.models import Consent, SignIn, Territory
from people.signing_in import PICTURE_LETTERS, PICTURES, clean_code, why_too_easy

PICTURE_NAMES = {
    "maiz": _("Maize"),
    "flor": _("Flower"),
    "sol": _("The sun"),
    "luna": _("Moon"),
    "pajaro": _("Bird"),
    "arbol": _("Tree"),
    "casa": _("House"),
    "rio": _("River"),
    "montana": _("Mountain"),
    "estrella": _("Star"),
    "pez": _("Fish"),
    "jarro": _("Jug"),
}
PICTURE_CHOICES = [(PICTURE_LETTERS[index], name) for index, name in enumerate(PICTURES)]


class SecretForm(forms.Form):
    """A PIN of six digits, or five pictures one after the other (five rows of choices, for use without script)."""

    def __init__(self, *args: Any, kind: str, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.is_new = kind, is_new
        if kind == SignIn.Kind.PIN:
            self.fields["pin"] = forms.CharField(
                label=_("PIN of six numbers"),
                max_length=20,
                strip=True,
                widget=forms.TextInput(
                    attrs={
                        "inputmode": "numeric",
                        "autocomplete": "new-password" if is_new else "current-password",
                        "maxlength": "20",
                        "class": "pin",
                    }
                ),
                error_messages={
                    "required": _("Write six numbers that only you know."),
                    "max_length": _("The PIN has six digits, only numbers."),
                },
            )
        else:
            for number in range(1, 6):
                self.fields[f"picture_{number}"] = forms.ChoiceField(
                    label=_("Picture %(number)s") % {"number": number},
                    choices=PICTURE_CHOICES,
                    widget=forms.RadioSelect,
                    error_messages={"required": _("Choose five pictures.")},
                )

    @property
    def picture_rows(self) -> list[Any]:
        """The five rows of pictures, as bound fields."""
        return [self[f"picture_{number}"] for number in range(1, 6)]

    @property
    def secret(self) -> str:
        """What was entered: six digits, or five letters that stand for the pictures."""
        if self.kind == SignIn.Kind.PIN:
            return str(self.cleaned_data.get("pin", ""))
        return "".join(self.cleaned_data.get(f"picture_{number}", "") for number in range(1, 6))

    def clean(self) -> dict[str, Any]:
        """Refuse a new secret that is easy to guess."""
        cleaned = super().clean() or {}
        rows_without = [name for name in self.errors if name.startswith("picture_") and name != "picture_name"]
        for name in rows_without[1:]:  # said once is enough
            del self.errors[name]
        if self.is_new and not self.errors and (problem := why_too_easy(self.kind, self.secret)):
            raise forms.ValidationError(problem)
        return cleaned


class JoinForm(SecretForm):
    """Name, consent and secret: nothing else is asked."""

    name = forms.CharField(
        label=_("What do you want to be called?"),
        max_length=NAME_LENGTH,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "nickname", "autocapitalize": "words"}),
        error_messages={"max_length": _("That name is too long. Write a shorter one.")},
    )
    picture_name = forms.ChoiceField(
        label=_("Or choose a picture as your name"),
        choices=[(name, PICTURE_NAMES[name]) for name in PICTURES],
        widget=forms.RadioSelect,
        required=False,
    )
    adult = forms.ChoiceField(
        label=_("How old are you?"),
        choices=Consent.Adult.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Tell us whether you are 18 or older, or which adult agrees.")},
    )
    consent = forms.BooleanField(
        label=_("I agree"), error_messages={"required": _("Mark that you agree. Without that we keep nothing.")}
    )
    heard = forms.BooleanField(required=False, widget=forms.HiddenInput)

    field_order = ["name", "picture_name", "adult", "consent"]

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, kind=kind, is_new=True, **kwargs)

    def clean_name(self) -> str:
        """Return the name with its spaces and apostrophes in order; letters of any script are welcome."""
        name = clean_name(self.cleaned_data["name"])
        if any(unicodedata.category(letter) in {"Cc", "Cf", "Co", "Cs"} for letter in name):
            raise forms.ValidationError(_("Write the name with letters only."))
        if name and not any(letter.isalpha() for letter in name):
            raise forms.ValidationError(_("Write the name with letters only."))
        return name

    def clean(self) -> dict[str, Any]:
        """Take the picture's name where none was written; refuse neither."""
        cleaned = super().clean()
        if "name" in cleaned and not cleaned["name"]:
            picture = cleaned.get("picture_name")
            if picture:
                cleaned["name"] = str(PICTURE_NAMES[picture])
            else:
                self.add_error("name", _("Write the name you want to be called by, or choose a picture."))
        return cleaned


class CodeField(forms.CharField):
    """Eight digits, with or without spaces."""

    default_error_messages = {
        "required": _("Write the eight numbers of your card."),
        "invalid": _("The code has eight numbers. Look at your card: one number is missing or different."),
        "max_length": _("The code has eight numbers. Look at your card: one number is missing or different."),
    }

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"inputmode": "numeric", "autocomplete": "username", "class": "code-input"}
        super().__init__(label=_("Your code"), max_length=40, widget=forms.TextInput(attrs=attrs), **kwargs)

    def clean(self, value: Any) -> str:
        """Return the eight digits."""
        code = clean_code(super().clean(value))
        if code is None:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return code


class SignInForm(SecretForm):
    """Code and secret."""

    code = CodeField()
    own_phone = forms.BooleanField(label=_("This phone is only mine"), required=False)
    field_order = ["code"]

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, kind=kind, is_new=False, **kwargs)


class InvitationCodeForm(forms.Form):
    """The code of a card or invitation."""

    code = CodeField()


class NameForm(forms.Form):
    """The name a person wants to be called by."""

    name = forms.CharField(label=_("What do you want to be called?"), max_length=NAME_LENGTH)

    def clean_name(self) -> str:
        """Return the name in order, with at least one letter."""
        name = clean_name(self.cleaned_data["name"])
        if not any(letter.isalpha() for letter in name):
            raise forms.ValidationError(_("Write the name with letters only."))
        return name


class CardsForm(forms.Form):
    """How many cards to print."""

    count = forms.IntegerField(label=_("How many cards?"), min_value=1, max_value=80, initial=16)


class DayField(forms.DateField):
    """A day, in the widget that phones know."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            error_messages={
                "required": _("Write the day."),
                "invalid": _("Write the day, for example 2026-03-14."),
            },
            **kwargs,
        )


class PlaceField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A municipality, grouped by department."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Territory.objects.filter(parts=None), required=False, **kwargs)

    def offer(self) -> None:
        """Offer the places as they are now (1 query)."""
        rows = self.queryset.select_related("parent").order_by("parent__name", "name")  # type: ignore[union-attr]
        groups = groupby(rows, key=lambda place: place.parent.name if place.parent else "")
        named = [(name, [(place.pk, place.name) for place in places]) for name, places in groups]
        self.choices = [("", _("I do not say it")), *named]
