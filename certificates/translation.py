"""Short texts kept per language by django-modeltranslation (languages frozen in the settings)."""

from modeltranslation.translator import TranslationOptions, register

from certificates.models import ConductCode, IssuerProfile, Requirement, Role


@register(IssuerProfile)
class IssuerProfileTranslation(TranslationOptions):
    """The sentence under the course's name."""

    fields = ("wording",)


@register(Role)
class RoleTranslation(TranslationOptions):
    """What the role is called and what she may do."""

    fields = ("name", "plain_name", "duties")


@register(Requirement)
class RequirementTranslation(TranslationOptions):
    """Where the missing step is to be had."""

    fields = ("note",)


@register(ConductCode)
class ConductCodeTranslation(TranslationOptions):
    """The commitments."""

    fields = ("text",)
