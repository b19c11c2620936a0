"""Numbered, signed snapshots of a course, and the files that travel with it."""

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _


class EditionManager(models.Manager["Edition"]):
    """Questions about editions."""

    def latest(self, course_key: UUID) -> "Edition | None":  # type: ignore[override]
        """Return the newest edition of a course, or None."""
        return self.filter(course_key=course_key).order_by("-number").first()

    def latest_number(self, course_key: UUID) -> int:
        """Return the newest edition's number, 0 when the course has none."""
        return self.filter(course_key=course_key).order_by("-number").values_list("number", flat=True).first() or 0


class Edition(models.Model):
    """An immutable snapshot: the hash of every block in every language, signed."""

    course_key = models.UUIDField()
    number = models.PositiveIntegerField(_("number"))
    manifest = models.JSONField()
    manifest_hash = models.CharField(max_length=64)
    signature = models.CharField(max_length=128)
    key_id = models.CharField(max_length=64)
    languages = models.JSONField(default=list)
    notes = models.TextField(_("what is new"), blank=True)
    licence = models.CharField(_("licence"), max_length=80, blank=True)
    released_at = models.DateTimeField(auto_now_add=True)
    released_by = models.ForeignKey(
        "people.Volunteer", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects: ClassVar = EditionManager()

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["course_key", "number"], name="one_edition_per_course_and_number")
        ]

    def __str__(self) -> str:
        return f"{self.course_key} · {self.number}"


class CourseFile(models.Model):
    """A picture or recording under the name it has in a course's package."""

    course_key = models.UUIDField()
    name = models.CharField(max_length=120)
    image = models.ForeignKey("wagtailimages.Image", null=True, blank=True, on_delete=models.CASCADE)
    media = models.ForeignKey("wagtailmedia.Media", null=True, blank=True, on_delete=models.CASCADE)
    credit = models.CharField(max_length=200, blank=True)
    licence = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["course_key", "name"], name="one_file_per_course_and_name"),
            models.CheckConstraint(
                condition=models.Q(image__isnull=False) ^ models.Q(media__isnull=False),
                name="course_file_is_image_or_media",
            ),
        ]

    def __str__(self) -> str:
        return self.name
