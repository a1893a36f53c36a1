"""Publishing what the firm owes."""

import hashlib
import hmac
import secrets
from collections import defaultdict
from datetime import datetime
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django_tenants.utils import schema_context
from kombu.exceptions import OperationalError

from audit import actions as audit
from identity import crypto
from trading.commands.actors import require
from trading.instruments.models import Asset
from wallets.ledger import selectors as ledger
from wallets.ledger.models import Classification, ProofOutcome
from wallets.liabilities import tree
from wallets.liabilities.errors import LiabilitiesError
from wallets.liabilities.models import (
    Leaf,
    Publication,
    PublicationRequest,
    RequestState,
    Root,
)

log = structlog.get_logger("liabilities")

PARTS = 2
MOST_NAMED = 5

# One statement is one moment: the checkpoint that is read belongs to the balances that are read.
_OWED = """
SELECT checkpoint.seq, checkpoint.time, account.account_id, account.asset_id, -sum(balance.units)
FROM clearing_checkpoint checkpoint
CROSS JOIN ledger_balance balance
JOIN ledger_ledgeraccount account ON account.id = balance.ledger_account_id
WHERE account.classification = %s AND account.account_id IS NOT NULL
GROUP BY 1, 2, 3, 4 HAVING sum(balance.units) <> 0
ORDER BY 3, 4
"""


def ask_for_publication(*, acting_user: Any, reason: str = "") -> PublicationRequest:
    """Have what is owed published in the background: a firm with many customers has large trees.

    Refused at once where it could not be published now. Raises LiabilitiesError,
    PermissionDenied.
    """
    _require_own_staff(acting_user)
    _require_proved()
    try:
        with transaction.atomic():
            row = PublicationRequest.objects.create(reason=reason[:500], asked_by=acting_user)
            audit.record("liabilities.ask", row, acting_user=acting_user, reason=reason)
            schema_name = connection.schema_name
            transaction.on_commit(lambda: _send_work(schema_name))
    except IntegrityError:
        raise LiabilitiesError(_("A publication is being made: wait for it.")) from None
    return row


def _send_work(schema_name: str) -> None:
    from wallets.liabilities.tasks import publish_asked

    with schema_context(schema_name):
        try:
            publish_asked.delay()
        except OperationalError:
            log.warning("a publication waits for the schedule: no broker")


def publish_asked() -> PublicationRequest | None:
    """Make the publication that was asked for; None if there is none, or somebody is at it.

    What refuses it is said in the request; anything else leaves it to be tried again.
    """
    with transaction.atomic():
        row = (
            PublicationRequest.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(state=RequestState.ASKED)
            .select_related("asked_by")
            .first()
        )
        if row is None:
            return None
        try:
            # What refuses it is kept, in English, whoever has the work done.
            with translation.override("en"), transaction.atomic():
                row.publication = publish_liabilities(acting_user=row.asked_by, reason=row.reason)
            row.state = RequestState.PUBLISHED
        except (LiabilitiesError, PermissionDenied) as error:
            row.state, row.problem = RequestState.FAILED, str(error)[:300]
            audit.record("liabilities.fail", row, new={"problem": row.problem}, acting_user=None)
        row.ended_at = timezone.now()
        row.save()
    return row


def publish_liabilities(*, acting_user: Any, reason: str = "") -> Publication:
    """Publish what is owed to every customer now.

    Refused unless the last proof of the books found nothing, and if any account is below zero.
    Raises LiabilitiesError, PermissionDenied.
    """
    _require_own_staff(acting_user)
    _require_proved()
    with transaction.atomic():
        seq, as_of, owed = _owed()
        secret = secrets.token_bytes(32)
        publication = Publication.objects.create(
            seq=seq, as_of=as_of, published_by=acting_user, secret=crypto.encrypt(secret)
        )
        assets = {asset.pk: asset for asset in Asset.objects.all()}
        roots = {
            assets[asset_id].code: _grow(publication, assets[asset_id], rows, secret)
            for asset_id, rows in owed.items()
        }
        audit.record(
            "liabilities.publish",
            publication,
            new={
                "seq": seq,
                **{
                    code: f"{root.asset.text(root.units)} {root.root_hash}"
                    for code, root in roots.items()
                },
            },
            acting_user=acting_user,
            reason=reason,
        )
    return publication


def _require_own_staff(acting_user: Any) -> None:
    if acting_user is None or acting_user.is_operator:
        raise PermissionDenied(_("Only the firm's own staff publish what it owes."))
    require(acting_user, "liabilities.publish")


def _require_proved() -> None:
    proof = ledger.proofs().exclude(outcome=ProofOutcome.UNFINISHED).first()
    if proof is None or proof.outcome != ProofOutcome.PROVED:
        raise LiabilitiesError(
            _(
                "The last proof of the books did not find them in order. Only proved books are "
                "published: have them proved, and resolve what breaks there are."
            )
        )


def _owed() -> tuple[int, datetime, dict[int, list[tuple[int, int]]]]:
    """(seq, its time, {asset id: [(account id, units)]}), accounts with nothing left out."""
    with connection.cursor() as cursor:
        cursor.execute(_OWED, [Classification.LIABILITY.value])
        rows = cursor.fetchall()
    if not rows:
        raise LiabilitiesError(_("Nothing is owed to any customer yet."))
    negative = [account_id for _, _, account_id, _, units in rows if units < 0]
    if negative:
        named = ", ".join(str(account_id) for account_id in negative[:MOST_NAMED])
        raise LiabilitiesError(
            _(
                "Some accounts are below zero (%(accounts)s): their debt would hide what is owed "
                "to others."
            )
            % {"accounts": named}
        )
    owed: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for _seq, _time, account_id, asset_id, units in rows:
        owed[asset_id].append((account_id, int(units)))
    return rows[0][0], rows[0][1], owed


def _grow(
    publication: Publication, asset: Asset, owed: list[tuple[int, int]], secret: bytes
) -> Root:
    """The tree of one asset. Each balance is cut at random into parts that stand apart, so that
    a neighbour's path shows at most a part of it."""
    leaves = []
    for account_id, units in owed:
        cut = secrets.randbelow(units + 1)
        for part, part_units in enumerate((cut, units - cut)):
            name = leaf_name(publication.pk, asset.code, account_id, part)
            leaves.append((tree.id_of(salt_of(secret, name), name), account_id, part, part_units))
    grown = tree.Tree.build([(leaf_id, units) for leaf_id, _, _, units in leaves])
    root_hash, total = grown.root
    root = Root.objects.create(
        publication=publication,
        asset=asset,
        root_hash=root_hash.hex(),
        units=total,
        width=grown.width,
        nodes=grown.nodes,
    )
    index_of = {
        grown.nodes[number * tree.NODE_BYTES : (number + 1) * tree.NODE_BYTES]: number
        for number in range(grown.width)
    }
    Leaf.objects.bulk_create(
        [
            Leaf(
                root=root,
                account_id=account_id,
                part=part,
                units=units,
                index=index_of[
                    tree.leaf_hash(leaf_id, units) + units.to_bytes(tree.AMOUNT_BYTES, "big")
                ],
            )
            for leaf_id, account_id, part, units in leaves
        ],
        batch_size=5000,
    )
    return root


def leaf_name(publication_id: int, asset_code: str, account_id: int, part: int) -> str:
    """What a leaf's id stands for."""
    return f"{publication_id}:{asset_code}:{account_id}:{part}"


def salt_of(secret: bytes, name: str) -> bytes:
    """A leaf's own salt; who knows one knows no other."""
    return hmac.digest(secret, name.encode(), hashlib.sha256)
