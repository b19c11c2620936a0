"""A reminder that a coordinator sends from her own telephone: neutral, so that nobody who sees it learns anything."""

from dataclasses import dataclass
from urllib.parse import quote

from django.utils import translation
from django.utils.translation import gettext as _


@dataclass(frozen=True)
class NeutralReminder:
    """The text of a reminder, and addresses that open it in WhatsApp or as SMS. The recipient is chosen there."""

    language: str
    text: str

    @property
    def whatsapp(self) -> str:
        """Opens WhatsApp with the text; whom it goes to is chosen there."""
        return f"https://wa.me/?text={quote(self.text)}"

    @property
    def sms(self) -> str:
        """Opens the telephone's messages with the text; whom it goes to is chosen there."""
        return f"sms:?&body={quote(self.text)}"


def neutral_reminder(language: str) -> NeutralReminder:
    """Return the reminder in a volunteer's language (a code), for `certificates/neutral_reminder.html`.

    It holds no name, no number, no address of the school and no word of what the course is about (issue 4).
    """
    with translation.override(language):
        return NeutralReminder(language, _("Your course has a step that waits for you."))
