"""Writes of checks by providers: begun with a case, sent, told of, asked about.

A check goes forward by `run_check`, which a task calls for what is due. Before anything leaves, the
check is *unknown* in the database: whatever dies on the way, the next step is to ask, by our own
key, never to take anything for granted. What the provider says comes through one door (`hear`),
whether by webhook or as an answer, in any order and any number of times.
"""

import datetime
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from audit import actions as audit
from kyc import findings, providers, sealed, selectors, states
from kyc.actions import review
from kyc.actions.guards import locked, reason_of, require_staff
from kyc.actions.providers import note_forged
from kyc.documents import store
from kyc.errors import KycError
from kyc.models import (
    OPEN_STATES,
    OUTSTANDING,
    CaseState,
    CheckProvider,
    CheckState,
    KycCase,
    ProviderCheck,
    ProviderWord,
    SubjectKind,
)
from kyc.providers import NoAnswer, Refused, Request, Word
from tenants.links import site_address
from tenants.selectors import current_tenant

log = structlog.get_logger("marque.kyc")

FIRST_ASKED_S = 30  # after it was sent, or found unknown
RUNNING_ASKED_S = 60
MOST_BETWEEN_S = 3600
TOO_LONG = datetime.timedelta(days=1)
GIVEN_UP_AFTER = datetime.timedelta(days=30)  # if its case is closed
MOST_SENDINGS = 20  # of one check; then somebody has to look
MOST_PAGES, MOST_PAGES_BYTES = 12, 12 * 1024 * 1024
FINAL = ("clear", "consider")
# What is noted of a check by itself: kept in English, shown in the language of who reads it.
SENT_ANEW = gettext_noop("The case was sent anew.")
LONG_CLOSED = gettext_noop("No result, long after the case was closed.")
NOT_NEEDED = gettext_noop("Not needed any more.")
NO_RESULT = gettext_noop("No result for a day.")
NEVER_HEARD = gettext_noop("The provider never heard of it, however often it was sent.")
SENT_AGAIN = gettext_noop("The provider never heard of it: sent again.")
NOTES = frozenset({SENT_ANEW, LONG_CLOSED, NOT_NEEDED, NO_RESULT, NEVER_HEARD, SENT_AGAIN})
# What a provider learns of a person: by what the form's fields mean.
TOLD_OF_A_PERSON = (
    "given_names",
    "family_names",
    "native_name",
    "birth_date",
    "nationality",
    "residence",
    "document_number",
    "document_country",
    "document_expires",
)


def begin_checks(*, case: KycCase, now: datetime.datetime) -> list[ProviderCheck]:
    """A check at each provider that looks at such cases; in the transaction that sends the case.

    What was asked of an earlier state of the case does not count any more.
    """
    for check in ProviderCheck.objects.select_for_update().filter(case=case, is_current=True):
        check.is_current = False
        if check.state in OUTSTANDING:
            states.apply_check(check, CheckState.ENDED)
            check.end_reason, check.next_at = SENT_ANEW, None
        check.save()
    if case.kind != SubjectKind.PERSON:
        return []
    wanted = CheckProvider.objects.filter(is_active=True, from_tier__lte=case.tier.number)
    return [
        ProviderCheck.objects.create(case=case, provider=provider, next_at=now)
        for provider in wanted
    ]


def run_check(*, check_id: int, now: datetime.datetime) -> None:
    """Take the next step of a check that is due: send it, or ask what became of it."""
    found = _claim(check_id, now)
    if found is None:
        return
    check, is_new = found
    adapter = providers.adapter_of(check.provider)
    try:
        if is_new:
            word: Word | None = adapter.start(_request(check))
        else:
            word = adapter.ask(check.key)
    except NoAnswer as error:
        _note(check, str(error), now)
        return
    except Refused as error:
        _refused(check, str(error), now)
        return
    if word is None:
        _never_heard(check, now)
    else:
        hear(
            provider=check.provider,
            word=word,
            how="answer" if is_new else "asked",
            now=timezone.now(),
        )


def _claim(check_id: int, now: datetime.datetime) -> tuple[ProviderCheck, bool] | None:
    """The check with its next step written down, and whether that is to send it; None if another
    process has it, or it is not due."""
    with transaction.atomic():
        check = (
            ProviderCheck.objects.select_for_update(of=("self",), skip_locked=True)
            .select_related("provider", "case__user", "case__tier", "case__form")
            .filter(pk=check_id, next_at__lte=now)
            .first()
        )
        if check is None:
            return None
        is_new = check.state == CheckState.WANTED
        is_old = check.sent_at is not None and now - check.sent_at > GIVEN_UP_AFTER
        if is_old and check.case.state not in OPEN_STATES:
            states.apply_check(check, CheckState.ENDED)
            check.end_reason, check.next_at = LONG_CLOSED, None
            check.save()
            return None
        if is_new and (check.case.state not in OPEN_STATES or not check.provider.is_active):
            # Nothing has left yet, and nobody needs it any more.
            states.apply_check(check, CheckState.ENDED)
            check.end_reason, check.next_at = NOT_NEEDED, None
            check.save()
            return None
        check.tries += 1
        check.next_at = now + _pause(check.tries, FIRST_ASKED_S if is_new else RUNNING_ASKED_S)
        if is_new:
            states.apply_check(check, CheckState.UNKNOWN)
            check.sent_at = check.sent_at or now
            audit.record(
                "kyc.send_check",
                check,
                new={"case": check.case_id, "provider": check.provider.code, "try": check.tries},
                acting_user=None,
            )
        elif check.state == CheckState.RUNNING and check.sent_at and now - check.sent_at > TOO_LONG:
            states.apply_check(check, CheckState.UNKNOWN)
            check.note = NO_RESULT
        check.save()
        return check, is_new


def _pause(tries: int, first_s: int) -> datetime.timedelta:
    return datetime.timedelta(seconds=min(first_s * 2 ** min(tries - 1, 12), MOST_BETWEEN_S))


def _request(check: ProviderCheck) -> Request:
    """What leaves the house: the person as he describes himself, and his document's pages."""
    case = check.case
    form, answers = selectors.definition_of(case.form), selectors.answers_of(case)
    subject = {means: form.value(answers, means) for means in TOLD_OF_A_PERSON}
    pages: list[tuple[str, bytes]] = []
    left = MOST_PAGES_BYTES
    for document in selectors.documents_of(case):
        for number in range(1, document.pages + 1):
            page = store.read(document.folder, number)
            left -= len(page)
            if len(pages) < MOST_PAGES and left >= 0:
                pages.append((document.code, page))
    callback = f"{site_address(current_tenant())}/hooks/verification/{check.provider.code}"
    told = {means: str(text) for means, text in subject.items() if text}
    return Request(key=check.key, callback=callback, subject=told, pages=tuple(pages))


def _relocked(check: ProviderCheck) -> ProviderCheck:
    rows = ProviderCheck.objects.select_for_update(of=("self",)).select_related("provider")
    return rows.get(pk=check.pk)


def _note(check: ProviderCheck, note: str, now: datetime.datetime) -> None:
    """Nobody knows what became of it: it stays so, and is asked about."""
    with transaction.atomic():
        row = _relocked(check)
        row.note = note[:200]
        row.save(update_fields=["note"])
    log.info("provider did not answer", check_id=check.pk, provider=check.provider.code)


def _refused(check: ProviderCheck, note: str, now: datetime.datetime) -> None:
    with transaction.atomic():
        row = _relocked(check)
        row.note = note[:200]
        if row.state == CheckState.UNKNOWN:
            states.apply_check(row, CheckState.REFUSED)
            row.next_at = None
            audit.record(
                "kyc.check_refused", row, new={"state": row.state, "why": note}, acting_user=None
            )
        row.save()


def _never_heard(check: ProviderCheck, now: datetime.datetime) -> None:
    """The provider knows no such check: it is sent again, under the same key."""
    with transaction.atomic():
        row = _relocked(check)
        if row.state != CheckState.UNKNOWN:
            return
        if row.tries >= MOST_SENDINGS:
            row.note = NEVER_HEARD
        else:
            states.apply_check(row, CheckState.WANTED)
            row.note, row.next_at = SENT_AGAIN, now
        row.save()


def hear(*, provider: CheckProvider, word: Word, how: str, now: datetime.datetime) -> str:
    """Take in what a provider says; gives what it did: taken, same, older, contradicts, ended,
    or unknown where there is no such check. Saying it again changes nothing.
    """
    known = ProviderCheck.objects.filter(key=word.key, provider_id=provider.pk).first()
    if known is None:
        return "unknown"
    with transaction.atomic():
        # The case first, as whoever sends or decides it does: nobody waits for each other.
        case = locked(known.case)
        check = _relocked(known)
        if check.words.filter(event=word.event).exists():
            return "same"
        effect = _effect(check, word)
        ProviderWord.objects.create(
            provider_check=check,
            event=word.event,
            version=word.version,
            outcome=word.outcome,
            how=how,
            effect=effect,
            made_at=word.made_at,
            heard_at=now,
        )
        if effect in ("older", "ended"):
            return effect
        before = check.state
        _take(check, word, effect, now)
        check.save()
        audit.record(
            "kyc.hear_check",
            check,
            old={"state": before},
            new={"state": check.state, "version": word.version, "how": how},
            acting_user=None,
        )
        if word.outcome in FINAL:
            _on_result(check, case, now)
    return effect


def _effect(check: ProviderCheck, word: Word) -> str:
    if check.state == CheckState.ENDED and (word.outcome != "consider" or not check.is_current):
        return "ended"  # but what speaks against the customer is taken, however late
    if word.outcome in FINAL:
        said = set(check.words.filter(outcome__in=FINAL).values_list("outcome", flat=True))
        if said - {word.outcome}:
            return "contradicts"  # in whatever order they came
        return "older" if word.version < check.version and said else "taken"
    is_open = check.state in (CheckState.WANTED, CheckState.UNKNOWN, CheckState.RUNNING)
    return "taken" if is_open and word.version >= check.version else "older"


def _take(check: ProviderCheck, word: Word, effect: str, now: datetime.datetime) -> None:
    check.external_id = word.external_id
    check.note = ""
    if word.outcome == "running":
        if check.state != CheckState.RUNNING:
            if check.state == CheckState.WANTED:  # told before it was sent: sent by one that died
                states.apply_check(check, CheckState.UNKNOWN)
            states.apply_check(check, CheckState.RUNNING)
            check.tries = 1
            check.next_at = now + datetime.timedelta(seconds=RUNNING_ASKED_S)
        check.version = word.version
        return
    if effect == "contradicts":
        if check.state != CheckState.CONTRADICTING:
            states.apply_check(check, CheckState.CONTRADICTING)
    elif check.state not in (word.outcome, CheckState.CONTRADICTING):
        if check.state == CheckState.REFUSED:
            states.apply_check(check, CheckState.WANTED)
        states.apply_check(check, CheckState(word.outcome))
    if word.version >= check.version or not check.found:
        check.found = sealed.seal([list(each) for each in word.findings])
    check.version = max(check.version, word.version)
    check.told_at, check.next_at = now, None


def _on_result(check: ProviderCheck, case: KycCase, now: datetime.datetime) -> None:
    """A result goes into its case: judged again, and decided only where the firm lets it be."""
    if not check.is_current or case.state not in (
        CaseState.SUBMITTED,
        CaseState.IN_REVIEW,
        CaseState.SECOND,
    ):
        return
    findings.judge(case, now.date())
    case.save(update_fields=["found", "risk", "risk_points"])
    review.approve_by_checks(case=case, now=now)


def ask_check(*, check: ProviderCheck, acting_user: Any, now: datetime.datetime) -> ProviderCheck:
    """Staff have a check asked about, or a refused one sent once more, at the next turn."""
    require_staff(acting_user, "kyc.decide")
    with transaction.atomic():
        row = _relocked(check)
        if row.state not in OUTSTANDING:
            raise KycError(_("There is nothing to ask: this check has its result."))
        if row.state == CheckState.REFUSED:
            states.apply_check(row, CheckState.WANTED)
        row.next_at = now
        row.save()
        audit.record("kyc.ask_check", row, acting_user=acting_user)
    return row


def end_check(*, check: ProviderCheck, reason: str, acting_user: Any) -> ProviderCheck:
    """Staff do not wait for a check any more, with a reason; the case can be decided without it."""
    require_staff(acting_user, "kyc.decide")
    reason = reason_of(reason)
    with transaction.atomic():
        row = _relocked(check)
        before = states.apply_check(row, CheckState.ENDED)
        row.ended_by, row.end_reason, row.next_at = acting_user, reason, None
        row.save()
        audit.record(
            "kyc.end_check",
            row,
            old={"state": before.value},
            new={"state": row.state},
            acting_user=acting_user,
            reason=reason,
        )
    return row


def look_at_check(*, check: ProviderCheck, reason: str, acting_user: Any) -> ProviderCheck:
    """Somebody saw what a check said after its case was decided, and writes what follows of it."""
    require_staff(acting_user, "kyc.decide")
    reason = reason_of(reason)
    with transaction.atomic():
        row = _relocked(check)
        row.looked_at = timezone.now()
        row.save(update_fields=["looked_at"])
        audit.record("kyc.look_at_check", row, acting_user=acting_user, reason=reason)
    return row


def hear_webhook(
    *, provider: CheckProvider, headers: Any, body: bytes, now: datetime.datetime
) -> str:
    """A message at the provider's door. Raises Forged after it was noted; else as `hear`."""
    try:
        word = providers.adapter_of(provider).read(headers, body, now)
    except providers.Forged as error:
        note_forged(provider=provider, why=str(error))
        raise
    return hear(provider=provider, word=word, how="webhook", now=now)


def forget_checks(case: KycCase) -> None:
    """What providers found of an erased case goes with it; that they were asked stays."""
    case.checks.update(found=b"", end_reason="", note="")
