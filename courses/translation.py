"""Short texts kept per language by django-modeltranslation (languages frozen in the settings)."""

from modeltranslation.translator import TranslationOptions, register

from courses.models import WorkshopTopic


@register(WorkshopTopic)
class WorkshopTopicTranslation(TranslationOptions):
    """What the workshop is about."""

    fields = ("name",)
    required_languages = ("es",)
