"""What administrators meet in the admin of roles, codes of conduct and cycles."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from certificates.models import ConductCode, Evidence, MonitoringCycle, Proposal, Requirement, Role, Span
from certificates.tasks import REBUILD
from certificates.vouching import sign_conduct
from cms.models import Job
from cms.working import run_next
from courses.models import CoursePage, WorkshopTopic
from people.models import Responsibility, Territory

Kind = Responsibility.Kind
LET_OUT = {Kind.FACILITATOR: "/es/facilitate/"}
MODELS = ["role", "conductcode", "monitoringcycle"]


@pytest.fixture
def administrator(make_staff, staff_client):
    return staff_client(make_staff(Kind.ADMINISTRATOR))


@pytest.fixture
def role(organisation):
    return Role.objects.get(organisation=organisation, slug="defensora")


@pytest.fixture
def code(organisation):
    return ConductCode.objects.get(organisation=organisation)


@pytest.fixture
def cycle(organisation):
    return MonitoringCycle.objects.get(organisation=organisation)


@pytest.fixture
def neighbours(other_organisation):
    """A role, code, cycle and topic of another organisation."""
    day = timezone.localdate()
    return {
        "role": Role.objects.create(organisation=other_organisation, slug="ajeno", name="Papel ajeno"),
        "conductcode": ConductCode.objects.create(
            organisation=other_organisation, version="ajena-1", text="x", adopted_on=day
        ),
        "monitoringcycle": MonitoringCycle.objects.create(
            organisation=other_organisation, name="Ciclo ajeno", starts_on=day, ends_on=day
        ),
        "topic": WorkshopTopic.objects.create(organisation=other_organisation, name="Taller ajeno"),
    }


def address(model, view, *args):
    return reverse(f"wagtailsnippets_certificates_{model}:{view}", args=args)


def form_at(client, path):
    """The form that a page of the admin shows, its rows included."""
    return client.get(path).context["form"]


def filled(form, **changes):
    """What a browser sends when nothing but the changes was touched."""
    forms = [form]
    for rows in getattr(form, "formsets", {}).values():
        forms += [rows.management_form, *rows.forms]
    data = {}
    for one in forms:
        for field in one:
            value = field.value()
            if value is True:
                data[field.html_name] = "on"
            elif value is not None and value is not False:
                data[field.html_name] = value
    return {**data, **changes}


def problems(response):
    form = response.context["form"]
    rows = [row for formset in form.formsets.values() for row in formset.forms] if hasattr(form, "formsets") else []
    return {field for one in [form, *rows] for field in one.errors}


@pytest.mark.parametrize("model", MODELS)
def test_a_neighbours_rows_are_neither_listed_nor_opened(administrator, neighbours, model):
    listed = administrator.get(address(model, "list"))

    assert listed.status_code == 200
    assert "ajen" not in listed.content.decode()
    for view in ("edit", "usage", "history"):
        assert administrator.get(address(model, view, neighbours[model].pk)).status_code == 404, view


@pytest.mark.parametrize("kind", [Kind.FACILITATOR, Kind.TRAINER, Kind.COORDINATOR])
@pytest.mark.parametrize("model", MODELS)
def test_who_may_not_define_roles_is_kept_out(make_staff, staff_client, model, kind):
    response = staff_client(make_staff(kind)).get(address(model, "list"))

    assert (response.status_code, response["Location"]) == (302, LET_OUT.get(kind, "/admin/"))


@pytest.mark.parametrize("model", MODELS)
def test_nothing_that_others_rest_on_can_be_deleted(administrator, model, role, code, cycle):
    row = {"role": role, "conductcode": code, "monitoringcycle": cycle}[model]

    response = administrator.post(address(model, "delete", row.pk))

    assert response.status_code == 302
    assert type(row).objects.filter(pk=row.pk).exists()


def test_choices_name_own_rows_and_every_course_and_practical(administrator, neighbours, role, course, organisation):
    form = form_at(administrator, address("role", "edit", role.pk))

    for row in [*form.formsets["requirements"].forms, form.formsets["requirements"].empty_form]:
        assert neighbours["topic"] not in row.fields["topic"].queryset
        assert neighbours["conductcode"] not in row.fields["conduct_code"].queryset
        assert neighbours["role"] not in row.fields["other_role"].queryset
        assert list(row.fields["course"].queryset) == list(CoursePage.objects.source().order_by("title"))
        assert row.fields["practical"].queryset.exists()
    assert neighbours["role"] not in form.fields["includes"].queryset
    assert role not in form.fields["includes"].queryset


def test_courses_and_practicals_of_others_may_be_asked_for(
    make_staff, staff_client, other_organisation, neighbours, course
):
    neighbour = staff_client(make_staff(Kind.PARTNER, organisation=other_organisation))
    path = address("role", "edit", neighbours["role"].pk)
    data = filled(
        form_at(neighbour, path),
        **{
            "requirements-TOTAL_FORMS": "1",
            "requirements-0-path": "first",
            "requirements-0-step": "1",
            "requirements-0-kind": "course",
            "requirements-0-course": course.pk,
            "requirements-0-at_least": "1",
            "requirements-0-ORDER": "1",
        },
    )

    response = neighbour.post(path, data)

    assert response.status_code == 302
    assert neighbours["role"].requirements.get().course == course


def test_a_saved_role_is_kept_and_the_register_follows(administrator, role, organisation):
    path = address("role", "edit", role.pk)

    response = administrator.post(path, filled(form_at(administrator, path), duties_es="Otra cosa."))

    role.refresh_from_db()
    assert (response.status_code, role.duties_es) == (302, "Otra cosa.")
    job = Job.objects.get(kind=REBUILD)
    assert job.arguments["organisation"] == organisation.pk


def test_a_role_saved_without_a_change_starts_no_work(administrator, role):
    path = address("role", "edit", role.pk)

    response = administrator.post(path, filled(form_at(administrator, path)))

    assert response.status_code == 302
    assert not Job.objects.filter(kind=REBUILD).exists()


def test_a_requirement_taken_away_proposes_the_role_once_the_work_is_done(
    administrator, role, complete_course, volunteer
):
    volunteer.territory = Territory.objects.get(code="1609")
    volunteer.save()
    complete_course(volunteer)
    assert not Proposal.objects.filter(volunteer=volunteer, role=role).exists()
    path = address("role", "edit", role.pk)
    form = form_at(administrator, path)
    rows = form.formsets["requirements"].forms
    conduct = [row.prefix for row in rows if (row.instance.kind, row.instance.path) == ("conduct", "first")]
    administrator.post(path, filled(form, **{f"{prefix}-DELETE": "on" for prefix in conduct}))

    job = run_next()

    assert (job.kind, job.state, job.done, job.total) == (REBUILD, "done", job.total, job.total)
    assert Proposal.objects.open().filter(volunteer=volunteer, role=role).exists()
    assert Span.objects.filter(volunteer=volunteer, role=role, kind="training").exists()


def test_a_role_that_includes_one_which_leads_back_is_refused(administrator, role):
    monitor = Role.objects.get(organisation=role.organisation, slug="monitora")
    assert role in monitor.includes.all()
    path = address("role", "edit", role.pk)

    response = administrator.post(path, filled(form_at(administrator, path), includes=[monitor.pk]))

    assert problems(response) == {"includes"}


def test_a_role_that_asks_for_itself_is_refused(administrator, role):
    path = address("role", "edit", role.pk)
    form = form_at(administrator, path)
    prefix = form.formsets["requirements"].forms[0].prefix
    data = filled(form, **{f"{prefix}-kind": "role", f"{prefix}-other_role": role.pk})

    assert problems(administrator.post(path, data)) == {"other_role"}


def test_a_requirement_without_what_it_speaks_of_is_refused(administrator, role):
    path = address("role", "edit", role.pk)
    form = form_at(administrator, path)
    prefix = form.formsets["requirements"].forms[0].prefix
    data = filled(form, **{f"{prefix}-kind": "workshop", f"{prefix}-topic": ""})

    assert problems(administrator.post(path, data)) == {"topic"}


def test_what_a_requirement_does_not_speak_of_is_left_out(administrator, role, code):
    path = address("role", "edit", role.pk)
    form = form_at(administrator, path)
    row = form.formsets["requirements"].forms[0]
    administrator.post(path, filled(form, **{f"{row.prefix}-conduct_code": code.pk, f"{row.prefix}-language": "kek"}))

    kept = Requirement.objects.get(pk=row.instance.pk)
    assert (kept.kind, kept.course_id, kept.conduct_code, kept.language) == ("course", kept.course_id, None, "")
    assert kept.course_id is not None


def test_a_role_keeps_its_organisation_and_short_name(administrator, role, neighbours, other_organisation):
    path = address("role", "edit", role.pk)
    data = filled(form_at(administrator, path), slug="otro", organisation=other_organisation.pk)

    administrator.post(path, data)

    role.refresh_from_db()
    assert (role.slug, role.organisation.is_default) == ("defensora", True)


def test_a_new_role_takes_its_short_name_from_its_name(administrator, organisation):
    path = address("role", "add")
    data = filled(form_at(administrator, path), name_es="Tesorera del comité", organisation=organisation.pk)

    response = administrator.post(path, data)

    assert response.status_code == 302
    assert Role.objects.get(slug="tesorera-del-comite").name_es == "Tesorera del comité"


def test_a_proposal_says_so_until_it_is_confirmed(administrator, role):
    path = address("role", "edit", role.pk)
    templates = {template.name for template in administrator.get(path).templates}
    assert "certificates/admin/proposal.html" in templates
    data = filled(form_at(administrator, path))
    del data["is_proposal"]

    administrator.post(path, data)

    assert "certificates/admin/proposal.html" not in {row.name for row in administrator.get(path).templates}


def test_a_signed_code_keeps_its_text(administrator, code, volunteer):
    sign_conduct(volunteer, code, timezone.localdate())
    path = address("conductcode", "edit", code.pk)
    before = code.text_es

    response = administrator.post(path, filled(form_at(administrator, path), text_es="Otra cosa."))

    code.refresh_from_db()
    assert (problems(response), code.text_es) == ({"text_es"}, before)


def test_a_signed_code_may_be_confirmed_and_gets_a_text_in_another_language(administrator, code, volunteer):
    sign_conduct(volunteer, code, timezone.localdate())
    path = address("conductcode", "edit", code.pk)
    as_sent = code.text_es.replace("\n", "\r\n")
    data = filled(form_at(administrator, path), text_es=as_sent, text_kek="x")
    del data["is_proposal"]

    response = administrator.post(path, data)

    code.refresh_from_db()
    assert (response.status_code, code.is_proposal, code.text_kek) == (302, False, "x")


def test_a_code_nobody_signed_may_be_changed(administrator, code):
    path = address("conductcode", "edit", code.pk)

    administrator.post(path, filled(form_at(administrator, path), text_es="Otra cosa."))

    code.refresh_from_db()
    assert code.text_es == "Otra cosa."
    assert not Evidence.objects.filter(kind="conduct").exists()


def test_a_cycle_may_overlap_another_and_the_page_names_it(administrator, cycle, organisation):
    path = address("monitoringcycle", "add")
    data = filled(
        form_at(administrator, path),
        name="Segundo ciclo",
        organisation=organisation.pk,
        starts_on=cycle.ends_on.isoformat(),
        ends_on=(cycle.ends_on + timedelta(days=365)).isoformat(),
    )

    response = administrator.post(path, data, follow=True)

    assert MonitoringCycle.objects.filter(name="Segundo ciclo").exists()
    assert any(f"«{cycle.name}»" in str(message) for message in response.context["messages"])
    assert Job.objects.filter(kind=REBUILD).exists()


def test_a_cycle_that_ends_before_it_begins_is_refused(administrator, cycle):
    path = address("monitoringcycle", "edit", cycle.pk)

    response = administrator.post(path, filled(form_at(administrator, path), ends_on=date(2020, 1, 1).isoformat()))

    assert problems(response) == {"ends_on"}


@pytest.mark.parametrize("model", MODELS)
def test_a_list_asks_the_same_number_of_times_for_1_and_30_rows(
    administrator, organisation, model, django_assert_num_queries
):
    day = timezone.localdate()
    makers = {
        "role": lambda number: Role.objects.create(organisation=organisation, slug=f"p-{number}", name=f"P {number}"),
        "conductcode": lambda number: ConductCode.objects.create(
            organisation=organisation, version=f"v-{number}", text="x", adopted_on=day
        ),
        "monitoringcycle": lambda number: MonitoringCycle.objects.create(
            organisation=organisation, name=f"C {number}", starts_on=day, ends_on=day
        ),
    }
    administrator.get(address(model, "list"))
    with CaptureQueriesContext(connection) as few:
        administrator.get(address(model, "list"))
    for number in range(14):
        makers[model](number)

    with django_assert_num_queries(len(few)):
        administrator.get(address(model, "list"))
