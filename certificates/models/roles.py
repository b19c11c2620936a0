"""Monitoring roles and what they ask, codes of conduct, monitoring cycles: data that organisations edit."""

import uuid
from datetime import date
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from modelcluster.models import ClusterableModel
from wagtail.models import Orderable

from people.models import Territory


class ConductCode(models.Model):  # type: ignore[django-manager-missing]  # modeltranslation brings its manager
    """A version of an organisation's code of conduct. A changed text is a new version, signed anew."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="conduct_codes")
    version = models.CharField(_("version"), max_length=32)
    text = models.TextField(_("text"), help_text=_("One commitment a line; she reads or hears it before she signs."))
    adopted_on = models.DateField(_("in force from"))
    is_proposal = models.BooleanField(_("a proposal that the organisation has not confirmed"), default=False)

    class Meta:
        ordering: ClassVar = ["-adopted_on", "-pk"]
        verbose_name = _("code of conduct")
        verbose_name_plural = _("codes of conduct")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "version"], name="one_code_of_conduct_per_version")
        ]

    def __str__(self) -> str:
        return self.version

    @property
    def commitments(self) -> list[str]:
        """The lines of its text."""
        return [line.strip() for line in self.text.splitlines() if line.strip()]


class Role(ClusterableModel):
    """What a volunteer may do in the network; what it asks stands in its requirements."""

    class Validity(models.TextChoices):
        CYCLE = "cycle", _("until the monitoring cycle ends")
        MONTHS = "months", _("a number of months")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="roles")
    slug = models.SlugField(_("short name for addresses"))
    name = models.CharField(_("name"), max_length=80)
    plain_name = models.CharField(
        _("name for papers shown elsewhere"),
        max_length=80,
        blank=True,
        help_text=_("Without words that could harm her, for an employer for instance. Empty: she has no choice."),
    )
    duties = models.TextField(_("what she may do"), blank=True)
    is_proposal = models.BooleanField(_("a proposal that the organisation has not confirmed"), default=False)
    reach = models.CharField(
        _("where it holds"),
        max_length=12,
        choices=[
            ("municipality", _("her municipality")),
            ("department", _("her department")),
            ("everywhere", _("wherever the organisation works")),
        ],
        default="municipality",
    )
    validity = models.CharField(_("how long it holds"), max_length=8, choices=Validity, default=Validity.CYCLE)
    months = models.PositiveSmallIntegerField(
        _("months"), default=12, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )
    reactivation_months = models.PositiveSmallIntegerField(
        _("months after its end in which the shorter path is enough"), default=12
    )
    waiting_days = models.PositiveSmallIntegerField(
        _("days a proposal may wait before it rises to the next level"), default=14, validators=[MinValueValidator(1)]
    )
    includes: Any = ParentalManyToManyField("self", symmetrical=False, blank=True, verbose_name=_("includes the roles"))
    retired = models.BooleanField(_("no longer given"), default=False)

    class Meta:
        ordering: ClassVar = ["pk"]
        verbose_name = _("monitoring role")
        verbose_name_plural = _("monitoring roles")
        constraints: ClassVar = [models.UniqueConstraint(fields=["organisation", "slug"], name="one_role_per_slug")]

    def __str__(self) -> str:
        return self.name

    def place_for(self, home: Territory | None) -> Territory | None:
        """Return the place for which a person who lives in `home` holds the role (None: everywhere)."""
        if self.reach == "everywhere" or home is None:
            return None
        while self.reach == "department" and home.parent:
            home = home.parent
        return home

    def needs_place(self) -> bool:
        """Return whether a person must have said where she lives before the role can be given."""
        return self.reach != "everywhere"


class Requirement(Orderable):
    """One condition of a role. Those that share a step are alternatives; every step must be met."""

    class Path(models.TextChoices):
        FIRST = "first", _("the first time")
        RENEWAL = "renewal", _("to renew")

    class Kind(models.TextChoices):
        COURSE = "course", _("course completed")
        PRACTICAL = "practical", _("practical passed")
        WORKSHOP = "workshop", _("workshop attended")
        CONDUCT = "conduct", _("code of conduct signed")
        LANGUAGE = "language", _("interview language")
        RECOGNISED = "recognised", _("recognised by experience")
        NAMED = "named", _("named by her community")
        VISIT = "visit", _("visits made")
        ROLE = "role", _("another role")

    role = ParentalKey(Role, on_delete=models.CASCADE, related_name="requirements")
    path = models.CharField(_("when it is asked"), max_length=8, choices=Path, default=Path.FIRST)
    step = models.PositiveSmallIntegerField(
        _("step"), default=1, help_text=_("Conditions with the same step number are alternatives: one is enough.")
    )
    kind = models.CharField(_("condition"), max_length=12, choices=Kind)
    course = models.ForeignKey(
        "courses.CoursePage",
        verbose_name=_("course"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,  # an author may delete the page; the condition is then met by nobody
        related_name="+",
    )
    practical = models.ForeignKey(
        "assessments.Practical",
        verbose_name=_("practical"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    topic = models.ForeignKey(
        "courses.WorkshopTopic",
        verbose_name=_("workshop"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    conduct_code = models.ForeignKey(
        ConductCode,
        verbose_name=_("code of conduct"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    other_role = models.ForeignKey(
        Role, verbose_name=_("role"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    language = models.CharField(_("language (code)"), max_length=16, blank=True, help_text=_("Empty: any language."))
    at_least = models.PositiveSmallIntegerField(
        _("at least"), default=1, help_text=_("The edition of a course, or how many visits.")
    )
    max_age_months = models.PositiveSmallIntegerField(_("not older than (months)"), null=True, blank=True)
    note = models.CharField(_("where to get it"), max_length=200, blank=True)

    class Meta(Orderable.Meta):
        verbose_name = _("requirement")
        verbose_name_plural = _("requirements")

    NAMED_BY: ClassVar[dict[str, str]] = {
        Kind.COURSE: "course",
        Kind.PRACTICAL: "practical",
        Kind.WORKSHOP: "topic",
        Kind.CONDUCT: "conduct_code",
        Kind.ROLE: "other_role",
    }

    def __str__(self) -> str:
        return self.get_kind_display()

    def clean(self) -> None:
        """Ask for what the kind of condition needs."""
        field = self.NAMED_BY.get(self.kind)
        if field and getattr(self, f"{field}_id") is None:
            raise ValidationError({field: _("Say which one.")})

    @property
    def subject(self) -> str:
        """What evidence must be about: the key of a course, practical or topic, a code, a language, this very role."""
        if self.kind in {self.Kind.RECOGNISED, self.Kind.NAMED}:
            return str(self.role.uuid)
        field = self.NAMED_BY.get(self.kind)
        if field is None:
            return self.language if self.kind == self.Kind.LANGUAGE else ""
        thing = getattr(self, field)
        if thing is None:
            return "gone"
        return str(getattr(thing, "translation_key", None) or thing.uuid)


class MonitoringCycle(models.Model):
    """The network's year: its dates, the form it monitors with, and who is needed for a visit."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="cycles")
    name = models.CharField(_("name"), max_length=80)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    form_version = models.CharField(_("version of the form"), max_length=40, blank=True)
    visit_role = models.ForeignKey(
        Role,
        verbose_name=_("role needed for a visit"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    visit_people = models.PositiveSmallIntegerField(_("people needed for a visit"), default=2)

    class Meta:
        ordering: ClassVar = ["-starts_on"]
        verbose_name = _("monitoring cycle")
        verbose_name_plural = _("monitoring cycles")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="cycle_ends_after_it_starts")
        ]

    def __str__(self) -> str:
        return self.name

    def holds(self, day: date) -> bool:
        """Return whether a day lies in the cycle, both ends included."""
        return self.starts_on <= day <= self.ends_on
