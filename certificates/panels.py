"""Panels of the admin's forms on roles and codes of conduct."""

from typing import Any

from wagtail.admin.panels import HelpPanel, InlinePanel

from certificates.staff_forms import RequirementForm


class ProposalPanel(HelpPanel):
    """Tells of a row that the school only proposes that it waits to be confirmed or changed."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "template": "certificates/admin/proposal.html"})

    class BoundPanel(HelpPanel.BoundPanel):
        """The panel of one row."""

        def is_shown(self) -> bool:
            """Return whether the row is such a proposal."""
            return bool(self.instance.pk and self.instance.is_proposal) and super().is_shown()


class RequirementsPanel(InlinePanel):
    """The conditions of a role; what each may name follows from who fills the form in."""

    def get_form_options(self) -> dict[str, Any]:
        """Return what the form is made with."""
        options: dict[str, Any] = super().get_form_options()
        rows = options["formsets"][self.relation_name]
        return {
            **options,
            "formsets": {self.relation_name: {**rows, "form": RequirementForm, "inherit_kwargs": ["for_user"]}},
        }
