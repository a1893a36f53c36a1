"""Uploads: what a phone sends is taken and drawn anew; everything made to do harm is refused."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject, TextStringObject
from reportlab.pdfgen.canvas import Canvas

import kyc_cases
from audit.models import AuditRecord
from identity.models import User
from kyc import actions, selectors
from kyc.documents import checks, links, store, watermark
from kyc.errors import BadUpload, KycError
from kyc.models import Document
from tenants.models import Tenant


def pdf(pages: int = 2) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out)
    for number in range(pages):
        canvas.drawString(100, 700, f"Page {number + 1}")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def changed_pdf(change: Callable[[PdfWriter], None]) -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(pdf()))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("run.js", "alert(1)")
    return out.getvalue()


def png_of(width: int, height: int) -> bytes:
    """A PNG that says it is huge; its pixels are a few compressed bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data))
            + kind
            + data
            + struct.pack(">I", zlib.crc32(kind + data) & 0xFFFFFFFF)
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = zlib.compress(b"\0" * 4_000_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("kind", "name", "content_type"),
    [
        ("JPEG", "IMG_0001.JPG", "image/jpeg"),
        ("PNG", "scan.png", "image/png"),
        ("WEBP", "photo.webp", "image/webp"),
        ("JPEG", "photo.jpeg", ""),
    ],
)
def test_pictures_are_drawn_anew(kind: str, name: str, content_type: str) -> None:
    data = kyc_cases.picture(kind)
    taken = checks.check(data, name=name, content_type=content_type)
    assert taken.format == kind
    page = Image.open(io.BytesIO(taken.pages[0]))
    assert page.format == "JPEG" and page.size == (1200, 800)


def test_what_a_camera_writes_beside_the_picture_is_gone() -> None:
    image = Image.open(io.BytesIO(kyc_cases.picture()))
    exif = Image.Exif()
    exif[0x010F] = "Camera of Alice"
    exif[0x0112] = 6  # to be turned by a quarter
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif, comment=b"home of Alice")
    assert b"Alice" in out.getvalue()
    (page,) = checks.check(out.getvalue(), name="a.jpg", content_type="image/jpeg").pages
    assert b"Alice" not in page
    assert Image.open(io.BytesIO(page)).size == (800, 1200)
    assert not Image.open(io.BytesIO(page)).getexif()


def test_a_pdf_becomes_pictures_of_its_pages() -> None:
    taken = checks.check(pdf(3), name="bill.pdf", content_type="application/pdf")
    assert taken.format == "PDF" and len(taken.pages) == 3
    assert max(Image.open(io.BytesIO(taken.pages[0])).size) == 2200


def with_script(writer: PdfWriter) -> None:
    writer._root_object[NameObject("/OpenAction")] = DictionaryObject(
        {
            NameObject("/S"): NameObject("/JavaScript"),
            NameObject("/JS"): TextStringObject("app.alert('hi')"),
        }
    )


def with_attachment(writer: PdfWriter) -> None:
    writer.add_attachment("run.exe", b"MZ" * 200)


def with_launch(writer: PdfWriter) -> None:
    action = DictionaryObject(
        {NameObject("/S"): NameObject("/Launch"), NameObject("/F"): DecodedStreamObject()}
    )
    writer._root_object[NameObject("/OpenAction")] = action


def with_password(writer: PdfWriter) -> None:
    writer.encrypt("secret")


BAD: dict[str, tuple[Callable[[], bytes], str, str, bool]] = {
    "svg": (
        lambda: b"<svg xmlns='http://www.w3.org/2000/svg'><script>x</script></svg>" * 20,
        "a.svg", "image/svg+xml", True,
    ),
    "html as a picture": (
        lambda: b"<!doctype html><script>alert(1)</script>" * 20, "a.jpg", "image/jpeg", True,
    ),
    "zip": (lambda: archive() + b"\0" * 600, "a.jpg", "image/jpeg", True),
    "program": (lambda: b"MZ" + b"\0" * 2000, "a.jpg", "image/jpeg", True),
    "picture with an archive behind it": (
        lambda: kyc_cases.picture() + archive(), "a.jpg", "image/jpeg", True,
    ),
    "picture with a page in it": (
        lambda: kyc_cases.picture() + b"<html><body>", "a.jpg", "image/jpeg", True,
    ),
    "picture and pdf": (lambda: kyc_cases.picture() + pdf(), "a.jpg", "image/jpeg", True),
    "pdf with an archive behind it": (
        lambda: pdf() + archive(), "a.pdf", "application/pdf", True,
    ),
    "wrong extension": (lambda: kyc_cases.picture("PNG"), "a.jpg", "image/png", True),
    "wrong content type": (lambda: kyc_cases.picture(), "a.jpg", "application/pdf", True),
    "no extension": (lambda: kyc_cases.picture(), "a", "image/jpeg", True),
    "huge picture": (lambda: png_of(30_000, 30_000), "a.png", "image/png", True),
    "long picture": (lambda: png_of(400, 20_000), "a.png", "image/png", True),
    "pixel bomb within the limit of bytes": (
        lambda: png_of(11_000, 11_000), "a.png", "image/png", True,
    ),
    "tiny picture": (lambda: kyc_cases.picture("PNG", (900, 200)), "a.png", "image/png", False),
    "cut off": (lambda: kyc_cases.picture()[:4000], "a.jpg", "image/jpeg", False),
    "noise": (lambda: b"\xff\xd8\xff" + bytes(range(256)) * 20, "a.jpg", "image/jpeg", False),
    "empty": (lambda: b"", "a.jpg", "image/jpeg", False),
    "pdf with a program": (lambda: changed_pdf(with_script), "a.pdf", "application/pdf", True),
    "pdf with a file in it": (
        lambda: changed_pdf(with_attachment), "a.pdf", "application/pdf", True,
    ),
    "pdf that starts something": (
        lambda: changed_pdf(with_launch), "a.pdf", "application/pdf", True,
    ),
    "locked pdf": (lambda: changed_pdf(with_password), "a.pdf", "application/pdf", False),
    "long pdf": (lambda: pdf(11), "a.pdf", "application/pdf", False),
    "broken pdf": (lambda: b"%PDF-1.7\n" + b"0" * 3000, "a.pdf", "application/pdf", False),
    "heic": (lambda: b"\0\0\0\x18ftypheic" + b"\0" * 2000, "a.heic", "image/heic", False),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_bad_files_are_refused(case: str) -> None:
    make, name, content_type, smells = BAD[case]
    with pytest.raises(BadUpload) as refused:
        checks.check(make(), name=name, content_type=content_type)
    assert refused.value.smells is smells
    assert len(str(refused.value)) > 20


def test_a_moving_picture_is_refused() -> None:
    frames = [Image.new("RGB", (500, 500), colour) for colour in ("red", "green")]
    out = io.BytesIO()
    frames[0].save(out, "PNG", save_all=True, append_images=frames[1:])
    data = out.getvalue() + b""
    with pytest.raises(BadUpload, match="moving"):
        checks.check(data, name="a.png", content_type="image/png")


def test_too_many_bytes_are_refused_before_anything_is_decoded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(checks, "pages_of", lambda *_: pytest.fail("decoded"))
    with pytest.raises(BadUpload, match="larger than 15 MB"):
        checks.check(
            b"\xff\xd8\xff" + bytes(checks.MOST_BYTES), name="a.jpg", content_type="image/jpeg"
        )


def test_an_upload_is_encrypted_in_a_folder_of_its_tenant(
    tenant: Tenant, alice: User, settings: Any
) -> None:
    case = kyc_cases.draft(alice, 2)
    data = kyc_cases.picture()
    document = kyc_cases.upload(case, "identity", data)
    files = [path for path in Path(settings.KYC_DIR).rglob("*") if path.is_file()]
    assert len(files) == 1
    assert files[0].is_relative_to(Path(settings.KYC_DIR) / tenant.schema_name)
    assert files[0].stat().st_mode & 0o077 == 0
    assert b"JFIF" not in files[0].read_bytes() and files[0].read_bytes()[:2] != b"\xff\xd8"
    assert store.read(document.folder, 1).startswith(b"\xff\xd8\xff")
    assert not Path(settings.KYC_DIR).is_relative_to(settings.STATIC_ROOT)
    with pytest.raises(FileNotFoundError):
        store.read("../" + document.folder, 1)


def test_a_newer_upload_takes_the_place_of_the_one_before(tenant: Tenant, alice: User) -> None:
    case = kyc_cases.draft(alice, 2)
    first = kyc_cases.upload(case, "identity", kyc_cases.picture(text="one"))
    second = kyc_cases.upload(case, "identity", kyc_cases.picture(text="two"))
    assert list(selectors.documents_of(case)) == [second]
    assert Document.objects.get(pk=first.pk).replaced_at is not None


def test_a_refused_file_leaves_nothing_but_a_word_where_it_smells(
    tenant: Tenant, alice: User, settings: Any
) -> None:
    case = kyc_cases.draft(alice, 2)
    with pytest.raises(BadUpload):
        kyc_cases.upload(case, "identity", kyc_cases.picture() + archive())
    assert not Document.objects.exists() and not Path(settings.KYC_DIR).exists()
    record = AuditRecord.objects.filter(action="kyc.suspicious_upload").get()
    assert record.object_id == str(case.pk) and record.actor_id == alice.pk


def test_only_the_customer_adds_to_his_case_and_only_what_it_asks_for(
    tenant: Tenant, alice: User, bob: User, staff_of: Callable[..., User]
) -> None:
    case = kyc_cases.draft(alice, 2)
    fields = {"data": kyc_cases.picture(), "name": "a.jpg", "content_type": "image/jpeg"}
    for person in (bob, staff_of("compliance")):
        with pytest.raises(PermissionDenied):
            actions.upload_document(case=case, code="identity", acting_user=person, **fields)
    with pytest.raises(KycError, match="no such document"):
        actions.upload_document(case=case, code="diary", acting_user=alice, **fields)
    kyc_cases.upload(case, "identity")
    kyc_cases.upload(case, "selfie")
    kyc_cases.upload(case, "address_proof")
    actions.submit_case(case=case, acting_user=alice, now=case.opened_at)
    case.refresh_from_db()
    with pytest.raises(KycError, match="being looked at"):
        actions.upload_document(case=case, code="identity", acting_user=alice, **fields)
    assert Document.objects.count() == 3


def test_a_link_is_good_for_one_viewer_page_and_tenant(
    tenant: Tenant, staff_of: Callable[..., User], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = staff_of("compliance"), staff_of("compliance")
    signature = links.sign(7, 1, one)
    assert links.is_signed(signature, 7, 1, one)
    assert not links.is_signed(signature, 7, 1, other)
    assert not links.is_signed(signature, 7, 2, one)
    assert not links.is_signed(signature, 8, 1, one)
    assert not links.is_signed(signature + "x", 7, 1, one)
    monkeypatch.setattr(links, "VALID_SECONDS", -1)
    assert not links.is_signed(signature, 7, 1, one)


def test_the_viewers_name_is_across_the_page() -> None:
    plain = kyc_cases.picture()
    marked = watermark.mark(plain, "compliance@north.example")
    before = Image.open(io.BytesIO(plain)).convert("L")
    after = Image.open(io.BytesIO(marked)).convert("L")
    assert after.size == before.size
    differing = sum(abs(a - b) > 12 for a, b in zip(before.tobytes(), after.tobytes(), strict=True))
    assert differing > before.width * before.height // 100
    other = watermark.mark(plain, "somebody else")
    assert other != marked
