"""The certificate as PDF: letter landscape, PDF/A-3a, in its holder's language, its badge attached if switched on."""

import logging
from collections.abc import Mapping

import segno
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from certificates.badges.badge import certificate_badge, file_name
from certificates.credentials.keys import KeyRingBroken
from certificates.models import CertificateCopy, CourseCertificate, FieldCredential, IssuerProfile, Visit

logger = logging.getLogger(__name__)


class PrintingUnavailable(RuntimeError):
    """The library that makes PDF files needs Pango, which this machine does not have."""


def issuer_of(issued: CourseCertificate | FieldCredential | Visit | None) -> IssuerProfile | None:
    """Return the confirmed issuer, or None: then what was issued is a sample and names no organisation."""
    if issued is None:
        return None
    return IssuerProfile.objects.filter(organisation=issued.organisation, confirmed=True).first()


def verification_address(certificate: CourseCertificate, language: str) -> str:
    """Return the full address of a certificate's verification page."""
    with translation.override(language):
        return settings.PUBLIC_URL + reverse("verify_certificate", kwargs={"code": certificate.code})


def certificate_html(copy: CertificateCopy) -> str:
    """Return the certificate as a page for the printer."""
    certificate = copy.certificate
    address = verification_address(certificate, copy.language)
    with translation.override(copy.language):
        return render_to_string(
            "certificates/certificate_pdf.html",
            {
                "copy": copy,
                "certificate": certificate,
                "issuer": issuer_of(certificate),
                "address": address.split("//")[1],
                "qr": qr_code(address),
            },
        )


def certificate_pdf(copy: CertificateCopy) -> bytes:
    """Return the certificate as PDF/A-3a. Raises `PrintingUnavailable` on a machine without Pango."""
    badge = _badge(copy)
    attached = {file_name(copy.certificate.code): badge} if badge else {}
    return pdf_of(certificate_html(copy), certificate_identifier(copy), attached)


def pdf_of(html: str, identifier: bytes, attached: Mapping[str, str | bytes] | None = None) -> bytes:
    """Return a page as PDF/A-3a with files attached by name; it fetches nothing, pictures stand in it as `data:`.

    The same page with the same identifier makes the same file. Raises `PrintingUnavailable` without Pango.
    """
    try:
        from weasyprint import HTML, Attachment  # slow to import, and needs a system library
        from weasyprint.urls import URLFetcher
    except OSError as problem:
        raise PrintingUnavailable from problem
    files = [Attachment(string=text, name=name, relationship="Data") for name, text in (attached or {}).items()]
    page = HTML(string=html, url_fetcher=URLFetcher(allowed_protocols=["data"]))
    pdf: bytes = page.write_pdf(pdf_variant="pdf/a-3a", pdf_identifier=identifier, attachments=files)
    return pdf


def qr_code(address: str) -> str:
    """Return an address as a QR code, a picture to stand in a page as `data:`."""
    return str(segno.make(address, error="m").png_data_uri(scale=6, border=2))


def _badge(copy: CertificateCopy) -> bytes | None:
    """Return the badge to attach, or None. A certificate on paper does not wait until broken keys are mended."""
    try:
        return certificate_badge(copy)
    except KeyRingBroken:
        logger.exception("certificate %s was printed without its badge", copy.certificate_id)
        return None


def certificate_identifier(copy: CertificateCopy) -> bytes:
    """Return the file identifier: the same copy makes the same file."""
    return f"{copy.certificate.uuid}-{copy.number}".encode()
