"""Course, module and lesson: three levels of Wagtail pages. Their key in every language is `translation_key`."""

import gzip
import json
from typing import Any, ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.models import Page, PageManager, PagePermissionTester, PageViewRestriction
from wagtail.query import PageQuerySet
from wagtail_localize.fields import SynchronizedField

from assessments.public import QUESTION_TYPES
from cms.fields import BlocksField
from cms.languages import SOURCE_LANGUAGE
from cms.models.pages import StoredPageMixin
from courses.blocks import LESSON_BLOCKS, texts_of
from courses.permissions import page_permissions
from people.models import Organisation
from people.owning import OwnedPageForm

PICTURE: dict[str, Any] = {
    "null": True,
    "blank": True,
    "on_delete": models.SET_NULL,
    "related_name": "+",
}


class LearningPageQuerySet(PageQuerySet):
    """Questions about courses, modules and lessons."""

    def in_language(self, code: str) -> "LearningPageQuerySet":
        """Pages of one language."""
        return self.filter(locale__language_code=code)

    def source(self) -> "LearningPageQuerySet":
        """Pages in the language in which courses are written."""
        return self.in_language(SOURCE_LANGUAGE)


LearningPageManager = PageManager.from_queryset(LearningPageQuerySet)


class LearningPage(StoredPageMixin, Page):
    """What course, module and lesson share: a picture, and texts shown in Spanish where there is no translation."""

    text_fields: ClassVar[tuple[str, ...]] = ("title",)
    base_form_class = OwnedPageForm

    class Meta:
        abstract = True

    def permissions_for_user(self, user: Any) -> PagePermissionTester:
        """Return what a user may do to this page in the admin: by her responsibilities, not by Wagtail's groups."""
        return page_permissions(user, self)

    @cached_property
    def source_page(self) -> "LearningPage | None":
        """This page in the source language, or None when this is it."""
        if self.locale.language_code == SOURCE_LANGUAGE:
            return None
        source: LearningPage | None = (
            type(self)
            .objects.filter(translation_key=self.translation_key, locale__language_code=SOURCE_LANGUAGE)
            .first()
        )
        return source

    def source_texts(self) -> frozenset[str]:
        """Return the texts of the source page; a text that is equal to one of them is shown as untranslated."""
        source = self.source_page
        if source is None:
            return frozenset()
        texts = [text for name in self.text_fields for text in texts_of(getattr(source, name))]
        above = source.get_ancestors().order_by("-depth").values_list("title", flat=True)
        texts += [" ".join(title.split()) for title in above[:2]]
        return frozenset(texts)

    def route(self, request: HttpRequest, path_components: list[str]) -> Any:
        """Find the page below at once in its own kind, as here it can be of one kind only."""
        kinds = self.allowed_subpage_models()
        if not path_components or len(kinds) != 1:
            return super().route(request, path_components)
        below = kinds[0].objects.child_of(self).select_related("locale", "picture")
        page = below.filter(slug=path_components[0]).first()
        if page is None:
            raise Http404
        page._cached_parent_obj = self  # as Wagtail does: `get_parent()` then asks nothing
        return page.route(request, path_components[1:])

    def get_view_restrictions(self) -> "models.QuerySet[PageViewRestriction]":
        """Return the restrictions of this page and those above it; an alias has those of the page it mirrors."""
        pages = self.get_ancestors(inclusive=True).values(own=Coalesce("alias_of_id", "pk"))
        restrictions: models.QuerySet[PageViewRestriction] = PageViewRestriction.objects.filter(page__in=pages)
        return restrictions

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the texts that mark what is shown in Spanish."""
        return {**super().get_context(request, *args, **kwargs), "source_texts": self.source_texts()}


class PageOfCourse:
    """What stands below a course: it belongs to the course's organisation."""

    @cached_property
    def organisation(self) -> Organisation:
        """The organisation that owns the course."""
        course: CoursePage = CoursePage.objects.ancestor_of(self).select_related("organisation").get()
        return course.organisation


class CoursePage(LearningPage):
    """A course. What it asks of a person to be completed is its rule below."""

    organisation = models.ForeignKey(
        "people.Organisation", verbose_name=_("organisation"), on_delete=models.PROTECT, related_name="courses"
    )
    summary = models.TextField(_("what one learns, in a few sentences"), max_length=600)
    notice = models.TextField(
        _("notice"), blank=True, help_text=_("Shown on the course's page: for instance that the text awaits review.")
    )
    picture = models.ForeignKey("wagtailimages.Image", verbose_name=_("picture"), **PICTURE)
    hours = models.PositiveSmallIntegerField(_("hours"), default=1, validators=[MinValueValidator(1)])
    licence = models.CharField(_("licence"), max_length=80, default="CC BY-SA 4.0")
    credits = models.TextField(_("credits"), blank=True)
    final = models.ForeignKey(
        "assessments.Quiz",
        verbose_name=_("final evaluation"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    final_after_checks = models.BooleanField(_("the final evaluation opens after all module checks"), default=True)
    practical = models.ForeignKey(
        "assessments.Practical",
        verbose_name=_("practical"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Counts for roles; the certificate of the course does not ask for it."),
    )
    origin_key = models.UUIDField(null=True, blank=True, editable=False)

    text_fields = ("title", "summary", "notice")
    content_panels: ClassVar = [
        *Page.content_panels,
        FieldPanel("summary"),
        FieldPanel("notice"),
        FieldPanel("picture"),
        MultiFieldPanel(
            [FieldPanel("final"), FieldPanel("final_after_checks"), FieldPanel("practical"), FieldPanel("hours")],
            heading=_("When the course is completed"),
        ),
        FieldPanel("organisation"),
        FieldPanel("licence"),
        FieldPanel("credits"),
    ]
    override_translatable_fields: ClassVar = [
        SynchronizedField("slug"),
        SynchronizedField("organisation"),
        SynchronizedField("final"),
        SynchronizedField("practical"),
        SynchronizedField("licence"),
    ]
    parent_page_types: ClassVar = ["cms.HomePage"]
    subpage_types: ClassVar = ["courses.ModulePage"]
    template = "courses/course_page.html"
    objects: ClassVar = LearningPageManager()

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")

    @property
    def modules(self) -> "models.QuerySet[ModulePage]":
        """Its live modules in order."""
        found: models.QuerySet[ModulePage] = (
            ModulePage.objects.live().child_of(self).select_related("picture", "check_quiz", "locale").order_by("path")
        )
        return found

    @property
    def lessons(self) -> "models.QuerySet[LessonPage]":
        """Its live lessons in order, without their bodies."""
        found: models.QuerySet[LessonPage] = (
            LessonPage.objects.live().descendant_of(self).select_related("picture").defer("body").order_by("path")
        )
        return found

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add modules with their lessons, and the first lesson."""
        lessons = list(self.lessons)
        modules = list(self.modules)
        for module in modules:
            module.listed_lessons = [lesson for lesson in lessons if lesson.path.startswith(module.path)]
        return {
            **super().get_context(request, *args, **kwargs),
            "modules": modules,
            "first_lesson": lessons[0] if lessons else None,
            "minutes": sum(lesson.minutes for lesson in lessons),
        }


class ModulePage(PageOfCourse, LearningPage):
    """A stretch of the road: its lessons and its check."""

    objective = models.TextField(_("what she can do after it"), max_length=400)
    picture = models.ForeignKey("wagtailimages.Image", verbose_name=_("picture"), **PICTURE)
    check_quiz = models.ForeignKey(
        "assessments.Quiz",
        verbose_name=_("check of the module"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    origin_key = models.UUIDField(null=True, blank=True, editable=False)

    text_fields = ("title", "objective")
    content_panels: ClassVar = [
        *Page.content_panels,
        FieldPanel("objective"),
        FieldPanel("picture"),
        FieldPanel("check_quiz"),
    ]
    override_translatable_fields: ClassVar = [SynchronizedField("slug"), SynchronizedField("check_quiz")]
    parent_page_types: ClassVar = ["courses.CoursePage"]
    subpage_types: ClassVar = ["courses.LessonPage"]
    template = "courses/module_page.html"
    objects: ClassVar = LearningPageManager()
    listed_lessons: "list[LessonPage]"

    class Meta:
        verbose_name = _("module")
        verbose_name_plural = _("modules")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the course and this module's live lessons."""
        lessons = LessonPage.objects.live().child_of(self).select_related("picture").defer("body").order_by("path")
        return {
            **super().get_context(request, *args, **kwargs),
            "course": self.get_parent(),
            "lessons": lessons,
        }


class LessonPage(PageOfCourse, LearningPage):
    """A lesson: read in one language at one address, it is the same bytes for everyone."""

    objective = models.TextField(_("what she can do after it"), max_length=300)
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=10, validators=[MinValueValidator(1)])
    picture = models.ForeignKey("wagtailimages.Image", verbose_name=_("picture"), **PICTURE)
    body = BlocksField(LESSON_BLOCKS, verbose_name=_("lesson"), blank=True)
    weight = models.PositiveIntegerField(_("bytes to read it"), default=0, editable=False)
    origin_key = models.UUIDField(null=True, blank=True, editable=False)

    text_fields = ("title", "objective", "body")
    content_panels: ClassVar = [
        *Page.content_panels,
        FieldPanel("objective"),
        FieldPanel("minutes"),
        FieldPanel("picture"),
        FieldPanel("body"),
    ]
    override_translatable_fields: ClassVar = [SynchronizedField("slug")]
    parent_page_types: ClassVar = ["courses.ModulePage"]
    subpage_types: ClassVar[list[str]] = []
    template = "courses/lesson_page.html"
    objects: ClassVar = LearningPageManager()

    class Meta:
        verbose_name = _("lesson")
        verbose_name_plural = _("lessons")

    def save(self, *args: Any, **kwargs: Any) -> Any:
        """Keep the estimate of what reading this lesson costs: its text compressed, and its picture."""
        text = json.dumps(self.body.get_prep_value(), ensure_ascii=False)
        self.weight = len(gzip.compress(text.encode())) + (self.picture.get_file_size() if self.picture else 0)
        return super().save(*args, **kwargs)

    def practice_question(self, block_id: str) -> Any:
        """Return the bound block of a practice question of this lesson, or None."""
        return next((child for child in self.body if child.id == block_id and child.block_type in QUESTION_TYPES), None)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add its place in the course: module, course, the lesson after it, the edition it belongs to."""
        from courses.models.editions import Edition  # pages come first in the package

        module = self.get_parent().specific
        course = module.get_parent().specific
        later = LessonPage.objects.live().descendant_of(course).filter(path__gt=self.path).order_by("path")
        next_lesson = later.defer("body").first()
        return {
            **super().get_context(request, *args, **kwargs),
            "module": module,
            "course": course,
            "next_lesson": next_lesson,
            "ends_module": not (next_lesson and next_lesson.path.startswith(module.path)),
            "question_types": QUESTION_TYPES,
            "edition": Edition.objects.latest_number(course.translation_key),
        }
