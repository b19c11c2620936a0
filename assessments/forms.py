"""What observers and markers type: a person's code, the checklist of a practical, the marks of an open answer."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from assessments.models import ExtraTime, Observation
from assessments.observing import Seen
from cms.orthography import search_key
from people.models import SignIn, Territory, User, Volunteer
from people.owning import OwnedForm
from people.public import CodeField, DayField, clean_code, find_places, may

NO_NAMES = _("Do not write names of patients or cases.")
NO_PLACE = _("We found no place with that name. Try with fewer letters.")
LONGEST_COMMENT = 1_000
OLDEST = timedelta(days=365)


class PersonField(CodeField):
    """A person by her code, of those to whom `user` may do `deed`. Both are set by the form that has the field."""

    default_error_messages = {
        **CodeField.default_error_messages,
        "required": _("Write the eight numbers of the person's card."),
        "nobody": _("Nobody in your care has this code. Look at her card again."),
    }
    user: Any = None
    deed = ""

    def __init__(self, *, label: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.label = label or _("Code of the person")
        self.widget.attrs["autocomplete"] = "off"

    def prepare_value(self, value: Any) -> Any:
        """Return the code of a person chosen before."""
        if not isinstance(value, int):
            return value
        return SignIn.objects.filter(volunteer=value).values_list("code", flat=True).first() or ""

    def clean(self, value: Any) -> Any:
        """Return the person (a `Volunteer`)."""
        code = super().clean(self.prepare_value(value))
        found = SignIn.objects.filter(code=code).select_related("volunteer__organisation").first()
        if found is None or not may(self.user, self.deed, found.volunteer):
            raise forms.ValidationError(self.error_messages["nobody"], code="nobody")
        return found.volunteer


class ExtraTimeForm(OwnedForm):
    """More time for a person who is named by her code only."""

    volunteer = PersonField()

    class Meta:
        model = ExtraTime
        fields = ("volunteer", "percent")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["volunteer"].user, self.fields["volunteer"].deed = self.for_user, "see_person"
        self.fields["volunteer"].disabled = bool(self.instance.pk)

    def clean_volunteer(self) -> Volunteer:
        """Return the person, who may have extra time only once."""
        person: Volunteer = self.cleaned_data["volunteer"]
        if ExtraTime.objects.filter(volunteer=person).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("This person already has extra time. Look for her code in the list."))
        return person


class PersonForm(forms.Form):
    """Whom to observe."""

    person = PersonField()

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].user, self.fields["person"].deed = user, "observe"  # type: ignore[attr-defined]


class RubricForm(forms.Form):
    """A form with a row of radio cards for each line of a rubric."""

    def __init__(self, rubric: list[dict[str, Any]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rubric = rubric
        for line in rubric:
            self.fields[f"line-{line['id']}"] = forms.TypedChoiceField(
                label=line["text"],
                choices=score_choices(line["points"]),
                coerce=int,
                widget=forms.RadioSelect,
                error_messages={"required": _("A line of the list has no mark yet: %s") % line["text"]},
            )

    @property
    def lines(self) -> list[tuple[dict[str, Any], forms.BoundField]]:
        """The lines of the rubric, each with its field."""
        return [(line, self[f"line-{line['id']}"]) for line in self.rubric]

    @property
    def scores(self) -> dict[str, int]:
        """The points given, by criterion id."""
        return {line["id"]: self.cleaned_data[f"line-{line['id']}"] for line in self.rubric}


def score_choices(points: int) -> list[tuple[int, Any]]:
    """Return the cards of one line: «yes» and «not yet» for one point, else from the most points to «not seen»."""
    if points == 1:
        return [(1, _("Yes")), (0, _("Not yet"))]
    more = [
        (number, ngettext("%(n)s point of %(all)s", "%(n)s points of %(all)s", number) % {"n": number, "all": points})
        for number in range(points, 0, -1)
    ]
    return [*more, (0, _("Not seen"))]


def initial_scores(scores: dict[str, int]) -> dict[str, int]:
    """Return scores given before as a rubric form starts from them."""
    return {f"line-{line}": points for line, points in scores.items()}


class ObservationForm(RubricForm):
    """What an observer saw, when and where. Asks what the practical's rules need."""

    day = DayField(label=_("Day of the practical"))
    municipality = forms.CharField(
        label=_("Municipality (if you want to say it)"),
        max_length=80,
        required=False,
        help_text=_("Write part of its name."),
    )
    territory = forms.ChoiceField(label=_("Which one is it?"), required=False, widget=forms.RadioSelect)
    place = forms.CharField(
        label=_("Place (if you want to say it)"),
        max_length=200,
        required=False,
        help_text=_("For example: health post of the village. Do not write names of patients or cases."),
    )
    comment = forms.CharField(
        label=_("What would you tell her? (if you want)"),
        max_length=LONGEST_COMMENT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("She will read it. Do not write names of patients or cases."),
    )

    def __init__(self, rubric: list[dict[str, Any]], *args: Any, **kwargs: Any) -> None:
        super().__init__(rubric, *args, **kwargs)
        typed = self.data.get("municipality", "").strip() if self.is_bound else ""
        found = list(find_places(typed)) if typed else []
        named_so = [place for place in found if search_key(place.name) == search_key(typed)]
        self.places = named_so if len(named_so) == 1 else found
        self.fields["territory"].choices = [(place.code, str(place)) for place in self.places]  # type: ignore[attr-defined]

    def clean_day(self) -> date:
        """Refuse a day to come, and one too long ago to be remembered."""
        day: date = self.cleaned_data["day"]
        today = timezone.localdate()
        if day > today:
            raise forms.ValidationError(_("This day is still to come. Write the day on which it was."))
        if day < today - OLDEST:
            raise forms.ValidationError(_("This day is more than a year ago. Observe her again."))
        return day

    def clean(self) -> dict[str, Any]:
        """Find the municipality by what was typed; ask which one where several fit."""
        cleaned = super().clean() or {}
        by_code = {place.code: place for place in self.places}
        cleaned["found"] = by_code.get(cleaned.get("territory") or "")
        if len(self.places) == 1:
            cleaned["found"] = self.places[0]
        elif not cleaned["found"] and cleaned.get("municipality") and "territory" not in self.errors:
            problem = _("Several places have this name. Choose one.") if self.places else NO_PLACE
            self.add_error("territory" if self.places else "municipality", problem)
        return cleaned

    @property
    def seen(self) -> Seen:
        """What the observer saw."""
        found: Territory | None = self.cleaned_data["found"]
        return Seen(
            scores=self.scores,
            day=self.cleaned_data["day"],
            territory=found,
            place=self.cleaned_data["place"],
            comment=self.cleaned_data["comment"],
            is_no_relative=self.cleaned_data.get("is_no_relative", False),
            on_paper=self.cleaned_data.get("on_paper", False),
        )


class NewObservationForm(ObservationForm):
    """A first observation: the observer's declaration, and who observed where it is copied from paper."""

    is_no_relative = forms.BooleanField(
        label=_("I am not a relative of this person"),
        error_messages={
            "required": _("A relative may not observe. If you are not one, mark it; else ask another person.")
        },
    )
    on_paper = forms.BooleanField(label=_("I copy it from a sheet of paper"), required=False)
    observer = forms.CharField(
        label=_("Who observed? (only when you copy it)"),
        max_length=150,
        required=False,
        help_text=_("Her code, or the name with which she signs in as staff. Leave it empty if it was you."),
    )

    def __init__(self, content: dict[str, Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(content["rubric"], *args, **kwargs)
        if not content["no_relatives"]:
            del self.fields["is_no_relative"]

    def clean_observer(self) -> Volunteer | None:
        """Return who observed, None when it was who types. Whether she may is asked of `observing`."""
        typed: str = self.cleaned_data["observer"].strip()
        if not typed or not self.cleaned_data.get("on_paper"):
            return None
        found = Volunteer.objects.filter(erased_at=None)
        code = clean_code(typed)
        by_code = found.filter(sign_in__code=code).first() if code else None
        person = by_code or found.filter(user__username__iexact=typed, user__is_active=True).first()
        if person is None:
            raise forms.ValidationError(_("We know nobody with this code or name. Ask her how she signs in."))
        return person


class ReasonField(forms.CharField):
    """Why something kept is corrected."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=_("Why do you correct it?"),
            max_length=300,
            error_messages={"required": _("Write why you correct it. The former stays, and this is read beside it.")},
            help_text=NO_NAMES,
            **kwargs,
        )


class CorrectionForm(ObservationForm):
    """An observation that replaces another, and why."""

    reason = ReasonField()

    def __init__(self, observation: Observation, rubric: list[dict[str, Any]], *args: Any, **kwargs: Any) -> None:
        initial = {
            **initial_scores(observation.scores),
            "day": observation.day,
            "municipality": observation.territory.name if observation.territory else "",
            "place": observation.place,
            "comment": observation.comment,
        }
        super().__init__(rubric, *args, initial=initial, **kwargs)


class MarkForm(RubricForm):
    """The points of an open answer, words to who wrote it, and the reason where a mark is corrected."""

    comment = forms.CharField(
        label=_("What would you tell her? (if you want)"),
        max_length=LONGEST_COMMENT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("She will read it. Do not write names of patients or cases."),
    )
    reason = ReasonField()
    after = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, rubric: list[dict[str, Any]], *args: Any, corrects: bool, **kwargs: Any) -> None:
        super().__init__(rubric, *args, **kwargs)
        if not corrects:
            del self.fields["reason"]
