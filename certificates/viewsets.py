"""The admin's screens on roles, codes of conduct, monitoring cycles, and who issues certificates."""

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.admin.ui.tables import BooleanColumn, DateColumn
from wagtail.admin.widgets import AdminAutoHeightTextInput
from wagtail.snippets.views.snippets import CreateView, EditView, SnippetViewSetGroup

from certificates.models import ConductCode, IssuerProfile, MonitoringCycle, Requirement, Role
from certificates.panels import ProposalPanel, RequirementsPanel
from certificates.staff_forms import LANGUAGE_CHOICES, ConductCodeForm, MonitoringCycleForm, RoleForm, overlapping
from certificates.tasks import rebuild_after
from cms.auditing import record
from people.viewsets import ORGANISATION_COLUMN, OwnedViewSet, organisation_panel

KEPT = frozenset({"add", "change", "view"})
"""What may be done to rows that grants, signatures and visits rest on: they are retired or followed, never deleted."""
CHOICE = forms.Select


class Telling:
    """A view that records who saved a row, and tells what follows from it."""

    request: HttpRequest
    object: Any
    form: Any

    def save_instance(self) -> Any:
        """Save the row and do what follows."""
        row = super().save_instance()  # type: ignore[misc]
        record(f"{row._meta.model_name}_defined", row, actor=self.request.user)
        if self.form.has_changed():
            self.follow(row)
        return row

    def save_action(self) -> HttpResponse:
        """Answer, with what there is to tell."""
        for words in self.tell(self.object):
            messages.info(self.request, words)
        response: HttpResponse = super().save_action()  # type: ignore[misc]
        return response

    def follow(self, row: Any) -> None:
        """Do what follows from a changed row."""

    def tell(self, row: Any) -> list[str]:
        """Return what there is to tell of a saved row, in words."""
        return []


class Rebuilding(Telling):
    """A view after which the register is reckoned anew, as long work."""

    def follow(self, row: Any) -> None:
        """Let the spans of the organisation's people be written anew."""
        rebuild_after(row, row.organisation)

    def tell(self, row: Any) -> list[str]:
        """Return that the register follows."""
        if not self.form.has_changed():
            return []
        return [gettext("The register is being reckoned anew. How far it is stands under «Long work».")]


class RoleCreateView(Rebuilding, CreateView):
    """A new role."""


class RoleEditView(Rebuilding, EditView):
    """A role."""


class RoleViewSet(OwnedViewSet):
    """Monitoring roles with what they ask. One that is no longer given is retired."""

    model = Role
    deed = "define_roles"
    actions = KEPT
    form_base = RoleForm
    add_view_class = RoleCreateView
    edit_view_class = RoleEditView
    icon = "key"
    menu_label = _("Roles")
    list_display: ClassVar = [
        "name",
        ORGANISATION_COLUMN,
        BooleanColumn("is_proposal", label=_("Proposal")),
        BooleanColumn("retired", label=_("No longer given")),
    ]
    list_filter: ClassVar = ["retired"]
    panels: ClassVar = [
        ProposalPanel(),
        FieldPanel("name_es", heading=_("name (Spanish)")),
        FieldPanel("name_kek", heading=_("name (Qʼeqchiʼ)")),
        FieldPanel("plain_name_es", heading=_("name for papers shown elsewhere (Spanish)")),
        FieldPanel("plain_name_kek", heading=_("name for papers shown elsewhere (Qʼeqchiʼ)")),
        FieldPanel("duties_es", widget=AdminAutoHeightTextInput, heading=_("what she may do (Spanish)")),
        FieldPanel("duties_kek", widget=AdminAutoHeightTextInput, heading=_("what she may do (Qʼeqchiʼ)")),
        organisation_panel(),
        FieldPanel(
            "slug",
            heading=_("Short name for addresses"),
            help_text=_("Empty: the school makes it from the name. It stays afterwards."),
        ),
        MultiFieldPanel(
            [
                FieldPanel("reach", help_text=_("Her municipality and department are where she says that she lives.")),
                FieldPanel("validity"),
                FieldPanel("months", help_text=_("Only where it holds for a number of months.")),
                FieldPanel(
                    "reactivation_months",
                    help_text=_("For so long after its end she takes the steps «to renew»; later all of them again."),
                ),
                FieldPanel("waiting_days"),
            ],
            heading=_("Where and how long it holds"),
        ),
        FieldPanel(
            "includes",
            widget=forms.CheckboxSelectMultiple,
            help_text=_("Who holds this role may do what the marked ones may do."),
        ),
        RequirementsPanel(
            "requirements",
            heading=_("What it asks"),
            label=_("Condition"),
            help_text=_(
                "Every step must be met. Conditions with the same step number are alternatives: one of them is enough."
            ),
            panels=[
                FieldRowPanel([FieldPanel("path"), FieldPanel("step")]),
                FieldPanel(
                    "kind", help_text=_("Fill in below only what this condition speaks of; the rest is left out.")
                ),
                FieldPanel("course", widget=CHOICE, help_text=_("Only for «course completed».")),
                FieldPanel("practical", widget=CHOICE, help_text=_("Only for «practical passed».")),
                FieldPanel("topic", widget=CHOICE, help_text=_("Only for «workshop attended».")),
                FieldPanel("conduct_code", widget=CHOICE, help_text=_("Only for «code of conduct signed».")),
                FieldPanel("other_role", widget=CHOICE, help_text=_("Only for «another role».")),
                FieldPanel(
                    "language",
                    heading=_("language"),
                    widget=forms.Select(choices=LANGUAGE_CHOICES),
                    help_text=_("Only for «interview language»."),
                ),
                FieldRowPanel(
                    [
                        FieldPanel("at_least"),
                        FieldPanel("max_age_months", help_text=_("Empty: it does not grow old.")),
                    ]
                ),
                FieldPanel("note_es", heading=_("where to get it (Spanish)")),
                FieldPanel("note_kek", heading=_("where to get it (Qʼeqchiʼ)")),
            ],
        ),
        MultiFieldPanel([FieldPanel("is_proposal"), FieldPanel("retired")], heading=_("State")),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the roles to list."""
        return super().get_queryset(request).select_related("organisation")


class TellingOfCodes(Telling):
    """A view that tells when no role asks for the saved version yet."""

    def tell(self, row: ConductCode) -> list[str]:
        """Return that roles still ask for another version."""
        if Requirement.objects.filter(conduct_code=row).exists():
            return []
        return [gettext("No role asks for this version yet. Choose it in the conditions of the roles.")]


class ConductCodeCreateView(TellingOfCodes, CreateView):
    """A new version."""


class ConductCodeEditView(TellingOfCodes, EditView):
    """A version."""


class ConductCodeViewSet(OwnedViewSet):
    """Versions of the code of conduct. What was signed stays; a changed text is a new version."""

    model = ConductCode
    deed = "define_roles"
    actions = KEPT
    form_base = ConductCodeForm
    add_view_class = ConductCodeCreateView
    edit_view_class = ConductCodeEditView
    icon = "doc-full"
    menu_label = _("Codes of conduct")
    search_fields = ("version",)
    list_display: ClassVar = [
        "version",
        ORGANISATION_COLUMN,
        DateColumn("adopted_on", label=_("In force from")),
        BooleanColumn("is_proposal", label=_("Proposal")),
    ]
    panels: ClassVar = [
        ProposalPanel(),
        FieldPanel("version"),
        organisation_panel(),
        FieldPanel("text_es", widget=AdminAutoHeightTextInput, heading=_("text (Spanish)")),
        FieldPanel("text_kek", widget=AdminAutoHeightTextInput, heading=_("text (Qʼeqchiʼ)")),
        FieldPanel("adopted_on"),
        FieldPanel("is_proposal"),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the versions to list."""
        return super().get_queryset(request).select_related("organisation")


class TellingOfOverlaps(Rebuilding):
    """A view that tells which other cycles share days with the saved one."""

    def tell(self, row: MonitoringCycle) -> list[str]:
        """Return with which cycles it overlaps, which is allowed."""
        others = overlapping(row)
        if not others:
            return super().tell(row)
        words = ngettext(
            "It shares days with %(cycles)s. A role given on such a day holds until the later of the two ends.",
            "It shares days with %(cycles)s. A role given on such a day holds until the latest of their ends.",
            len(others),
        )
        return [words % {"cycles": ", ".join(f"«{other}»" for other in others)}, *super().tell(row)]


class MonitoringCycleCreateView(TellingOfOverlaps, CreateView):
    """A new cycle."""


class MonitoringCycleEditView(TellingOfOverlaps, EditView):
    """A cycle."""


class MonitoringCycleViewSet(OwnedViewSet):
    """Monitoring cycles: the network's years."""

    model = MonitoringCycle
    deed = "define_roles"
    actions = KEPT
    form_base = MonitoringCycleForm
    add_view_class = MonitoringCycleCreateView
    edit_view_class = MonitoringCycleEditView
    icon = "calendar-alt"
    menu_label = _("Monitoring cycles")
    list_display: ClassVar = [
        "name",
        ORGANISATION_COLUMN,
        DateColumn("starts_on", label=_("From")),
        DateColumn("ends_on", label=_("To")),
    ]
    panels: ClassVar = [
        FieldPanel("name"),
        organisation_panel(),
        FieldPanel("starts_on"),
        FieldPanel("ends_on", help_text=_("Roles given from now on hold until this day; those given before stay.")),
        FieldPanel("form_version"),
        FieldPanel("visit_role", widget=CHOICE),
        FieldPanel("visit_people"),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the cycles to list."""
        return super().get_queryset(request).select_related("organisation")


class IssuerProfileViewSet(OwnedViewSet):
    """How an organisation signs its certificates."""

    model = IssuerProfile
    deed = "administer"
    actions = KEPT
    icon = "edit"
    menu_label = _("Signing certificates")
    search_fields = ("display_name",)
    list_display: ClassVar = ["display_name", ORGANISATION_COLUMN, "confirmed"]


class RolesGroup(SnippetViewSetGroup):
    """The menu of roles."""

    menu_label = _("Roles")
    menu_icon = "key"
    menu_order = 230
    items = (RoleViewSet, ConductCodeViewSet, MonitoringCycleViewSet, IssuerProfileViewSet)
