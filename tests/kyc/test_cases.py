"""A case from the first answer to the tier: filled in, sent, asked back, decided."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import override

import kyc_cases
from audit.models import AuditRecord
from books import Books
from identity.models import User
from kyc import actions, findings, sealed, selectors, states
from kyc.actions import privacy, rights, watch
from kyc.errors import KycError
from kyc.evidence import Evidence, tell
from kyc.models import CaseState, Hit, HitState, IdentityKey, KycCase, Origin, Risk, Tier
from kyc.tasks import keep_rights, rescreen_due
from messaging.models import OutboxMail
from tenants.models import Tenant
from trading.accounts.models import AccountState
from trading.accounts.selectors import access_account
from wallets.ledger.verify import verify_books

REASON = "Everything fits"


def approve(case: KycCase, person: User) -> KycCase:
    if case.state == CaseState.SUBMITTED:
        case = actions.take_case(case=case, acting_user=person)
    return actions.approve_case(case=case, reason=REASON, acting_user=person, now=timezone.now())


def test_from_nothing_to_tier_1(tenant: Tenant, alice: User, staff_of: Callable[..., User]) -> None:
    kyc_cases.load_list()
    case = kyc_cases.submitted(alice)
    assert (case.state, case.risk) == (CaseState.SUBMITTED, Risk.LOW)
    assert case.due_at == case.submitted_at + timedelta(hours=24)
    assert b"Eriksson" not in bytes(case.answers)
    officer = staff_of("compliance")
    case = approve(case, officer)
    assert case.state == CaseState.APPROVED
    allowed = selectors.allowance(alice)
    assert allowed.tier_number == 1 and allowed.may_deposit
    assert selectors.verified_name(alice) == "Anna Maria Eriksson"
    assert AuditRecord.objects.filter(action="kyc.approve_case", actor_id=officer.pk).exists()
    mail = OutboxMail.objects.get(to=alice.email, template="verification")
    assert "verified" in mail.subject and "/verification" in mail.text
    assert "Eriksson" not in mail.text


def test_nothing_is_sent_that_is_not_whole(tenant: Tenant, alice: User) -> None:
    case = actions.open_case(
        user=alice, kind="person", tier=Tier.objects.get(number=2), acting_user=alice
    )
    form = actions.save_answers(
        case=case,
        data={"given_names": "Anna", "document_expires": "2001-01-01"},
        acting_user=alice,
        language="en",
        now=timezone.now(),
    )
    assert "document_expires" in form.errors
    assert selectors.answers_of(KycCase.objects.get(pk=case.pk)) == {}
    with pytest.raises(KycError) as refused:
        actions.submit_case(case=case, acting_user=alice, now=timezone.now())
    assert "Fill in “Family name”." in refused.value.message
    assert "Upload “Passport or identity card”." in refused.value.message
    assert KycCase.objects.get(pk=case.pk).state == CaseState.DRAFT
    assert not Hit.objects.exists() and not IdentityKey.objects.exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("birth_date", "2015-01-01"),
        ("birth_date", "1800-01-01"),
        ("birth_date", "tomorrow"),
        ("nationality", "XX"),
        ("given_names", "<script>"),
        ("given_names", "Anna7"),
        ("given_names", "A\x07"),
        ("phone", "call me"),
        ("pep", "maybe"),
        ("address", "x" * 161),
    ],
)
def test_wrong_answers_are_told_at_their_field(
    tenant: Tenant, alice: User, name: str, value: str
) -> None:
    case = kyc_cases.draft(alice)
    before = bytes(case.answers)
    form = actions.save_answers(
        case=case,
        data={**kyc_cases.PERSON, name: value},
        acting_user=alice,
        language="en",
        now=timezone.now(),
    )
    assert list(form.errors) == [name]
    assert bytes(KycCase.objects.get(pk=case.pk).answers) == before


def test_the_table_of_steps_is_the_only_way() -> None:
    """Every pair of states: allowed exactly if the table has it, and ended ones never go on."""
    for current in CaseState:
        for wanted in CaseState:
            case = KycCase(state=current)
            if (current, wanted) in states.STEPS:
                assert states.apply(case, wanted) == current and case.state == wanted
            else:
                with pytest.raises(KycError):
                    states.apply(case, wanted)
                assert case.state == current
    ended = {CaseState.APPROVED, CaseState.REFUSED, CaseState.WITHDRAWN}
    assert not {current for current, _wanted in states.STEPS} & ended


def test_asked_for_more_the_customer_sees_what_and_changes_just_that(
    tenant: Tenant, alice: User, staff_of: Callable[..., User]
) -> None:
    officer = staff_of("compliance")
    case = actions.take_case(case=kyc_cases.submitted(alice, 2), acting_user=officer)
    asked = [
        ("field:address", "Your street is missing its number."),
        ("document:identity", "The picture is blurred."),
        ("", "What is your occupation?"),
    ]
    actions.ask_for_more(case=case, items=asked, acting_user=officer)
    case = selectors.cases().get(pk=case.pk)
    today = timezone.now().date()
    assert actions.what_is_missing(case, "en", today) == [message for _item, message in asked]
    form = actions.save_answers(
        case=case,
        data={**kyc_cases.FULL, "address": "Storgatan 12", "family_names": "Changed"},
        acting_user=alice,
        language="en",
        now=timezone.now(),
    )
    assert form.is_valid() and set(form.fields) == {"address"}
    with pytest.raises(KycError, match="not asked for this document"):
        kyc_cases.upload(case, "selfie")
    kyc_cases.upload(case, "identity", kyc_cases.picture(text="sharp"))
    with pytest.raises(KycError, match="What is your occupation"):
        actions.submit_case(case=case, acting_user=alice, now=timezone.now())
    words = case.requests.get(item="")
    actions.answer_in_words(
        case=case, request_id=words.pk, text="Teacher", acting_user=alice, now=timezone.now()
    )
    words.refresh_from_db()
    assert b"Teacher" not in bytes(words.answer) and sealed.unseal(words.answer) == "Teacher"
    case = actions.submit_case(case=case, acting_user=alice, now=timezone.now())
    assert case.state == CaseState.SUBMITTED
    answers = selectors.answers_of(case)
    assert answers["address"] == "Storgatan 12" and answers["family_names"] == "Eriksson"


def test_high_risk_takes_two_persons(
    tenant: Tenant, alice: User, staff_of: Callable[..., User]
) -> None:
    first, second = staff_of("compliance"), staff_of("owner")
    case = kyc_cases.submitted(alice, residence="IR")
    assert case.risk == Risk.HIGH
    assert ["Country of high risk: Iran", 60] in findings.kept(case)["reasons"]
    case = approve(case, first)
    assert case.state == CaseState.SECOND and selectors.allowance(alice).tier_number == 0
    with pytest.raises(PermissionDenied):
        approve(case, first)
    with pytest.raises(PermissionDenied):
        actions.refuse_case(
            case=case, reason=REASON, message="No", acting_user=first, now=timezone.now()
        )
    case = actions.disagree(case=case, reason="Not convinced", acting_user=second)
    assert case.state == CaseState.IN_REVIEW and case.assigned_to == second
    case = approve(case, second)
    assert case.state == CaseState.SECOND
    case = approve(case, first)
    assert case.state == CaseState.APPROVED and selectors.allowance(alice).tier_number == 1


def test_an_escalated_case_is_first_and_takes_two(
    tenant: Tenant, alice: User, bob: User, staff_of: Callable[..., User]
) -> None:
    officer = staff_of("compliance")
    early, late = (
        kyc_cases.submitted(alice),
        kyc_cases.submitted(
            bob, given_names="Bo", birth_date="1980-01-01", phone="+46 8 999 99 99"
        ),
    )
    assert [case.pk for case in selectors.queue()] == [early.pk, late.pk]
    actions.escalate_case(case=late, reason="Strange letters", acting_user=officer)
    assert [case.pk for case in selectors.queue()] == [late.pk, early.pk]
    assert approve(KycCase.objects.get(pk=late.pk), officer).state == CaseState.SECOND
    assert selectors.next_in_queue(officer) == early


def test_a_name_on_a_list_stops_approval_until_it_is_judged(
    tenant: Tenant, alice: User, staff_of: Callable[..., User]
) -> None:
    kyc_cases.load_list()
    officer, owner = staff_of("compliance"), staff_of("owner")
    case = kyc_cases.submitted(alice, given_names="Dmitry", family_names="Volkov")
    (hit,) = selectors.open_hits(alice)
    assert hit.external_id == "1" and hit.score_bp >= 8500
    assert b"olkov" not in bytes(hit.why)
    assert case.risk == Risk.HIGH
    with pytest.raises(KycError, match="names on the lists first"):
        approve(case, officer)
    actions.decide_hit(hit=hit, is_same=False, reason="Born elsewhere", acting_user=officer)
    case.refresh_from_db()
    assert case.risk == Risk.LOW  # nothing else speaks for a closer look
    assert approve(case, officer).state == CaseState.APPROVED
    # The same pair of names is not asked about again, a new entry is.
    again = actions.screen_customer(user=alice, cause="staff", acting_user=owner)
    assert again is not None and (again.hits_count, again.new_hits) == (1, 0)
    kyc_cases.load_list(kyc_cases.LIST + b"9,Dmitri Wolkow,individual,NEW,\n")
    assert rescreen_due() == 1
    assert [hit.external_id for hit in selectors.open_hits(alice)] == ["9"]
    # A list without him again: nothing is left to decide.
    kyc_cases.load_list(kyc_cases.LIST + b"10,Somebody Else,individual,NEW,\n")
    rescreen_due()
    assert not selectors.open_hits(alice).exists()
    assert Hit.objects.get(external_id="9").state == HitState.GONE


def test_who_is_on_a_sanctions_list_is_held_back_inside_the_engine(
    tenant: Tenant, alice: User, books: Books, staff_of: Callable[..., User]
) -> None:
    kyc_cases.load_list()
    officer = staff_of("compliance")
    case = kyc_cases.submitted(alice, given_names="Dmitry", family_names="Volkov")
    (hit,) = selectors.open_hits(alice)
    actions.decide_hit(hit=hit, is_same=True, reason="Same picture", acting_user=officer)
    books.settle()
    account = access_account(alice)
    assert account.state == AccountState.CANCEL_ONLY
    allowed = selectors.allowance(alice)
    assert allowed.is_restricted and not allowed.products and not allowed.may_deposit
    with pytest.raises(KycError, match="sanctions list"):
        approve(KycCase.objects.get(pk=case.pk), officer)
    with pytest.raises(KycError, match="undo that first"):
        actions.release(user=alice, acting_user=officer, reason="He asked for it")
    actions.decide_hit(hit=hit, is_same=False, reason="A mistake of ours", acting_user=officer)
    actions.release(user=alice, acting_user=officer, reason="A mistake of ours")
    books.settle()
    account.refresh_from_db()
    assert account.state == AccountState.ACTIVE
    assert verify_books(tenant, wait_s=0) == []


def test_what_staff_suspended_stays_so(
    tenant: Tenant, alice: User, staff_of: Callable[..., User]
) -> None:
    from trading.accounts import actions as accounts

    officer = staff_of("compliance")
    account = access_account(alice)
    accounts.set_account_state(
        account=account, state=AccountState.SUSPENDED, acting_user=officer, reason="Asked to"
    )
    actions.restrict(user=alice, acting_user=officer, reason="A letter came")
    actions.release(user=alice, acting_user=officer, reason="Explained")
    account.refresh_from_db()
    assert account.state == AccountState.SUSPENDED


def test_accounts_follow_a_tier_that_no_longer_trades(tenant: Tenant, alice: User) -> None:
    Tier.objects.filter(number=0).update(products=[])
    assert keep_rights() >= 1
    account = access_account(alice)
    assert account.state == AccountState.CANCEL_ONLY
    Tier.objects.filter(number=0).update(products=["spot"])
    keep_rights()
    account.refresh_from_db()
    assert account.state == AccountState.ACTIVE


def test_a_zone_that_says_something_else_is_found(tenant: Tenant, alice: User) -> None:
    zone = (
        "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"
    )
    case = kyc_cases.submitted(alice, 2, mrz=zone, document_number="L898902C4")
    sentences = [sentence for _tone, sentence in findings.kept(case)["findings"]]
    assert "All check digits of the zone (TD3) are right." in sentences
    assert "The zone's document number is L898902C3, the form says L898902C4." in sentences
    assert "The zone's nationality is UT, the form says SE." in sentences
    assert any("ran out on 2012-04-15" in sentence for sentence in sentences)
    assert case.risk_points >= 30
    assert b"L898902C" not in bytes(case.found)


def test_the_same_person_twice_is_found(tenant: Tenant, alice: User, bob: User) -> None:
    data = kyc_cases.picture(text="the very same")
    one = kyc_cases.draft(alice, 2)
    for code in ("identity", "selfie", "address_proof"):
        kyc_cases.upload(one, code, data if code == "identity" else None)
    actions.submit_case(case=one, acting_user=alice, now=timezone.now())
    other = kyc_cases.draft(bob, 2, given_names="Maria", family_names="Eriksson Anna")
    for code in ("identity", "selfie", "address_proof"):
        kyc_cases.upload(other, code, data if code == "identity" else None)
    other = actions.submit_case(case=other, acting_user=bob, now=timezone.now())
    assert selectors.duplicates_of(bob) == [(alice, ["document", "person"])]
    sentences = [sentence for _tone, sentence in findings.kept(other)["findings"]]
    assert f"The same document, person as customer {alice.pk}." in sentences
    assert f"A file of this case was sent by customer {alice.pk} as well." in sentences
    assert all(b"898902" not in key.digest.encode() for key in IdentityKey.objects.all())


def test_a_company_is_screened_with_those_behind_it(tenant: Tenant, alice: User) -> None:
    kyc_cases.load_list()
    case = kyc_cases.submitted(
        alice, 2, "company", company_name="Tradewind Holdings", owners_0_name="Karl Amundsen"
    )
    assert {(hit.role, hit.external_id) for hit in selectors.open_hits(alice)} == {
        ("company", "2"),
        ("owner", "3"),
    }
    assert case.risk == Risk.HIGH
    owners = selectors.answers_of(case)["owners"]
    assert owners[0]["share"] == 80 and owners[0]["country"] == "SE"


def test_only_those_who_may_decide_do(
    tenant: Tenant, alice: User, bob: User, staff_of: Callable[..., User]
) -> None:
    case = kyc_cases.submitted(alice)
    for person in (alice, bob, staff_of("support"), staff_of("auditor"), staff_of("admin")):
        for act in (
            lambda p: actions.take_case(case=case, acting_user=p),
            lambda p: actions.approve_case(
                case=case, reason=REASON, acting_user=p, now=timezone.now()
            ),
            lambda p: actions.escalate_case(case=case, reason=REASON, acting_user=p),
            lambda p: actions.restrict(user=alice, acting_user=p, reason=REASON),
            lambda p: actions.add_note(case=case, text="Mine", acting_user=p),
        ):
            with pytest.raises(PermissionDenied):
                act(person)
    for act in (actions.withdraw_case,):
        with pytest.raises(PermissionDenied):
            act(case=case, acting_user=bob)
    assert KycCase.objects.get(pk=case.pk).state == CaseState.SUBMITTED
    assert selectors.allowance(alice).tier_number == 0


def test_two_officers_do_not_take_one_case(
    tenant: Tenant, alice: User, staff_of: Callable[..., User]
) -> None:
    one, other = staff_of("compliance"), staff_of("compliance")
    case = actions.take_case(case=kyc_cases.submitted(alice), acting_user=one)
    with pytest.raises(KycError, match="already"):
        actions.take_case(case=case, acting_user=other)
    with pytest.raises(KycError, match="Take this case first"):
        approve(case, other)
    actions.assign_case(case=case, colleague=other, acting_user=one)
    assert approve(KycCase.objects.get(pk=case.pk), other).state == CaseState.APPROVED


def test_an_expiring_document_asks_for_a_new_one(
    tenant: Tenant, alice: User, staff_of: Callable[..., User]
) -> None:
    approve(kyc_cases.submitted(alice, 2), staff_of("compliance"))
    profile = rights.ensure_profile(alice)
    assert str(profile.document_expires_on) == "2032-04-15"
    now = timezone.now()
    assert watch.ask_anew(now=now) == 0
    profile.document_expires_on = (now + timedelta(days=20)).date()
    profile.save()
    assert watch.ask_anew(now=now) == 1
    assert watch.ask_anew(now=now) == 0
    case = selectors.open_case_of(alice)
    assert case is not None and case.origin == Origin.EXPIRY and case.tier.number == 2
    assert selectors.answers_of(case)["city"] == "111 51 Stockholm"
    assert findings.missing(
        selectors.definition_of(case.form), selectors.answers_of(case), set(), "en", now.date()
    ) == [
        "Upload “Passport or identity card”.",
        "Upload “A picture of you with it”.",
        "Upload “Proof of address”.",
    ]


def test_a_customer_gets_a_copy_of_his_data_and_of_nobody_elses(
    tenant: Tenant, alice: User, bob: User, staff_of: Callable[..., User]
) -> None:
    officer = staff_of("compliance")
    case = kyc_cases.submitted(alice)
    actions.add_note(case=case, text="Looks odd", acting_user=officer)
    data: Any = privacy.export_data(user=alice, acting_user=alice)
    assert data["verification"]["cases"][0]["answers"]["family_names"] == "Eriksson"
    assert "odd" not in str(data)
    for person in (bob, officer):
        with pytest.raises(PermissionDenied):
            privacy.export_data(user=alice, acting_user=person)


def test_erasure_waits_for_the_time_the_law_asks(
    tenant: Tenant, alice: User, staff_of: Callable[..., User]
) -> None:
    approve(kyc_cases.submitted(alice), staff_of("compliance"))
    draft = kyc_cases.draft(alice, 2)
    now = timezone.now()
    kept_until = privacy.ask_erasure(user=alice, acting_user=alice, now=now)
    assert kept_until is not None and (kept_until - now).days >= 5 * 365
    draft.refresh_from_db()
    assert draft.state == CaseState.WITHDRAWN and not draft.answers
    assert selectors.verified_name(alice)  # still a customer
    alice.is_active = False
    alice.save()
    assert privacy.erase_due(now=now + timedelta(days=4 * 365)) == 0
    assert privacy.erase_due(now=now + timedelta(days=6 * 365)) == 1
    assert selectors.verified_name(alice) == ""
    assert not IdentityKey.objects.filter(user=alice).exists()
    assert all(not case.answers for case in KycCase.objects.filter(user=alice))


def test_evidence_is_kept_in_english_and_told_to_each_reader() -> None:
    with override("ru"):
        kept = Evidence("country", {"country": "IR"}).kept()
        assert kept[0] == "Country of high risk: Iran"
        assert "Иран" in tell(*kept)
    assert tell(*kept) == kept[0]
    assert tell("As it was written before.") == "As it was written before."
