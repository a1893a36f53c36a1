"""What a proof leaves: its breaks as rows, and the point where the next one begins.

Called in the database transaction that keeps the proof itself; the only writer of these rows
besides the people of `actions`.
"""

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.utils import timezone

from audit import actions as audit
from identity.models import User
from identity.roles import FINANCE
from messaging import actions as messaging
from trading.accounts.models import Account
from trading.instruments.models import Asset
from wallets.ledger import verify
from wallets.ledger.checks import Start
from wallets.ledger.models import BooksProof
from wallets.ledger.verify import Break, Proof
from wallets.reconciliation import custody, levels, states
from wallets.reconciliation.models import BooksBreak, ProvenPoint, ProvenSum, State
from wallets.reconciliation.states import Step

BREAKS_IN_A_MAIL = 10
# Causes that do not say that postings and balances up to the seq are wrong.
_NOT_OF_THE_LEDGER = frozenset({custody.CAUSE, *levels.CAUSES})


def keep(row: BooksProof, proof: Proof) -> None:
    """Keep the breaks of a proof, alert for new ones, and move the proven point."""
    alarming = _keep_breaks(row, proof)
    if alarming:
        _alert(alarming)
    levels.keep(proof.findings[levels.NAME])
    if all(found.cause in _NOT_OF_THE_LEDGER for found in proof.breaks):
        _move_point(proof)


def proven() -> Start:
    """Where a proof in the background begins: everything up to there was proved."""
    point = ProvenPoint.objects.first()
    if point is None:
        return Start(0, {})
    rows = ProvenSum.objects.values_list("ledger_account_id", "units")
    return Start(point.seq, {ledger_id: int(units) for ledger_id, units in rows})


def _keep_breaks(row: BooksProof, proof: Proof) -> list[BooksBreak]:
    """Rows for the breaks of the proof; those that somebody must hear of now."""
    found = {item.key: item for item in proof.breaks}
    known = {
        item.key: item
        for item in BooksBreak.objects.select_for_update()
        .exclude(state=State.VANISHED)
        .order_by("pk")
    }
    accounts = _known_ids(Account, (item.account for item in found.values()))
    assets = dict(Asset.objects.values_list("code", "pk"))
    alarming = []
    for key, item in found.items():
        if key in known:
            if _found_again(known[key], item, row, proof):
                alarming.append(known[key])
        else:
            alarming.append(_open(key, item, row, proof, accounts, assets))
    full = {
        cause
        for cause in {item.cause for item in proof.breaks}
        if sum(item.cause == cause for item in proof.breaks) >= verify.MOST_OF_A_CAUSE
    }
    for key, kept in known.items():
        may_tell = proof.is_whole or kept.in_background
        if key not in found and may_tell and kept.cause not in full:
            _vanish(kept, row)
    return alarming


def _open(
    key: str,
    item: Break,
    row: BooksProof,
    proof: Proof,
    accounts: frozenset[int],
    assets: dict[str, int],
) -> BooksBreak:
    made = BooksBreak.objects.create(
        key=key[:200],
        cause=item.cause,
        message=item.message[:300],
        account_id=item.account if item.account in accounts else None,
        asset_id=assets.get(item.asset),
        expected=item.expected[:60],
        found=item.found[:60],
        units=item.units,
        seq=item.seq,
        event_seq=item.event_seq,
        in_background=not proof.is_whole,
        first_found_at=row.ended_at,
        last_found_at=row.ended_at,
    )
    audit.record(
        "reconciliation.find_break",
        made,
        new={"cause": item.cause, "expected": item.expected, "found": item.found},
        acting_user=None,
    )
    return made


def _found_again(kept: BooksBreak, item: Break, row: BooksProof, proof: Proof) -> bool:
    """Note that it is still there; whether it had been resolved and somebody must hear."""
    reopened = False
    if kept.state == State.RESOLVED:
        if kept.ended_at is not None and row.begun_at < kept.ended_at:
            return False  # the proof began before it was mended
        before = states.apply(kept, Step.REOPEN)
        kept.ended_at, kept.times_reopened, reopened = None, kept.times_reopened + 1, True
        kept.way, kept.way_reference = "", None
        kept.proposed_by = kept.resolved_by = kept.seen_by = None
        audit.record(
            "reconciliation.reopen_break",
            kept,
            old={"state": before.value},
            new={"state": kept.state},
            acting_user=None,
        )
    kept.last_found_at, kept.seq, kept.units = row.ended_at, item.seq, item.units
    kept.expected, kept.found = item.expected[:60], item.found[:60]
    kept.event_seq = item.event_seq if item.event_seq is not None else kept.event_seq
    kept.times_found += 1
    kept.in_background = kept.in_background or not proof.is_whole
    kept.save()
    return reopened


def _vanish(kept: BooksBreak, row: BooksProof) -> None:
    if kept.state == State.RESOLVED:
        return
    before = states.apply(kept, Step.VANISH)
    kept.ended_at = row.ended_at
    kept.save()
    audit.record(
        "reconciliation.vanish_break",
        kept,
        old={"state": before.value},
        new={"state": kept.state},
        acting_user=None,
    )


def _known_ids(model: Any, ids: Iterable[int | None]) -> frozenset[int]:
    wanted = {pk for pk in ids if pk is not None}
    return frozenset(model.objects.filter(pk__in=wanted).values_list("pk", flat=True))


def _alert(rows: list[BooksBreak]) -> None:
    """Mail everybody with the role finance."""
    people = User.objects.filter(is_staff=True, is_active=True, role=FINANCE)
    for user in people.exclude(email_verified_at=None):
        messaging.send_mail(
            "books_break",
            user.email,
            {
                "breaks": rows[:BREAKS_IN_A_MAIL],
                "count": len(rows),
                "path": "/backoffice/breaks/",
            },
            language=user.language,
        )


def _move_point(proof: Proof) -> None:
    point = ProvenPoint.objects.select_for_update().first()
    if point is not None and not proof.is_whole and point.seq > proof.seq:
        return
    changed = proof.sums if proof.is_whole else {k: proof.sums[k] for k in proof.touched}
    with connection.cursor() as cursor:
        if proof.is_whole:
            cursor.execute("DELETE FROM reconciliation_provensum")
        if changed:
            cursor.execute(
                "INSERT INTO reconciliation_provensum (ledger_account_id, units) "
                "SELECT * FROM unnest(%s::bigint[], %s::numeric[]) "
                "ON CONFLICT (ledger_account_id) DO UPDATE SET units = excluded.units",
                [list(changed), [str(units) for units in changed.values()]],
            )
    now = timezone.now()
    whole_at = now if proof.is_whole else (point.whole_at if point else None)
    ProvenPoint.objects.update_or_create(
        pk=1, defaults={"seq": proof.seq, "proved_at": now, "whole_at": whole_at}
    )
