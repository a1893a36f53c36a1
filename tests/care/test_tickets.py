"""Questions: asked, answered, noted, given to somebody, closed; each side sees what is its own."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404
from django.utils import timezone

import people
from audit.models import AuditRecord
from backoffice.once import new_token
from care import selectors, tasks
from care.actions import tickets as actions
from care.errors import CareError
from care.models import AnswerText, Ticket, TicketMessage
from identity.models import User
from kyc_cases import picture
from messaging.models import Notice, OutboxMail
from tenants.models import Tenant

Client = Callable[..., people.Browser]
ASKED = {"topic": "payments", "subject": "My deposit", "text": "Where is it?\n\nI wait."}


@pytest.fixture(autouse=True)
def _documents(settings: Any, tmp_path: Path) -> None:
    settings.KYC_DIR = tmp_path / "kyc"


@pytest.fixture
def support(staff_of: Callable[..., User]) -> User:
    return staff_of("support")


@pytest.fixture
def ticket(alice: User) -> Ticket:
    return actions.open_ticket(acting_user=alice, **ASKED)


def fresh(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def send(browser: people.Browser, address: str, **fields: Any) -> Any:
    return browser.post(address, {"token": new_token(), **fields})


def test_a_question_walks_from_the_customer_to_its_answer(
    client_for: Client, alice: User, support: User
) -> None:
    browser, desk = client_for(alice), client_for(support)
    answer = browser.post("/support", ASKED)
    ticket = Ticket.objects.get()
    assert answer["Location"] == f"/support/{ticket.pk}"
    assert "My deposit" in desk.get("/backoffice/questions/").content.decode()
    page = f"/backoffice/questions/{ticket.pk}/"
    assert "Where is it?" in desk.get(page).content.decode()
    assert send(desk, page, way="note", text="He is a good one").status_code == 302
    assert fresh(ticket).state == "waiting"
    assert send(desk, page, way="answer", text="It came & is <here>").status_code == 302
    assert (fresh(ticket).state, fresh(ticket).assigned_to) == ("answered", support)
    mail = OutboxMail.objects.get(user=alice)
    assert f"/support/{ticket.pk}" in mail.text and "It came" not in mail.text
    assert Notice.objects.get(user=alice).path == f"/support/{ticket.pk}"
    told = browser.get(f"/support/{ticket.pk}").content.decode()
    assert "It came &amp; is &lt;here&gt;" in told
    assert "He is a good one" not in told and support.email not in told
    assert browser.post(f"/support/{ticket.pk}", {"text": "Thanks"}).status_code == 302
    assert fresh(ticket).state == "waiting"
    assert browser.post(f"/support/{ticket.pk}/close").status_code == 302
    assert fresh(ticket).state == "closed"
    assert send(desk, page, way="answer", text="One more").status_code == 422
    assert fresh(ticket).messages.count() == 4
    assert browser.post(f"/support/{ticket.pk}", {"text": "Yet"}).status_code == 302
    assert fresh(ticket).state == "waiting" and fresh(ticket).closed_at is None


def test_it_waits_since_the_first_word_that_nobody_answered(ticket: Ticket, alice: User) -> None:
    asked = timezone.now() - timedelta(hours=30)
    Ticket.objects.update(waiting_since=asked)
    assert [row.pk for row in selectors.overdue()] == [ticket.pk]
    actions.reply(ticket_id=ticket.pk, text="Hello?", acting_user=alice)
    assert fresh(ticket).waiting_since == asked


def test_a_form_that_is_sent_twice_asks_once(client_for: Client, alice: User) -> None:
    browser = client_for(alice)
    key = new_token()
    for _twice in range(2):
        assert browser.post("/support", {**ASKED, "request_key": key}).status_code == 302
    assert Ticket.objects.count() == TicketMessage.objects.count() == 1
    path = f"/support/{Ticket.objects.get().pk}"
    again = new_token()
    for _twice in range(2):
        assert browser.post(path, {"text": "More", "request_key": again}).status_code == 302
    assert TicketMessage.objects.count() == 2


def test_a_picture_goes_with_it_and_is_seen_by_its_two_sides_alone(
    client_for: Client, alice: User, bob: User, support: User, staff_of: Callable[..., User]
) -> None:
    file = SimpleUploadedFile("proof.jpg", picture(), content_type="image/jpeg")
    assert client_for(alice).post("/support", {**ASKED, "file": file}).status_code == 302
    said = TicketMessage.objects.get()
    own, staffs = (
        f"/support/attachments/{said.pk}/1",
        f"/backoffice/questions/attachments/{said.pk}/1/",
    )
    shown = client_for(alice).get(own)
    assert shown["Content-Type"] == "image/jpeg" and shown.content[:2] == b"\xff\xd8"
    assert shown["Cache-Control"] == "no-store"
    assert client_for(support).get(staffs).content == shown.content
    assert client_for(bob).get(own).status_code == 404
    assert client_for(staff_of("finance")).get(staffs).status_code == 403
    assert client_for(alice).get(f"/support/attachments/{said.pk}/2").status_code == 404


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("evil.html", b"<html><script>alert(1)</script></html>" * 20, "text/html"),
        ("picture.jpg", b"MZ" + b"\0" * 4_000, "image/jpeg"),
        ("both.pdf", b"%PDF-1.4\n" + b"x" * 3_000, "application/pdf"),
    ],
)
def test_a_file_that_is_none_of_ours_is_refused_and_nothing_is_kept(
    client_for: Client, alice: User, settings: Any, name: str, data: bytes, kind: str
) -> None:
    file = SimpleUploadedFile(name, data, content_type=kind)
    answer = client_for(alice).post("/support", {**ASKED, "file": file})
    assert answer.status_code == 422
    assert not Ticket.objects.exists()
    assert not list(Path(settings.KYC_DIR).rglob("*.bin"))


@pytest.mark.parametrize(
    "fields",
    [{"text": ""}, {"text": "  \n "}, {"text": "x" * 5_001}, {"subject": "x"}, {"topic": "war"},
     {"subject": "x" * 121}, {"text": "a\0b"}, {"request_key": "no-uuid"}],
)  # fmt: skip
def test_what_is_no_question_is_not_kept(
    client_for: Client, alice: User, fields: dict[str, str]
) -> None:
    assert client_for(alice).post("/support", {**ASKED, **fields}).status_code == 422
    assert not Ticket.objects.exists()


def test_nobody_elses_question_is_read_or_written_into(
    client_for: Client, ticket: Ticket, bob: User, charlie: User, tenant: Tenant, support: User
) -> None:
    path = f"/support/{ticket.pk}"
    records = AuditRecord.objects.count()
    for browser, status in (
        (client_for(bob), 404),
        (client_for(charlie, tenant=tenant), 302),
        (client_for(charlie), 404),
        (client_for(support), 404),
        (client_for(tenant=tenant), 302),
    ):
        assert browser.get(path).status_code == status
        assert browser.post(path, {"text": "mine"}).status_code == status
        assert browser.post(f"{path}/close").status_code == status
    assert "My deposit" not in client_for(bob).get("/support").content.decode()
    assert (fresh(ticket).state, ticket.messages.count()) == ("waiting", 1)
    assert AuditRecord.objects.count() == records


def test_who_reads_only_changes_nothing(
    ticket: Ticket, client_for: Client, staff_of: Callable[..., User], alice: User
) -> None:
    page = f"/backoffice/questions/{ticket.pk}/"
    auditor = client_for(staff_of("auditor"))
    assert "Your role reads questions" in auditor.get(page).content.decode()
    assert send(auditor, page, way="answer", text="No").status_code == 422
    finance = client_for(staff_of("finance"))
    assert finance.get(page).status_code == 403
    for user in (staff_of("auditor"), staff_of("finance"), alice):
        for act in (
            lambda user=user: actions.answer(
                ticket_id=ticket.pk, text="x", closes=False, acting_user=user
            ),
            lambda user=user: actions.note(ticket_id=ticket.pk, text="x", acting_user=user),
            lambda user=user: actions.close(ticket_id=ticket.pk, acting_user=user),
            lambda user=user: actions.assign(ticket_id=ticket.pk, to=None, acting_user=user),
        ):
            with pytest.raises(PermissionDenied):
                act()
    assert (fresh(ticket).state, ticket.messages.count()) == ("waiting", 1)


def test_staff_ask_nothing_as_customers(support: User) -> None:
    with pytest.raises(PermissionDenied):
        actions.open_ticket(acting_user=support, **ASKED)
    with pytest.raises(Http404):
        selectors.access_own_ticket(support, 1)


def test_it_is_given_to_who_may_answer(
    ticket: Ticket, client_for: Client, support: User, staff_of: Callable[..., User]
) -> None:
    owner, finance = staff_of("owner"), staff_of("finance")
    page = f"/backoffice/questions/{ticket.pk}/assign/"
    desk = client_for(owner)
    form = desk.get(page).content.decode()
    assert support.email in form and finance.email not in form
    assert send(desk, page, to=str(support.pk)).status_code == 302
    assert fresh(ticket).assigned_to == support
    assert send(desk, page, to=str(finance.pk)).status_code == 422
    with pytest.raises(CareError):
        actions.assign(ticket_id=ticket.pk, to=finance, acting_user=owner)
    mine = client_for(support).get("/backoffice/questions/?with=me").content.decode()
    assert "My deposit" in mine
    assert "My deposit" not in desk.get("/backoffice/questions/?with=me").content.decode()


def test_what_rests_answered_is_closed_in_time(ticket: Ticket, alice: User, support: User) -> None:
    other = actions.open_ticket(acting_user=alice, **ASKED)
    actions.answer(ticket_id=ticket.pk, text="Here", closes=False, acting_user=support)
    Ticket.objects.update(last_at=timezone.now() - timedelta(days=13))
    assert tasks.close_idle() == 0
    Ticket.objects.update(last_at=timezone.now() - timedelta(days=15))
    assert tasks.close_idle() == 1
    assert (fresh(ticket).state, fresh(other).state) == ("closed", "waiting")


def test_answers_begin_with_words_that_hold_no_code(
    ticket: Ticket, client_for: Client, support: User
) -> None:
    desk = client_for(support)
    fields = {"name": "Hello", "language": "en", "text": "Hello {{ name }}, {{ settings }}{% x %}"}
    assert send(desk, "/backoffice/answer-texts/add/", **fields).status_code == 302
    row = AnswerText.objects.get()
    assert send(desk, "/backoffice/answer-texts/add/", **fields).status_code == 422
    page = desk.get(f"/backoffice/questions/{ticket.pk}/?text={row.pk}").content.decode()
    assert f"Hello {ticket.user.email}, {{% x %}}" in page
    for odd in ("0", "x", "9" * 40, "-1"):
        assert desk.get(f"/backoffice/questions/{ticket.pk}/?text={odd}").status_code == 200
    address = f"/backoffice/answer-texts/{row.pk}/"
    assert send(desk, address, **fields, is_removed="on").status_code == 302
    assert not AnswerText.objects.exists()


def test_the_start_page_tells_of_what_waits_too_long(
    ticket: Ticket, client_for: Client, support: User
) -> None:
    home = client_for(support).get("/backoffice/").content.decode()
    assert "waits too long" not in home
    Ticket.objects.update(waiting_since=timezone.now() - timedelta(hours=25))
    home = client_for(support).get("/backoffice/").content.decode()
    assert "1 question waits too long for an answer" in home


def test_a_customer_has_so_many_open_questions_at_most(ticket: Ticket, alice: User) -> None:
    for _more in range(actions.MOST_OPEN - 1):
        actions.open_ticket(acting_user=alice, **ASKED)
    with pytest.raises(CareError):
        actions.open_ticket(acting_user=alice, **ASKED)
    actions.close_own(ticket_id=ticket.pk, acting_user=alice)
    actions.open_ticket(acting_user=alice, **ASKED)
