"""Panels of the admin's forms on questions and quizzes."""

from collections.abc import Callable
from typing import Any

from wagtail.admin.panels import Panel


class WeaknessesPanel(Panel):
    """Tells what is weak in the row being edited, by a function that returns sentences."""

    def __init__(self, find: Callable[[Any], list[str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.find = find

    def clone_kwargs(self) -> dict[str, Any]:
        """Return what a copy of this panel is made with."""
        return {**super().clone_kwargs(), "find": self.find}

    class BoundPanel(Panel.BoundPanel):
        """The panel of one row."""

        template_name = "assessments/admin/weaknesses.html"

        def is_shown(self) -> bool:
            """Return whether there is anything to tell (a new row has nothing yet)."""
            return bool(self.instance.pk) and super().is_shown()

        def get_context_data(self, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
            """Add the sentences."""
            context: dict[str, Any] = super().get_context_data(parent_context)
            return {**context, "weaknesses": self.panel.find(self.instance)}
