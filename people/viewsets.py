"""The admin's screens on people, and the base of every screen whose rows belong to organisations."""

from collections.abc import Callable, Sequence
from functools import reduce, wraps
from operator import or_
from typing import Any, ClassVar

from django import forms
from django.contrib.admin.utils import unquote
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.choosers import BaseFilterForm
from wagtail.admin.panels import FieldPanel, ObjectList, extract_panel_definitions_from_model_class
from wagtail.admin.ui.tables import BooleanColumn, Column, TitleColumn
from wagtail.admin.views import generic
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.snippets.views import chooser
from wagtail.snippets.views.snippets import CreateView, IndexView, SnippetViewSet, SnippetViewSetGroup
from wagtail.users.views import users

from cms.orthography import search_key
from people.models import Cohort, Organisation, Responsibility, Territory, User
from people.owning import OwnedForm, keeps_school, places_of
from people.permissions import ALLOWED
from people.staff_forms import (
    CohortForm,
    OrganisationForm,
    ResponsibilityForm,
    StaffCreationForm,
    StaffEditForm,
)
from people.staffing import found_organisation

WRITING = frozenset({"add", "change", "delete", "view"})
READING = frozenset({"view"})
ORGANISATION_COLUMN = Column("organisation", label=_("Organisation"))
PLACE_COLUMN = Column("territory", label=_("Place"))


def organisation_panel() -> FieldPanel:
    """Return the panel that chooses the organisation that owns a row."""
    return FieldPanel("organisation", heading=_("Organisation"))


class OwnedPolicy(ModelPermissionPolicy):
    """Lets staff do to a row what their responsibility allows in its organisation; Django's permissions add nothing."""

    def __init__(self, viewset: "OwnedViewSet") -> None:
        super().__init__(viewset.model)
        self.viewset = viewset

    def user_has_permission(self, user: Any, action: str) -> bool:
        """Return whether the user may do this to some row of the model."""
        return action in self.viewset.actions and bool(places_of(user, self.viewset.deed))

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Model) -> bool:
        """Return whether the user may do this to this row."""
        return action in self.viewset.actions and self.viewset.owned(user).filter(pk=instance.pk).exists()


class ChooserSearchForm(BaseFilterForm):
    """The search field of a chooser whose model stands in no search index."""

    q = forms.CharField(label=_("Search"), required=False)

    def filter(self, objects: QuerySet[Any]) -> QuerySet[Any]:
        """Return the rows whose names hold what was typed."""
        self.search_query = self.cleaned_data.get("q")
        self.is_searching = bool(self.search_query)
        found = super().filter(objects)
        return found.model.snippet_viewset.narrow(found, self.search_query) if self.is_searching else found


class OwnedChoices:
    """Offers in a chooser only the rows of the user's organisations."""

    request: HttpRequest
    model_class: Any
    filter_form_class = ChooserSearchForm

    def get_object_list(self) -> QuerySet[Any]:
        """Return the rows that may be chosen."""
        viewset = self.model_class.snippet_viewset
        return viewset.owned(self.request.user, *viewset.choosing_deeds)

    def get_object(self, pk: str) -> Any:
        """Return the chosen row."""
        return self.get_object_list().get(pk=pk)

    def get_objects(self, pks: list[str]) -> QuerySet[Any]:
        """Return the chosen rows."""
        return self.get_object_list().filter(pk__in=pks)


class OwnedChooseView(OwnedChoices, chooser.ChooseView):
    """The chooser."""


class OwnedChooseResultsView(OwnedChoices, chooser.ChooseResultsView):
    """The chooser's next pages."""


class OwnedChosenView(OwnedChoices, chooser.SnippetChosenView):
    """The row that was chosen."""


class OwnedChosenMultipleView(OwnedChoices, chooser.SnippetChosenMultipleView):
    """The rows that were chosen."""


class OwnedChooserViewSet(chooser.SnippetChooserViewSet):
    """A chooser of owned rows."""

    choose_view_class = OwnedChooseView
    choose_results_view_class = OwnedChooseResultsView
    chosen_view_class = OwnedChosenView
    chosen_multiple_view_class = OwnedChosenMultipleView


class TerritoryChoices(OwnedChoices):
    """Offers every territory."""

    def get_object_list(self) -> QuerySet[Any]:
        """Return all places."""
        return Territory.objects.select_related("parent__parent")


class TerritoryChooseView(TerritoryChoices, chooser.ChooseView):
    """The chooser of territories."""


class TerritoryChooseResultsView(TerritoryChoices, chooser.ChooseResultsView):
    """Its next pages."""


class TerritoryChooserViewSet(chooser.SnippetChooserViewSet):
    """A chooser of territories, found whatever the accents."""

    choose_view_class = TerritoryChooseView
    choose_results_view_class = TerritoryChooseResultsView


class OwnedIndexView(IndexView):
    """A list whose first column may be anything that tells a row, and which offers bulk deletion only where it may."""

    @property
    def verbose_name_plural(self) -> str:
        """What the rows are called, in the menu and here."""
        return str(self.model.snippet_viewset.menu_label)

    def get_page_title(self) -> str:
        """Return the title: what the rows are called."""
        return self.verbose_name_plural

    def get_row_url(self, row: Any) -> str | None:
        """Return where a row's name leads."""
        address: str | None = self.get_edit_url(row)
        return address

    @cached_property
    def columns(self) -> list[Any]:
        """The columns: the row's name, then `list_display`."""
        viewset = self.model.snippet_viewset
        bulk, *columns = super().columns
        if viewset.name_column:
            columns = [self._name_column(*viewset.name_column), *columns]
        return [bulk, *columns] if "delete" in viewset.actions else columns

    def _name_column(self, label: Any, accessor: Any) -> Any:
        column_class = self._get_title_column_class(TitleColumn)
        return column_class(
            "row_name",
            label=label,
            accessor=accessor,
            get_url=self.get_row_url,
        )


class OwnRowsOnly:
    """A viewset whose every view answers 404 for an address with a row that is not the user's."""

    owned: Callable[..., QuerySet[Any]]

    def construct_view(self, view_class: Any, **kwargs: Any) -> Callable[..., HttpResponse]:
        """Return the view behind a check of the row in its address."""
        view = super().construct_view(view_class, **kwargs)  # type: ignore[misc]

        @wraps(view)
        def only_own(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if "pk" in kwargs:
                get_object_or_404(self.owned(request.user), pk=unquote(str(kwargs["pk"])))
            return view(request, *args, **kwargs)

        return only_own


class OwnedViewSet(OwnRowsOnly, SnippetViewSet):
    """Screens on rows that belong to organisations: a row of another organisation is not listed and answers 404.

    `deed` is what a person must be allowed to do there (a key of `ALLOWED`), `owner_path` the lookup that leads from a
    row to its organisation, `actions` what may be done at all, `choosing_deeds` who may choose rows in other forms,
    `name_column` the label and accessor of the column that tells a row, where it is no field.
    """

    deed: str
    owner_path = "organisation"
    actions = WRITING
    form_base: type[OwnedForm] = OwnedForm
    search_fields: Sequence[str] = ("name",)
    name_column: tuple[Any, Any] | None = None
    index_view_class = OwnedIndexView
    chooser_viewset_class = OwnedChooserViewSet
    copy_view_enabled = False

    def narrow(self, rows: QuerySet[Any], typed: str) -> QuerySet[Any]:
        """Return the rows whose searched fields hold what was typed."""
        found = [Q(**{f"{name}__icontains": typed}) for name in self.search_fields]
        return rows.filter(reduce(or_, found))

    @property
    def choosing_deeds(self) -> tuple[str, ...]:
        """The deeds for which rows are chosen in other rows' forms."""
        return (self.deed,)

    def owned(self, user: Any, *deeds: str) -> QuerySet[Any]:
        """Return the rows in the organisations where a user may do one of the deeds (the screens' own without any)."""
        places = {place.pk for deed in deeds or (self.deed,) for place in places_of(user, deed)}
        return self.model._default_manager.filter(**{f"{self.owner_path}__in": places})

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the rows to list."""
        return self.owned(request.user)

    @property
    def permission_policy(self) -> OwnedPolicy:
        """What the user may do, by responsibility."""
        return OwnedPolicy(self)

    def get_edit_handler(self) -> Any:
        """Return the form's panels, on a form whose choices are limited to the user's organisations."""
        panels = getattr(self, "panels", None) or extract_panel_definitions_from_model_class(self.model)
        return ObjectList(panels, base_form_class=self.form_base).bind_to_model(self.model)


class OrganisationCreateView(CreateView):
    """A new organisation; who makes it administers it until somebody of its own does."""

    def save_instance(self) -> Organisation:
        """Save the organisation and the responsibility for it."""
        return found_organisation(self.form.save(commit=False), self.request.user)


class OrganisationPolicy(OwnedPolicy):
    """Administrators change their own organisation; only the school's own make new ones. None is deleted."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        """Return whether the user may do this to some organisation."""
        return keeps_school(user) if action == "add" else super().user_has_permission(user, action)


class OrganisationViewSet(OwnedViewSet):
    """Organisations, with whom to call in danger."""

    model = Organisation
    deed = "administer"
    owner_path = "pk"
    actions = frozenset({"add", "change", "view"})
    choosing_deeds = tuple(ALLOWED)
    form_base = OrganisationForm
    add_view_class = OrganisationCreateView
    icon = "group"
    list_display: ClassVar = ["name", "emergency_contact", "facilitator_contact"]
    panels: ClassVar = [
        FieldPanel("name"),
        FieldPanel("slug", heading=_("Short name for addresses")),
        FieldPanel("emergency_contact"),
        FieldPanel("facilitator_contact"),
        FieldPanel("languages"),
    ]

    @property
    def permission_policy(self) -> OrganisationPolicy:
        """What the user may do."""
        return OrganisationPolicy(self)


class ResponsibilityViewSet(OwnedViewSet):
    """Who answers for what."""

    model = Responsibility
    deed = "administer"
    actions = frozenset({"add", "change", "view"})
    form_base = ResponsibilityForm
    icon = "user"
    name_column = (_("Person"), "volunteer.identity.safe_name")
    list_display: ClassVar = [
        Column("kind", label=_("Responsibility"), accessor="get_kind_display"),
        ORGANISATION_COLUMN,
        PLACE_COLUMN,
        "starts_on",
        "ends_on",
    ]
    list_filter: ClassVar = ["kind"]
    search_fields = ()
    panels: ClassVar = [
        FieldPanel("volunteer"),
        FieldPanel("kind"),
        organisation_panel(),
        FieldPanel("territory", heading=_("Place")),
        FieldPanel("starts_on"),
        FieldPanel("ends_on"),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the rows to list, with what the list shows."""
        return super().get_queryset(request).select_related("volunteer__identity", "organisation", "territory__parent")


class CohortViewSet(OwnedViewSet):
    """People learning together."""

    model = Cohort
    deed = "keep_cohorts"
    form_base = CohortForm
    icon = "group"
    list_display: ClassVar = ["name", ORGANISATION_COLUMN, PLACE_COLUMN, "starts_on"]
    panels: ClassVar = [
        FieldPanel("name"),
        organisation_panel(),
        FieldPanel("territory", heading=_("Place")),
        FieldPanel("starts_on"),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the rows to list, with what the list shows."""
        return super().get_queryset(request).select_related("organisation", "territory__parent")


class TerritoryIndexView(IndexView):
    """The list of territories, found whatever the accents."""

    def search_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the places whose names hold what was typed."""
        return self.model.snippet_viewset.narrow(queryset, self.search_query) if self.is_searching else queryset


class TerritoryPolicy(ModelPermissionPolicy):
    """Everybody's places: staff look them up, the school's administrators change them."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        """Return whether the user may do this to territories."""
        return action in {"add", "change"} and keeps_school(user)


class TerritoryViewSet(SnippetViewSet):
    """Territories: departments, municipalities and what a school adds below them."""

    model = Territory
    index_view_class = TerritoryIndexView
    chooser_viewset_class = TerritoryChooserViewSet
    copy_view_enabled = False
    icon = "site"
    list_display: ClassVar = [
        "name",
        "alternative_name",
        "kind",
        Column("parent", label=_("Part of")),
        Column("code", label=_("Official code")),
    ]
    list_filter: ClassVar = ["kind"]
    search_fields = ("search_text",)
    panels: ClassVar = [
        FieldPanel("name"),
        FieldPanel("alternative_name"),
        FieldPanel("kind"),
        FieldPanel("code", heading=_("Official code")),
        FieldPanel("parent", heading=_("Part of")),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Territory]:
        """Return the places with what they are part of."""
        return Territory.objects.select_related("parent__parent")

    def narrow(self, rows: QuerySet[Any], typed: str) -> QuerySet[Any]:
        """Return the places whose names hold what was typed, whatever the accents."""
        return rows.filter(search_text__contains=search_key(typed))

    def get_edit_handler(self) -> Any:
        """Return the form's panels."""
        return ObjectList(self.panels).bind_to_model(self.model)

    @property
    def permission_policy(self) -> TerritoryPolicy:
        """Who may do what."""
        return TerritoryPolicy(self.model)


class PeopleGroup(SnippetViewSetGroup):
    """The menu of people."""

    menu_label = _("People")
    menu_icon = "group"
    menu_order = 400
    items = (OrganisationViewSet, ResponsibilityViewSet, CohortViewSet, TerritoryViewSet)


class StaffIndexView(generic.IndexView):
    """Staff accounts. When somebody signed in last is not kept, so it is not shown."""

    default_ordering = "username"

    def get_base_queryset(self) -> QuerySet[User]:
        """Return the accounts of the organisations the user administers."""
        return StaffViewSet.owned(self.request.user)

    @cached_property
    def columns(self) -> list[Any]:
        """The columns: sign-in, person, organisation, whether the account is open."""
        return [
            self._get_title_column("username"),
            Column("person", label=_("Name"), accessor=lambda user: user.volunteer.safe_name),
            Column("organisation", label=_("Organisation"), accessor="volunteer.organisation"),
            BooleanColumn("is_active", label=_("May sign in")),
        ]


class StaffPolicy(ModelPermissionPolicy):
    """Administrators make and close the accounts of their organisations' staff; accounts are not deleted."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        """Return whether the user may do this to some account."""
        return action in {"add", "change", "view"} and bool(places_of(user, "administer"))


class StaffViewSet(OwnRowsOnly, users.UserViewSet):
    """Accounts of staff: each with the person it belongs to."""

    index_view_class = StaffIndexView
    add_view_class = generic.CreateView
    edit_view_class = generic.EditView
    filterset_class = None
    copy_view_enabled = False
    template_prefix = "people/admin/"
    menu_label = _("Staff accounts")

    @staticmethod
    def owned(user: Any) -> QuerySet[User]:
        """Return the accounts of staff in the organisations a user administers."""
        places = places_of(user, "administer")
        return User.objects.filter(volunteer__organisation__in=places).select_related("volunteer__organisation")

    @property
    def permission_policy(self) -> StaffPolicy:
        """Who may do what."""
        return StaffPolicy(self.model)

    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm]:  # type: ignore[type-arg]
        """Return the form that makes or changes an account."""
        return StaffEditForm if for_update else StaffCreationForm
