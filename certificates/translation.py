"""Short texts kept per language by django-modeltranslation (languages frozen in the settings)."""

from modeltranslation.translator import TranslationOptions, register

from certificates.models import IssuerProfile


@register(IssuerProfile)
class IssuerProfileTranslation(TranslationOptions):
    """The sentence under the course's name."""

    fields = ("wording",)
