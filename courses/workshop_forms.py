"""What is typed about a workshop: what, when and where; the codes of who was there; why its list is corrected."""

import uuid
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cms.languages import SOURCE_LANGUAGE, languages
from courses.holding import Plan, doubts_about, person_with, topics_for, why_not_day, workshops_for
from courses.models import Workshop, WorkshopTopic
from courses.models.workshops import MOST_HOURS
from people.models import User, Volunteer
from people.public import CodeField, DayField, PlaceField, clean_code

USUAL_HOURS = 4
LONGEST_BOX = 10_000
NO_NAMES = _("Do not write names of patients or cases.")


class TopicField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One of the topics that a member of staff may hold workshops on."""

    def offer(self, topics: list[WorkshopTopic]) -> None:
        """Offer these topics, in their order."""
        self.queryset = WorkshopTopic.objects.filter(pk__in=[topic.pk for topic in topics])
        self.queryset = self.queryset.select_related("organisation")
        empty = [("", _("Choose the topic"))] if len(topics) != 1 else []
        self.choices = [*empty, *((topic.pk, topic.name) for topic in topics)]
        if len(topics) == 1:
            self.initial = topics[0].pk


class WorkshopForm(forms.Form):
    """What, when and where a workshop was. Asks again where something looks like a slip."""

    uuid = forms.UUIDField(widget=forms.HiddenInput)
    topic = TopicField(
        label=_("Topic"), queryset=None, error_messages={"required": _("Choose what the workshop was about.")}
    )
    day = DayField(label=_("Day of the workshop"))
    hours = forms.IntegerField(
        label=_("How many hours did it last?"),
        min_value=1,
        max_value=MOST_HOURS,
        initial=USUAL_HOURS,
        error_messages={"required": _("Write how many hours it lasted.")},
    )
    territory = PlaceField(label=_("Municipality"))
    place = forms.CharField(
        label=_("Place (if you want to say it)"),
        max_length=200,
        required=False,
        help_text=_("For example: community hall. Do not write whose house it was."),
    )
    language = forms.ChoiceField(label=_("Language that was spoken most"))
    facilitator = forms.CharField(
        label=_("Who facilitated? (only if it was not you)"),
        max_length=150,
        required=False,
        help_text=_("Her code, or the name with which she signs in as staff. Leave it empty if it was you."),
    )
    sure = forms.BooleanField(label=_("Yes, it is right"), required=False)

    def __init__(self, user: User, *args: Any, workshop: Workshop | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.doubts: list[str] = []
        topics = topics_for(user)
        if workshop and workshop.topic not in topics:
            topics = [*topics, workshop.topic]  # retired meanwhile
        self.has_topics = bool(topics)
        self.fields["topic"].offer(topics)  # type: ignore[attr-defined]
        self.fields["territory"].offer()  # type: ignore[attr-defined]
        self.fields["language"].choices = [(row.code, row.name) for row in languages().values()]  # type: ignore[attr-defined]
        self.initial = {**(_told_of(workshop, user) if workshop else self._usual()), **self.initial}

    def _usual(self) -> dict[str, Any]:
        """Return what is probable: today, and where she held the last one."""
        last = workshops_for(self.user).of(self.user.volunteer).newest_first().first() if self.user.volunteer else None
        return {
            "uuid": uuid.uuid4(),
            "day": timezone.localdate(),
            "territory": last.territory_id if last else None,
            "language": last.language if last else SOURCE_LANGUAGE,
        }

    def clean_day(self) -> date:
        """Refuse a day to come."""
        day: date = self.cleaned_data["day"]
        if problem := why_not_day(day):
            raise forms.ValidationError(problem)
        return day

    def clean_facilitator(self) -> Volunteer | None:
        """Return who facilitated: by code or staff name, else who fills this in."""
        typed: str = self.cleaned_data["facilitator"].strip()
        if not typed:
            return self.user.volunteer
        found = Volunteer.objects.filter(erased_at=None)
        code = clean_code(typed)
        by_code = found.filter(sign_in__code=code).first() if code else None
        person = by_code or found.filter(user__username__iexact=typed, user__is_active=True).first()
        if person is None:
            raise forms.ValidationError(_("We know nobody with this code or name. Ask her how she signs in."))
        return person

    def clean(self) -> dict[str, Any]:
        """Ask again where something looks like a slip."""
        cleaned = super().clean() or {}
        if not self.errors:
            self.doubts = doubts_about(cleaned["topic"], cleaned["day"], cleaned["facilitator"], cleaned["uuid"])
        if self.doubts and not cleaned["sure"]:
            self.add_error("sure", _("Look at this again, and mark that it is right."))
        return cleaned

    @property
    def plan(self) -> Plan:
        """What was told."""
        names = ("uuid", "topic", "day", "facilitator", "language", "hours", "territory", "place")
        return Plan(**{name: self.cleaned_data[name] for name in names})


def _told_of(workshop: Workshop, user: User) -> dict[str, Any]:
    """Return what was told of a workshop, as the form starts from it."""
    facilitator = workshop.facilitator
    account = User.objects.filter(volunteer=facilitator).first() if facilitator != user.volunteer else None
    return {
        "uuid": workshop.uuid,
        "topic": workshop.topic_id,
        "day": workshop.day,
        "hours": workshop.hours,
        "territory": workshop.territory_id,
        "place": workshop.place,
        "language": workshop.language,
        "facilitator": account.username if account else "",
    }


class CodesForm(forms.Form):
    """Who was there, by codes: many at once."""

    codes = forms.CharField(
        label=_("Codes of who was there"),
        max_length=LONGEST_BOX,
        widget=forms.Textarea(attrs={"rows": 5, "inputmode": "text", "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("One below the other, or with spaces or commas between them."),
        error_messages={
            "required": _("Write at least one code."),
            "max_length": _("That is too much at once. Write the first half, then the other."),
        },
    )


class CorrectionForm(forms.Form):
    """That somebody was, or was not, at a workshop that is closed; and why this is said only now."""

    code = CodeField()
    was_there = forms.TypedChoiceField(
        label=_("What is right?"),
        choices=[("yes", _("She was there and is missing on the list")), ("no", _("She was not there"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": _("Say what is right.")},
    )
    reason = forms.CharField(
        label=_("Why do you correct it?"),
        max_length=300,
        help_text=NO_NAMES,
        error_messages={"required": _("Write why you correct it. The former stays, and this is read beside it.")},
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["code"].label = _("Code of the person")
        self.fields["code"].widget.attrs["autocomplete"] = "off"

    def clean_code(self) -> Volunteer:
        """Return the person with this code, of those in the user's care."""
        person = person_with(self.cleaned_data["code"], self.user)
        if person is None:
            raise forms.ValidationError(_("Nobody in your care has this code. Look at her card again."))
        return person
