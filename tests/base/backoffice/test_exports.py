"""Reports in the background, kept reports, and files that come by themselves."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import timezone
from django_tenants.utils import tenant_context

import people
from audit.models import AuditRecord
from firms import Firm, fields_of
from identity.models import User
from jobs import actions as jobs
from jobs import registry, selectors, store, tasks
from jobs.errors import Canceled, JobError
from jobs.models import Job, JobState
from messaging.models import OutboxMail
from wallets.exports import actions, schedule
from wallets.exports.models import SavedReport, Schedule, Span

KATHMANDU = ZoneInfo("Asia/Kathmandu")


def export(user: User, report: str = "revenue", **filters: Any) -> Job:
    return actions.export(report=report, filters=filters, file_kind="csv", acting_user=user)


def content_of(job: Job) -> str:
    return b"".join(store.read(job.stored)).decode("utf-8-sig")


def test_a_report_is_made_in_the_background_and_taken_by_who_asked(
    firm: Firm, client_for, send
) -> None:
    browser = client_for(firm.owner)
    page = browser.get("/backoffice/reports/fees/").content.decode()
    assert "/backoffice/reports/export/revenue/" in page
    address = "/backoffice/reports/export/revenue/?by=instrument"
    fields = fields_of(browser.get(address).content.decode())
    answer = browser.post(address, fields | {"by": "instrument", "file_kind": "csv"})
    assert answer.status_code == 302, answer.content.decode()
    job = Job.objects.get()
    assert answer["Location"] == f"/backoffice/jobs/{job.pk}/"
    waiting = browser.get(answer["Location"]).content.decode()
    assert "It waits for a worker" in waiting and "data-job" in waiting
    tasks.run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.percent) == (JobState.DONE, 100)
    assert browser.get(f"/backoffice/jobs/{job.pk}/state/").json()["ended"] is True
    taken = browser.get(f"/backoffice/jobs/{job.pk}/file/")
    assert taken.status_code == 200 and taken["Content-Disposition"].endswith('by-instrument.csv"')
    rows = list(csv.reader(io.StringIO(content_of(job))))
    assert ["", "BTC-USDT"] in [row[:2] for row in rows]


def test_nobody_else_sees_the_job_or_its_file(
    firm: Firm, client_for, staff_of, other_tenant, send
) -> None:
    job = export(firm.owner)
    tasks.run_job(job.pk)
    colleague, stranger = client_for(firm.finance), client_for(staff_of("owner", other_tenant))
    alice = client_for(firm.alice)
    for path in ("", "state/", "file/", "cancel/"):
        address = f"/backoffice/jobs/{job.pk}/{path}"
        assert colleague.get(address).status_code == 404, path
        assert stranger.get(address).status_code == 404, path
        assert alice.get(address).status_code == 302, path
    assert send(colleague, f"/backoffice/jobs/{job.pk}/cancel/").status_code == 404
    job.refresh_from_db()
    assert job.state == JobState.DONE


def test_who_lost_the_right_gets_no_file(firm: Firm, client_for) -> None:
    job = export(firm.finance)
    waits = export(firm.finance)
    tasks.run_job(job.pk)
    browser = client_for(firm.finance)
    assert browser.get(f"/backoffice/jobs/{job.pk}/file/").status_code == 200
    User.objects.filter(pk=firm.finance.pk).update(role="support")
    assert browser.get(f"/backoffice/jobs/{job.pk}/file/").status_code == 404
    tasks.run_job(waits.pk)
    waits.refresh_from_db()
    assert waits.state == JobState.FAILED and not waits.stored
    with pytest.raises(PermissionDenied):
        export(User.objects.get(pk=firm.finance.pk))


def test_a_job_is_canceled_where_it_tells_how_far_it_is(
    firm: Firm, client_for, send, monkeypatch
) -> None:
    job = export(firm.owner, "statement", account=firm.account.pk)
    begun = jobs.begin(job.pk)
    assert begun is not None and jobs.begin(job.pk) is None  # one worker has it
    jobs.tell(begun, 10, 100)
    browser = client_for(firm.owner)
    assert browser.get(f"/backoffice/jobs/{job.pk}/state/").json()["percent"] == 10
    assert send(browser, f"/backoffice/jobs/{job.pk}/cancel/").status_code == 302
    with pytest.raises(Canceled):
        jobs.tell(begun, 20, 100)
    made = registry.Made(io.BytesIO(b"too late"), "x.csv", "text/csv")
    assert jobs.finish(begun, made) is False
    jobs.end(begun, JobState.CANCELED)
    job.refresh_from_db()
    assert job.state == JobState.CANCELED and not job.stored
    assert send(browser, f"/backoffice/jobs/{job.pk}/cancel/").status_code == 422


def test_a_worker_that_was_given_up_changes_nothing(firm: Firm) -> None:
    job = export(firm.owner)
    gone = jobs.begin(job.pk)
    assert gone is not None
    Job.objects.filter(pk=job.pk).update(seen_at=timezone.now() - timedelta(minutes=10))
    assert jobs.give_back_silent() == [job.pk]
    fresh = jobs.begin(job.pk)
    assert fresh is not None and fresh.tries == 2
    with pytest.raises(Canceled):
        jobs.tell(gone, 1, 2)
    assert jobs.finish(gone, registry.Made(io.BytesIO(b"old"), "x", "text/csv")) is False
    assert jobs.finish(fresh, registry.Made(io.BytesIO(b"new"), "x", "text/csv")) is True
    job.refresh_from_db()
    assert content_of(job) == "new"


def test_files_are_encrypted_and_removed_when_their_time_is_over(firm: Firm, client_for) -> None:
    job = export(firm.owner)
    tasks.run_job(job.pk)
    job.refresh_from_db()
    from django.conf import settings

    raw = (settings.JOBS_DIR / firm.tenant.schema_name / job.stored).read_bytes()
    assert b"BTC-USDT" not in raw and b"section" not in raw
    Job.objects.filter(pk=job.pk).update(expires_at=timezone.now())
    browser = client_for(firm.owner)
    assert browser.get(f"/backoffice/jobs/{job.pk}/file/").status_code == 404
    assert jobs.forget_expired() == 1
    with pytest.raises(FileNotFoundError):
        store.read(job.stored)
    assert (
        "removed when its time was over"
        in browser.get(f"/backoffice/jobs/{job.pk}/").content.decode()
    )


def test_one_person_has_few_jobs_open_at_a_time(firm: Firm) -> None:
    for _number in range(jobs.MOST_OPEN):
        export(firm.owner)
    with pytest.raises(JobError):
        export(firm.owner)
    export(firm.finance)


def test_reports_are_due_in_the_firms_time_zone() -> None:
    evening = datetime(2026, 11, 28, 20, 0, tzinfo=UTC)  # 01:45 on Sunday the 29th there
    assert schedule.next_due(Schedule.DAILY, 6, evening, KATHMANDU) == datetime(
        2026, 11, 29, 0, 15, tzinfo=UTC
    )
    assert schedule.next_due(Schedule.WEEKLY, 6, evening, KATHMANDU) == datetime(
        2026, 11, 30, 0, 15, tzinfo=UTC
    )
    assert schedule.next_due(Schedule.MONTHLY, 0, evening, KATHMANDU) == datetime(
        2026, 11, 30, 18, 15, tzinfo=UTC
    )
    assert schedule.next_due(Schedule.NONE, 6, evening, KATHMANDU) is None
    sunday = date(2026, 3, 1)
    assert schedule.days_of(Span.LAST_WEEK, sunday) == (date(2026, 2, 16), date(2026, 2, 22))
    assert schedule.days_of(Span.LAST_MONTH, sunday) == (date(2026, 2, 1), date(2026, 2, 28))
    assert schedule.days_of(Span.YESTERDAY, sunday) == (date(2026, 2, 28), date(2026, 2, 28))


def test_an_hour_that_the_clock_leaves_out_still_comes_once() -> None:
    zone = ZoneInfo("Europe/Berlin")
    before = datetime(2026, 3, 28, 12, tzinfo=UTC)
    first = schedule.next_due(Schedule.DAILY, 2, before, zone)
    assert first is not None
    second = schedule.next_due(Schedule.DAILY, 2, first, zone)
    assert second is not None and second - first == timedelta(hours=23)


def keep(firm: Firm, **changes: Any) -> SavedReport:
    values: dict[str, Any] = {
        "saved": None,
        "name": "Fees of the day",
        "report": "revenue",
        "filters": {"by": "instrument", "nonsense": "x"},
        "schedule_of": Schedule.DAILY,
        "span": Span.YESTERDAY,
        "recipients": [firm.owner.pk, firm.finance.pk],
        "acting_user": firm.owner,
    }
    return actions.keep(**(values | changes))


def test_a_kept_report_comes_by_mail_to_those_who_have_the_right(firm: Firm, client_for) -> None:
    saved = keep(firm)
    assert saved.filters == {"by": "instrument"}
    due = saved.next_due_at
    assert due is not None and due > timezone.now()
    assert actions.ask_for_due(due - timedelta(seconds=1)) == 0
    User.objects.filter(pk=firm.finance.pk).update(role="support")
    assert actions.ask_for_due(due) == 1
    assert actions.ask_for_due(due) == 0  # once
    job = Job.objects.get()
    tasks.run_job(job.pk)
    mails = OutboxMail.objects.filter(template="report_ready")
    assert [mail.to for mail in mails] == [firm.owner.email]
    assert f"/backoffice/jobs/{job.pk}/" in mails[0].text
    job.refresh_from_db()
    yesterday = due.astimezone(ZoneInfo(firm.tenant.timezone)).date() - timedelta(days=1)
    assert job.parameters["filters"]["begin"] == yesterday.isoformat()
    assert client_for(firm.owner).get(f"/backoffice/jobs/{job.pk}/file/").status_code == 200
    lost = client_for(User.objects.get(pk=firm.finance.pk))
    assert lost.get(f"/backoffice/jobs/{job.pk}/file/").status_code == 404


def test_a_kept_report_stops_when_its_owner_lost_the_right(firm: Firm) -> None:
    saved = keep(firm, acting_user=firm.finance)
    User.objects.filter(pk=firm.finance.pk).update(role="support")
    assert saved.next_due_at is not None
    assert actions.ask_for_due(saved.next_due_at) == 0
    saved.refresh_from_db()
    assert saved.next_due_at is None and saved.stopped_because
    assert not Job.objects.exists() and not OutboxMail.objects.filter(template="report_ready")
    assert AuditRecord.objects.filter(action="exports.stop").count() == 1


def test_a_recipient_without_the_right_cannot_be_chosen(firm: Firm, staff_of) -> None:
    support = staff_of("support")
    for recipients in ([support.pk], [firm.alice.pk], [2**40], []):
        with pytest.raises(ValueError):
            keep(firm, recipients=recipients)
    assert not SavedReport.objects.exists()


def test_reports_are_kept_changed_and_removed_by_page(firm: Firm, client_for, send) -> None:
    browser, colleague = client_for(firm.owner), client_for(firm.finance)
    address = "/backoffice/reports/keep/balance_sheet/"
    fields = fields_of(browser.get(address).content.decode())
    chosen = {"schedule": "weekly", "hour": "7", "span": "last_week", "file_kind": "pdf",
              "recipients": [str(firm.finance.pk)], "currency": "", "zone": ""}  # fmt: skip
    assert browser.post(address, fields | chosen | {"name": "Sheet"}).status_code == 302
    saved = SavedReport.objects.get()
    assert (saved.schedule, saved.hour, saved.recipients) == ("weekly", 7, [firm.finance.pk])
    page = colleague.get(f"/backoffice/reports/kept/{saved.pk}/").content.decode()
    assert "Sheet" in page and "Make the file now" in page and "Remove" not in page
    for path in ("edit/", "remove/"):
        assert colleague.get(f"/backoffice/reports/kept/{saved.pk}/{path}").status_code == 404
    edit = f"/backoffice/reports/kept/{saved.pk}/edit/"
    fields = fields_of(browser.get(edit).content.decode())
    answer = browser.post(edit, fields | chosen | {"name": "Weekly sheet", "hour": "8"})
    assert answer.status_code == 302, answer.content.decode()
    saved.refresh_from_db()
    assert (saved.name, saved.hour) == ("Weekly sheet", 8)
    run = send(colleague, f"/backoffice/reports/kept/{saved.pk}/run/")
    job = Job.objects.get()
    assert run["Location"] == f"/backoffice/jobs/{job.pk}/" and job.asked_by == firm.finance
    tasks.run_job(job.pk)
    job.refresh_from_db()
    assert job.file_name.endswith(".pdf") and next(store.read(job.stored)).startswith(b"%PDF")
    assert send(browser, f"/backoffice/reports/kept/{saved.pk}/remove/").status_code == 302
    assert not SavedReport.objects.exists()


def test_kept_reports_are_the_firms_alone(firm: Firm, client_for, staff_of, other_tenant) -> None:
    saved = keep(firm)
    stranger = client_for(staff_of("owner", other_tenant))
    for path in ("", "edit/", "run/", "remove/"):
        assert stranger.get(f"/backoffice/reports/kept/{saved.pk}/{path}").status_code == 404
    support = client_for(staff_of("support"))
    assert support.get(f"/backoffice/reports/kept/{saved.pk}/").status_code == 403
    with tenant_context(other_tenant), pytest.raises(Http404):
        selectors.access_job(staff_of("owner", other_tenant), export_id(firm))


def export_id(firm: Firm) -> int:
    with tenant_context(firm.tenant):
        return export(firm.owner).pk


def test_a_statement_needs_the_right_to_customers(firm: Firm, staff_of) -> None:
    compliance = staff_of("compliance")
    job = export(compliance, "statement", account=firm.account.pk)
    tasks.run_job(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.DONE and job.total > 0 and "Closing balance" in content_of(job)
    with pytest.raises(PermissionDenied):
        export(staff_of("support"), "statement", account=firm.account.pk)
    with pytest.raises(ValueError):
        export(compliance, "statement", account=2**50)
    assert people.PASSWORD not in content_of(job)
