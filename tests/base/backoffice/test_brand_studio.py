"""The brand studio: a draft that nobody outside sees, a preview, versions, the way back."""

import io
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django_tenants.utils import schema_context
from PIL import Image

import people
from audit.models import AuditRecord
from backoffice.once import new_token
from tenants.models import Brand, BrandDraft, BrandVersion

EDIT, PUBLISH = "/backoffice/brand/edit/", "/backoffice/brand/publish/"
PREVIEW = "/backoffice/brand/preview/"
DRAWING = (
    b'<?xml version="1.0"?><!-- Made by an editor --><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN"'
    b' "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd"><svg xmlns="http://www.w3.org/2000/svg"'
    b' xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" viewBox="0 0 9 9"'
    b' inkscape:version="1"><metadata>who drew it</metadata><style>.a{fill:#123456}</style>'
    b'<path class="a" d="M0 0h9v9z"/></svg>'
)


@pytest.fixture
def house(engine, tenant, staff_of, client_for) -> SimpleNamespace:
    """An owner's, an administrator's and a supporter's browser; nothing has traded."""
    return SimpleNamespace(
        tenant=tenant,
        browser=client_for(staff_of("owner")),
        admins=client_for(staff_of("admin")),
        supporters=client_for(staff_of("support")),
    )


@pytest.fixture
def publish(django_capture_on_commit_callbacks):
    """Save a draft with changes, then publish it as its pages would."""

    def act(browser, reason="", **changes):
        saved = browser.post(EDIT, {**fields_of(browser), **changes, "do": "publish"})
        assert saved["Location"] == PUBLISH
        with django_capture_on_commit_callbacks(execute=True):
            return browser.post(PUBLISH, {**fields_of(browser, PUBLISH), "reason": reason})

    return act


def fields_of(browser, address=EDIT, **changes):
    """A form as the page would send it, with changes."""
    form = browser.get(address).context["form"]
    fields = {bound.html_name: bound.value() for bound in form if bound.value() is not None}
    fields = {name: value for name, value in fields.items() if value is not False}
    return {**fields, "token": new_token(), **changes}


def brand_of(house) -> Brand:
    return Brand.objects.get(tenant_id=house.tenant.pk)


def state(house):
    """What any change of the brand leaves."""
    brand = brand_of(house)
    return (
        brand.version, brand.name, brand.colours, brand.logo_svg,
        list(BrandDraft.objects.values_list("tenant_id", "changed_at")),
        BrandVersion.objects.count(), AuditRecord.objects.count(),
    )  # fmt: skip


def test_a_draft_changes_nothing_until_it_is_published(house, client_for, publish) -> None:
    fields = fields_of(house.browser, name="Polar Exchange", light_primary="#0B6E4F")
    assert house.browser.post(EDIT, fields)["Location"] == EDIT
    assert brand_of(house).name == "North Exchange"
    assert "Polar" not in client_for(tenant=house.tenant).get("/").content.decode()
    page = house.admins.get("/backoffice/brand/").content.decode()
    assert "A draft waits" in page
    # The other one goes on where the first has stopped.
    assert 'value="Polar Exchange"' in house.admins.get(EDIT).content.decode()
    step = house.admins.get(PUBLISH).content.decode()
    assert "Polar Exchange" in step and "Main colour (light)" in step and "#0b6e4f" in step

    answer = publish(house.admins, reason="spring", text_en_tagline="Trade in the cold")
    assert answer["Location"] == "/backoffice/brand/"
    brand = brand_of(house)
    assert (brand.name, brand.colours["light"]["primary"], brand.version) == (
        "Polar Exchange", "#0b6e4f", 2,
    )  # fmt: skip
    assert not BrandDraft.objects.exists()
    front = client_for(tenant=house.tenant).get("/").content.decode()
    assert "Polar Exchange" in front and "Trade in the cold" in front
    page = house.browser.get("/backoffice/brand/").content.decode()
    assert "spring" in page and "change brand" in page and "save brand draft" in page


def test_an_earlier_version_comes_back_as_a_new_one(house, publish) -> None:
    before = brand_of(house)
    publish(house.browser, name="Polar Exchange", light_primary="#0b6e4f")
    address = "/backoffice/brand/versions/1/"
    page = house.browser.get(address).content.decode()
    assert "Polar Exchange" in page and "North Exchange" in page
    late = fields_of(house.admins, address)
    answer = house.browser.post(address, fields_of(house.browser, address, reason="too green"))
    assert answer["Location"] == "/backoffice/brand/"
    brand = brand_of(house)
    assert (brand.name, brand.version) == (before.name, 3)
    assert brand.colours == before.colours
    versions = BrandVersion.objects.filter(tenant_id=house.tenant.pk)
    assert [row.version for row in versions] == [3, 2, 1]
    assert versions[0].reason == "too green"
    # Who had it open meanwhile is told instead of doing it again.
    assert house.admins.post(address, late).status_code == 422
    assert brand_of(house).version == 3


def test_a_draft_that_was_overtaken_is_brought_up_to_date_first(house, publish) -> None:
    publish(house.browser, name="Polar Exchange")
    house.admins.post(EDIT, fields_of(house.admins, text_en_footer="North of the wall"))
    back = "/backoffice/brand/versions/1/"
    house.browser.post(back, fields_of(house.browser, back))
    blocked = house.admins.post(PUBLISH, fields_of(house.admins, PUBLISH))
    assert blocked.status_code == 422
    assert b"Bring the draft up to date" in house.admins.get(EDIT).content
    assert brand_of(house).version == 3
    update = "/backoffice/brand/draft/update/"
    assert house.admins.post(update, fields_of(house.admins, update))["Location"] == EDIT
    draft = BrandDraft.objects.get()
    assert draft.content["name"] == "North Exchange"  # what the way back brought
    assert draft.content["texts"]["en"]["footer"] == "North of the wall"
    assert house.admins.post(PUBLISH, fields_of(house.admins, PUBLISH)).status_code == 302
    assert brand_of(house).texts["en"]["footer"] == "North of the wall"


def test_what_is_published_is_what_was_looked_at(house) -> None:
    house.browser.post(EDIT, fields_of(house.browser, name="One"))
    looked = fields_of(house.browser, PUBLISH)
    house.admins.post(EDIT, fields_of(house.admins, name="Two"))
    answer = house.browser.post(PUBLISH, looked)
    assert answer.status_code == 422 and b"Somebody has just changed the draft" in answer.content
    assert brand_of(house).name == "North Exchange"


def test_two_people_at_the_draft_get_a_difference(house) -> None:
    late = fields_of(house.admins, name="Late", light_text="#101010")
    house.browser.post(EDIT, fields_of(house.browser, name="Early", dark_text="#fafafa"))
    answer = house.admins.post(EDIT, late)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Somebody else has changed this" in page and "Early" in page and 'value="Late"' in page
    assert BrandDraft.objects.get().content["name"] == "Early"
    again = fields_of_answer(answer)
    assert house.admins.post(EDIT, again).status_code == 302
    content = BrandDraft.objects.get().content
    assert (content["name"], content["colours"]["light"]["text"]) == ("Late", "#101010")
    assert content["colours"]["dark"]["text"] == "#fafafa"  # the other's, kept


def fields_of_answer(answer):
    form = answer.context["form"]
    fields = {bound.html_name: bound.value() for bound in form if bound.value() is not None}
    return {name: value for name, value in fields.items() if value is not False}


def test_a_draft_is_thrown_away(house) -> None:
    house.browser.post(EDIT, fields_of(house.browser, name="Never"))
    address = "/backoffice/brand/draft/discard/"
    assert house.browser.post(address, fields_of(house.browser, address)).status_code == 302
    assert not BrandDraft.objects.exists() and brand_of(house).name == "North Exchange"
    assert house.browser.post(address, fields_of(house.browser, address)).status_code == 422


def test_contrast_is_warned_about_with_numbers(house, publish) -> None:
    changes = {"light_primary": "#ffff66", "light_on_primary": "#ffffff"}
    told = house.browser.post(PREVIEW + "front/", fields_of(house.browser, **changes)).json()
    assert "1.0 : 1" in told["contrast"] or "1.1 : 1" in told["contrast"]
    assert "below 4.5" in told["contrast"]
    publish(house.browser, **changes)
    page = house.browser.get("/backoffice/brand/").content.decode()
    assert "text on buttons has a contrast of 1.0 to 1; readable from 4.5." in page


@pytest.mark.parametrize("page", ["front", "markets", "sign_up", "mail"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_preview_shows_what_is_typed_and_saves_nothing(house, page, scheme) -> None:
    before = state(house)
    fields = fields_of(
        house.browser, name="Polar <b>", dark_primary="#abcdef", light_primary="#135724",
        text_en_tagline="Cold & clear", text_en_mail_signature="Yours, the bears",
        text_en_mail_footer="Ice 1, Longyearbyen", mail_look="band", shown_scheme=scheme,
        text_en_legal_links="Terms | https://polar.example/terms",
    )  # fmt: skip
    told = house.browser.post(f"{PREVIEW}{page}/", fields).json()
    html = told["html"]
    assert told["problems"] == {}
    assert "Polar &lt;b&gt;" in html and "Polar <b>" not in html
    assert "<script" not in html and "<body inert" in html
    if page == "mail":
        assert "background:#135724" in html and "Yours, the bears" in html
        assert "Ice 1, Longyearbyen" in html
    else:
        assert "--brand-primary:light-dark(#135724,#abcdef)" in html
        assert f'data-theme="{scheme}"' in html
        assert 'href="https://polar.example/terms"' in html
    assert ("Cold &amp; clear" in html) == (page == "front")
    assert state(house) == before


def test_a_preview_speaks_the_language_asked_for(house) -> None:
    fields = fields_of(house.browser, text_ru_tagline="Холодно и ясно", shown_language="ru")
    html = house.browser.post(PREVIEW + "front/", fields).json()["html"]
    assert "Холодно и ясно" in html and 'lang="ru"' in html


def test_nonsense_is_told_beside_a_preview_of_the_rest(house) -> None:
    fields = fields_of(
        house.browser, light_primary="red", name="Polar",
        text_en_legal_links="Terms | javascript:alert(1)",
    )  # fmt: skip
    told = house.browser.post(PREVIEW + "front/", fields).json()
    assert "Write a colour as #rrggbb." in told["problems"].values()
    assert any("Legal links, line 1" in text for text in told["problems"].values())
    assert "Polar" in told["html"] and "javascript:" not in told["html"]
    assert house.browser.get(PREVIEW + "nothing/").status_code == 404


def test_a_drawing_is_cleaned_and_shown(house, client_for, publish) -> None:
    publish(house.browser, logo=SimpleUploadedFile("logo.svg", DRAWING))
    logo = client_for(tenant=house.tenant).get("/brand/logo.svg").content.decode()
    assert 'fill="#123456"' in logo
    for word in ("editor", "inkscape", "metadata", "DOCTYPE", "<style"):
        assert word not in logo
    publish(house.browser, remove_logo="on")
    assert client_for(tenant=house.tenant).get("/brand/logo.svg").status_code == 404


def test_a_picture_is_drawn_anew_for_pages_and_mails(house, client_for, publish) -> None:
    drawn = io.BytesIO()
    picture = Image.new("RGB", (1200, 600), "#a51c30")
    picture.save(drawn, "JPEG", comment=b"secret-note", exif=b"Exif\0\0secret-exif")
    publish(house.browser, picture=SimpleUploadedFile("logo.jpg", drawn.getvalue()))
    browser = client_for(tenant=house.tenant)
    answer = browser.get("/brand/logo.png")
    assert answer["Content-Type"] == "image/png" and b"secret" not in answer.content
    assert Image.open(io.BytesIO(answer.content)).size == (512, 256)
    assert "/brand/logo.png?v=2" in browser.get("/").content.decode()
    html = house.browser.get(PREVIEW + "mail/").json()["html"]
    assert "data:image/png;base64," in html


@pytest.mark.parametrize(
    ("field", "data", "sentence"),
    [
        ("logo", b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "script"),
        ("logo", b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'></svg>", "onload"),
        ("logo", b"\xff\xfe", "This is no SVG file."),
        ("logo", b"not a picture", "no well-formed SVG"),
        ("logo", b"<!DOCTYPE svg [<!ENTITY a 'b'>]><svg>&a;</svg>", "no well-formed SVG"),
        ("picture", b"<svg/>", "no PNG, JPEG or WebP"),
        ("picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "no PNG, JPEG or WebP"),
        ("picture", b"\0" * 2_000_001, "too large"),
    ],
)
def test_a_logo_that_could_run_something_or_is_none_is_refused(
    house, field, data, sentence
) -> None:
    before = state(house)
    fields = fields_of(house.browser, **{field: SimpleUploadedFile("logo", data)})
    answer = house.browser.post(EDIT, fields)
    assert answer.status_code == 422 and sentence in answer.content.decode()
    assert state(house) == before


def test_others_see_and_change_nothing(house, other_tenant, alice, staff_of) -> None:
    house.browser.post(EDIT, fields_of(house.browser, name="Secret plans"))
    fields = fields_of(house.browser, name="Mine")
    publishing = fields_of(house.browser, PUBLISH)
    before = state(house)
    stranger = people.browser_of(house.tenant)
    charlie = people.make_staff(other_tenant, "owner")
    abroad = people.browser_of(house.tenant)
    abroad.cookies = people.browser_of(other_tenant, charlie).cookies
    for browser in (people.browser_of(house.tenant, alice), stranger, abroad, house.supporters):
        for address in (EDIT, PUBLISH, PREVIEW + "front/", "/backoffice/brand/versions/1/"):
            sent = publishing if address == PUBLISH else fields
            answers = [browser.get(address), browser.post(address, sent)]
            assert {answer.status_code for answer in answers} <= {302, 403}
            assert all(b"Secret plans" not in answer.content for answer in answers)
    at_home = people.browser_of(other_tenant, charlie)
    assert "Secret plans" not in at_home.get(EDIT).content.decode()
    assert at_home.get("/backoffice/brand/versions/2/").status_code == 404
    assert state(house) == before
    with schema_context("public"):
        assert BrandDraft.objects.count() == 1
