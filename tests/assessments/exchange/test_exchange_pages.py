"""The admin's pages of the exchange, as a trainer and as a stranger of another organisation."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from assessments.exchange.formats import FORMATS
from cms.models import AuditEntry

GIFT = "// [id:uno]\n::Uno::¿Sí? {=a#bien ~b#lea}\n\n::Dos::¿Otra? {=a ~b}\n\nSolo un texto.".encode()


@pytest.fixture
def trainer(make_staff, staff_client):
    return staff_client(make_staff("trainer"))


def upload(client, bank, content=GIFT, name="preguntas.txt"):
    return client.post(f"/admin/question-banks/{bank.pk}/import/", {"file": SimpleUploadedFile(name, content)})


def test_a_trainer_sees_what_would_happen_and_then_does_it(trainer, bank):
    seen = upload(trainer, bank)

    assert seen.status_code == 200
    assert seen.context["count"] == 2
    assert [len(lines) for _title, lines in seen.context["groups"]] == [1, 2]
    assert not bank.questions.exists()

    address = f"/admin/question-banks/{bank.pk}/import/confirm/"
    done = trainer.post(address, {"token": seen.context["token"]})
    again = trainer.post(address, {"token": seen.context["token"]})

    assert done.status_code == 302
    assert bank.questions.filter(live=True).count() == 2
    assert again["Location"].endswith("/import/")
    entry = AuditEntry.objects.get(action="questions_imported")
    assert entry.details == {"format": "gift", "added": 2, "changed": 0, "refused": 1}
    assert upload(trainer, bank).context["count"] == 0


def test_a_file_that_is_none_is_refused_on_the_page(trainer, bank):
    response = upload(trainer, bank, b"PK\x03\x04", "p.xlsx")

    assert response.status_code == 422
    assert "CSV" in response.content.decode()
    assert trainer.post(f"/admin/question-banks/{bank.pk}/import/").status_code == 200


def test_another_person_cannot_use_what_one_has_uploaded(trainer, bank, make_staff, staff_client):
    token = upload(trainer, bank).context["token"]
    colleague = staff_client(make_staff("trainer"))

    colleague.post(f"/admin/question-banks/{bank.pk}/import/confirm/", {"token": token})

    assert not bank.questions.exists()


@pytest.mark.parametrize("form", FORMATS)
def test_a_bank_is_downloaded_in_every_format(form, trainer, bank):
    trainer.post(f"/admin/question-banks/{bank.pk}/import/confirm/", {"token": upload(trainer, bank).context["token"]})

    response = trainer.get(f"/admin/question-banks/{bank.pk}/export/{form}/")

    assert response["Content-Disposition"] == f'attachment; filename="prueba.{FORMATS[form].suffix}"'
    assert upload(trainer, bank, response.content, f"p.{FORMATS[form].suffix}").context["count"] == 0
    assert AuditEntry.objects.filter(action="questions_exported", details={"format": form}).exists()


def test_a_bank_offers_its_exchange_in_the_list_and_under_its_form(trainer, bank):
    listed = trainer.get("/admin/snippets/assessments/questionbank/").content.decode()
    form = trainer.get(f"/admin/snippets/assessments/questionbank/edit/{bank.pk}/").content.decode()

    for page in (listed, form):
        assert f"/admin/question-banks/{bank.pk}/import/" in page
        assert f"/admin/question-banks/{bank.pk}/export/" in page
    assert trainer.get(f"/admin/question-banks/{bank.pk}/export/").status_code == 200
    assert trainer.get(f"/admin/question-banks/{bank.pk}/import/template/").content.startswith(b"\xef\xbb\xbfclave,")
    assert trainer.get(f"/admin/question-banks/{bank.pk}/export/pdf/").status_code == 404


@pytest.mark.parametrize("page", ["import/", "import/template/", "export/", "export/csv/"])
def test_a_bank_of_another_organisation_is_not_there(page, bank, make_staff, staff_client, other_organisation):
    stranger = staff_client(make_staff("trainer", organisation=other_organisation))

    assert stranger.get(f"/admin/question-banks/{bank.pk}/{page}").status_code == 404
    assert upload(stranger, bank).status_code == 404
