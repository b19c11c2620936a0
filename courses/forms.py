"""Forms of the admin on courses."""

import zipfile
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from cms.archives import NOT_A_WHOLE_ZIP
from courses.models import CoursePage
from people.models import Organisation, User
from people.public import organisations_where

MOST_UPLOAD_BYTES = 300_000_000


class PackageForm(forms.Form):
    """A package to take in, and for whom."""

    organisation = forms.ModelChoiceField(
        label=_("For which organisation"), queryset=Organisation.objects.none(), empty_label=None
    )
    file = forms.FileField(
        label=_("The course's package (.zip)"), widget=forms.FileInput(attrs={"accept": ".zip,application/zip"})
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = [place.pk for place in organisations_where(user, "exchange_course")]
        self.fields["organisation"].queryset = Organisation.objects.filter(pk__in=places)  # type: ignore[attr-defined]
        self.initial["organisation"] = places[0] if places else None

    def clean_file(self) -> "UploadedFile[Any]":
        """Refuse at once what is too large or no course's package; the rest is checked while it is taken in."""
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > MOST_UPLOAD_BYTES:
            most = filesizeformat(MOST_UPLOAD_BYTES)
            raise forms.ValidationError(_("This file is larger than %s. Make its recordings smaller.") % most)
        try:
            with zipfile.ZipFile(file) as archive:
                names = archive.namelist()
        except (*NOT_A_WHOLE_ZIP, ValueError) as problem:
            raise forms.ValidationError(
                _("This file is not a whole zip file. Copy or download it again, then try once more.")
            ) from problem
        if "course.json" not in names:
            raise forms.ValidationError(_("There is no course.json: this is not a course's package."))
        return file


class EditionForm(forms.Form):
    """What a new edition is of, and what is new in it."""

    course = forms.ModelChoiceField(label=_("Course"), queryset=CoursePage.objects.none())
    notes = forms.CharField(
        label=_("What is new"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("In a few sentences, for partners who took the course over."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = [place.pk for place in organisations_where(user, "write_course")]
        own = CoursePage.objects.live().source().filter(organisation__in=places)
        self.fields["course"].queryset = own  # type: ignore[attr-defined]
        self.initial.setdefault("course", own.first())
