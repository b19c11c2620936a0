"""The admin's screens on question banks, questions, quizzes, practicals and extra time."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.admin.ui.tables import BooleanColumn, Column, LiveStatusTagColumn, TitleColumn
from wagtail.snippets.views.snippets import SnippetViewSetGroup

from assessments.forms import ExtraTimeForm
from assessments.models import ExtraTime, Practical, Question, QuestionBank, Quiz
from assessments.panels import WeaknessesPanel
from assessments.reviewing import weaknesses_of_question, weaknesses_of_quiz
from assessments.staff_forms import QuestionForm, QuizForm
from people.viewsets import ORGANISATION_COLUMN, WRITING, OwnedViewSet, organisation_panel


def _analysis_of(row: Any) -> str:
    return reverse(f"{row._meta.model_name}_analysis", args=[row.pk])


ANALYSIS_COLUMN = TitleColumn(
    "analysis", label=_("Analysis"), accessor=lambda row: _("See the analysis"), get_url=_analysis_of
)


class QuestionBankViewSet(OwnedViewSet):
    """Banks."""

    model = QuestionBank
    deed = "write_course"
    icon = "folder-open-inverse"
    list_display: ClassVar = ["name", ORGANISATION_COLUMN, ANALYSIS_COLUMN]
    ordering: ClassVar = ["name"]
    panels: ClassVar = [
        FieldPanel("name"),
        FieldPanel("slug", heading=_("Short name for addresses")),
        organisation_panel(),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the banks to list."""
        return super().get_queryset(request).select_related("organisation")


class QuestionFilterSet(WagtailFilterSet):
    """Filters questions by the user's banks; Wagtail adds the language."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["bank"].field.queryset = QuestionBank.snippet_viewset.owned(self.request.user)  # type: ignore[attr-defined]

    class Meta:
        model = Question
        fields: ClassVar = ["bank", "retired"]


class QuestionViewSet(OwnedViewSet):
    """Questions."""

    model = Question
    deed = "write_course"
    owner_path = "bank__organisation"
    actions = WRITING | {"publish"}
    form_base = QuestionForm
    icon = "help"
    name_column = (_("Question"), "__str__")
    list_display: ClassVar = [
        Column("bank", label=_("Bank")),
        Column("locale", label=_("Language")),
        LiveStatusTagColumn(),
        BooleanColumn("retired", label=_("No longer asked")),
    ]
    filterset_class = QuestionFilterSet
    search_fields = ("content",)
    panels: ClassVar = [
        WeaknessesPanel(weaknesses_of_question, heading=_("To look at")),
        FieldPanel("bank"),
        FieldPanel("content"),
        FieldPanel("tags"),
        FieldPanel("review_key"),
        FieldPanel("position"),
        FieldPanel("retired"),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the questions to list."""
        return super().get_queryset(request).select_related("bank", "locale")


class QuizViewSet(OwnedViewSet):
    """Checks and final evaluations."""

    model = Quiz
    deed = "write_course"
    form_base = QuizForm
    icon = "form"
    search_fields = ("title",)
    list_display: ClassVar = ["title", "purpose", "pass_mark", ORGANISATION_COLUMN, "locale", ANALYSIS_COLUMN]
    panels: ClassVar = [
        WeaknessesPanel(weaknesses_of_quiz, heading=_("To look at")),
        FieldPanel("title"),
        FieldPanel("introduction"),
        FieldPanel("slug", heading=_("Short name for addresses")),
        organisation_panel(),
        InlinePanel("draws", heading=_("Questions to draw"), label=_("Questions of a bank"), min_num=1),
        MultiFieldPanel(
            [
                FieldPanel("purpose"),
                FieldPanel("pass_mark"),
                FieldPanel("most_tries"),
                FieldPanel("wait_minutes"),
                FieldPanel("counts"),
                FieldPanel("minutes"),
                FieldPanel("reasons"),
                FieldPanel("offline"),
                FieldPanel("shuffle"),
            ],
            heading=_("Rules"),
        ),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the quizzes to list."""
        return super().get_queryset(request).select_related("organisation", "locale")


class PracticalViewSet(OwnedViewSet):
    """Practicals with their checklists. One that is no longer used is retired: what was observed in it stays."""

    model = Practical
    deed = "write_course"
    actions = WRITING - {"delete"}
    icon = "list-ul"
    search_fields = ("title",)
    list_display: ClassVar = [
        "title",
        ORGANISATION_COLUMN,
        "locale",
        BooleanColumn("retired", label=_("No longer used")),
    ]
    panels: ClassVar = [
        FieldPanel("title"),
        FieldPanel("introduction"),
        FieldPanel("slug", heading=_("Short name for addresses")),
        organisation_panel(),
        FieldPanel("rubric"),
        MultiFieldPanel(
            [
                FieldPanel("pass_mark"),
                FieldPanel("observers"),
                FieldPanel("no_relatives"),
                FieldPanel("no_granter"),
                FieldPanel("retired"),
            ],
            heading=_("Rules"),
        ),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the practicals to list."""
        return super().get_queryset(request).select_related("organisation", "locale")


class ExtraTimeViewSet(OwnedViewSet):
    """Who has more time in evaluations: people are named by their codes only, and nobody says why."""

    model = ExtraTime
    deed = "see_person"
    owner_path = "volunteer__organisation"
    form_base = ExtraTimeForm
    icon = "time"
    name_column = (_("Code of the person"), "volunteer.sign_in.code")
    list_display: ClassVar = ["percent"]
    search_fields = ("volunteer__sign_in__code",)
    panels: ClassVar = [FieldPanel("volunteer"), FieldPanel("percent")]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the rows to list."""
        return super().get_queryset(request).select_related("volunteer__sign_in")


class AssessmentsGroup(SnippetViewSetGroup):
    """The menu of questions and evaluations."""

    menu_label = _("Questions")
    menu_icon = "help"
    menu_order = 210
    items = (QuizViewSet, QuestionBankViewSet, QuestionViewSet, PracticalViewSet, ExtraTimeViewSet)
