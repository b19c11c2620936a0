"""Opening a school: languages, home page, organisation, territories, staff groups, shipped course. Twice is once."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import QuerySet
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Locale, Page, Site
from wagtailmedia.models import get_media_model

from cms.languages import SOURCE_LANGUAGE
from cms.models import HomePage, StandardPage
from courses.importing import import_course
from courses.models import CoursePage
from courses.signals import school_opened
from people.models import Organisation
from people.public import ADMINISTRATORS, COORDINATORS, TRAINERS, TRANSLATORS, load_guatemala

SHIPPED_COURSE = Path(__file__).parent / "shipped" / "curso-basico"
WELCOME_SOUND = Path(__file__).parent / "shipped" / "inicio" / "bienvenida.mp3"
WELCOME_SECONDS = 24
FIRST_LANGUAGES = [SOURCE_LANGUAGE, "kek"]

LEAD = "Conozca su derecho a la salud y cómo defenderlo en su comunidad. Es gratis."
WELCOME = (
    "Bienvenida, bienvenido. Esta es la Escuela Ciudadana por el Derecho a la Salud. "
    "Aquí aprende cualquier persona que quiere conocer y defender el derecho a la salud. "
    "Puede leer o escuchar cada lección. No necesita dar su nombre para empezar. "
    "Toque el botón grande que dice: Comenzar a aprender."
)
PRIVACY = (
    "<p>La escuela guarda lo menos posible: el nombre que usted escogió, un código, y lo que ha aprendido. "
    "No pide apellido, documento, foto ni dirección.</p>"
    "<h2>Quién puede verlo</h2>"
    "<p>Usted. También la persona que facilita su grupo y la coordinación de su organización. "
    "Otras alumnas y otros alumnos no ven nada de usted. No hay ninguna lista pública.</p>"
    "<h2>Lo que no debe escribir aquí</h2>"
    "<p>No escriba nombres de pacientes ni casos de personas. La escuela es solo para aprender.</p>"
    "<h2>Si quiere irse</h2>"
    "<p>En «Mis datos» puede borrar su nombre y su forma de entrar cuando quiera. "
    "El botón «Salir ya» cierra la escuela y abre otra página.</p>"
)


def open_school(say: Callable[[str], None] = lambda line: None) -> HomePage:
    """Make everything a school needs that is not there yet, the shipped course included; return the home page."""
    with transaction.atomic():
        home = _home_page()
        organisation, _created = Organisation.objects.get_or_create(
            is_default=True, defaults={"name": "Escuela Ciudadana por el Derecho a la Salud", "slug": "escuela"}
        )
        load_guatemala()
        _staff_groups()
    if not CoursePage.objects.exists():
        say("Importing the basic course in two languages (about half a minute, only once) …")
        import_course(SHIPPED_COURSE, home=home, organisation=organisation)
    school_opened.send(CoursePage, organisation=organisation)
    return home


def _home_page() -> HomePage:
    found: HomePage | None = HomePage.objects.filter(locale__language_code=SOURCE_LANGUAGE).first()
    if found:
        return found
    locales = [Locale.objects.get_or_create(language_code=code)[0] for code in FIRST_LANGUAGES]
    root = Page.get_first_root_node()
    for old in root.get_children():
        old.delete()
    root = Page.objects.get(pk=root.pk)
    home = HomePage(
        title="Escuela Ciudadana por el Derecho a la Salud",
        slug="inicio",
        locale=locales[0],
        lead=LEAD,
        welcome=WELCOME,
    )
    home.recording = _welcome_recording()
    root.add_child(instance=home)
    home.add_child(
        instance=StandardPage(title="Sus datos y su seguridad", slug="privacidad", locale=locales[0], body=PRIVACY)
    )
    Site.objects.update_or_create(
        is_default_site=True,
        defaults={
            "hostname": settings.PUBLIC_URL.split("//")[1].split(":")[0],
            "port": int(settings.PORT),
            "root_page": home,
            "site_name": settings.WAGTAIL_SITE_NAME,
        },
    )
    for locale in locales[1:]:
        home.copy_for_translation(locale, alias=True)
        for page in home.get_children():
            page.specific.copy_for_translation(locale, alias=True)
    return HomePage.objects.get(pk=home.pk)


def _welcome_recording() -> Any:
    """Return the shipped recording of the welcome, made by a machine until a person records it."""
    sound = ContentFile(WELCOME_SOUND.read_bytes(), name=WELCOME_SOUND.name)
    return get_media_model().objects.create(title="Voz de máquina", file=sound, type="audio", duration=WELCOME_SECONDS)


# What a group opens in Wagtail's admin beside the screens that ask `may`: permissions on the page tree, and models
# whose bulk actions and translation screens ask Django. `unlock` is the least that shows the page tree to translators.
STAFF_GROUPS: dict[str, tuple[list[str], list[str]]] = {
    TRAINERS: (["add"], ["practical", "question", "questionbank", "quiz"]),
    TRANSLATORS: (["unlock"], ["practical", "question", "quiz"]),
    COORDINATORS: ([], []),
    ADMINISTRATORS: (
        ["add", "change", "publish", "unlock"],
        ["practical", "question", "questionbank", "quiz", "locale"],
    ),
}


def _staff_groups() -> None:
    """Give staff what they need in Wagtail's admin; whose rows they reach there is asked of `may`."""
    root, files = Page.get_first_root_node(), Collection.get_first_root_node()
    for name, (deeds, models) in STAFF_GROUPS.items():
        group, _created = Group.objects.get_or_create(name=name)
        wanted = Permission.objects.filter(content_type__model__in=models)
        also = ["access_admin", "submit_translation"] if models else ["access_admin"]
        group.permissions.set([*wanted, *Permission.objects.filter(codename__in=also)])
        group.page_permissions.all().delete()  # type: ignore[attr-defined]  # Wagtail's
        for permission in _permissions("wagtailcore", [f"{deed}_page" for deed in deeds]):
            GroupPagePermission.objects.create(group=group, page=root, permission=permission)
        group.collection_permissions.all().delete()  # type: ignore[attr-defined]
        if "add" in deeds:
            # Who adds a file may change it; files know no organisation, so nobody changes those of others.
            on_files = _permissions("wagtailimages", ["add_image", "choose_image"])
            for permission in [*on_files, *_permissions("wagtailmedia", ["add_media"])]:
                GroupCollectionPermission.objects.create(group=group, collection=files, permission=permission)


def _permissions(app: str, codenames: list[str]) -> QuerySet[Permission]:
    return Permission.objects.filter(content_type__app_label=app, codename__in=codenames)
