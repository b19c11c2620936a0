"""The admin's screens on question banks, questions and quizzes."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.admin.ui.tables import BooleanColumn, Column, LiveStatusTagColumn
from wagtail.snippets.views.snippets import SnippetViewSetGroup

from assessments.models import Question, QuestionBank, Quiz
from assessments.panels import WeaknessesPanel
from assessments.reviewing import weaknesses_of_question, weaknesses_of_quiz
from assessments.staff_forms import QuestionForm, QuizForm
from people.viewsets import ORGANISATION_COLUMN, WRITING, OwnedViewSet, organisation_panel


class QuestionBankViewSet(OwnedViewSet):
    """Banks."""

    model = QuestionBank
    deed = "write_course"
    icon = "folder-open-inverse"
    list_display: ClassVar = ["name", ORGANISATION_COLUMN]
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
    list_display: ClassVar = ["title", "purpose", "pass_mark", ORGANISATION_COLUMN, "locale"]
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


class AssessmentsGroup(SnippetViewSetGroup):
    """The menu of questions and evaluations."""

    menu_label = _("Questions")
    menu_icon = "help"
    menu_order = 210
    items = (QuizViewSet, QuestionBankViewSet, QuestionViewSet)
