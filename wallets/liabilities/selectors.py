"""Reads of publications: roots for everybody, leaves with their paths for their owner."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.db.models.functions import Substr

from identity import crypto
from trading.accounts.models import Account
from wallets.liabilities import tree
from wallets.liabilities.actions import leaf_name, salt_of
from wallets.liabilities.models import Leaf, Publication, PublicationRequest, Root


def publications() -> QuerySet[Publication]:
    """Newest first, with their roots but without the trees behind them."""
    roots = Root.objects.defer("nodes").select_related("asset")
    return Publication.objects.prefetch_related(Prefetch("roots", roots)).defer("secret")


def newest_request() -> PublicationRequest | None:
    """What was asked for last."""
    return PublicationRequest.objects.select_related("asked_by").first()


def roots_of(publication: Publication) -> list[Root]:
    """The roots of a publication that `publications` gave."""
    return list(publication.roots.all())


def root_body(publication: Publication) -> dict[str, Any]:
    """What is for everybody, in the API's words."""
    return {
        "id": publication.pk,
        "seq": publication.seq,
        "as_of": publication.as_of.isoformat(),
        "published_at": publication.published_at.isoformat(),
        "roots": [
            {
                "asset": root.asset.code,
                "root_hash": root.root_hash,
                "total": root.asset.text(root.units),
                "total_units": str(root.units),
                "scale": root.asset.scale,
                "leaves": root.width,
            }
            for root in roots_of(publication)
        ],
    }


@dataclass(frozen=True, slots=True)
class _Owner:
    secret: bytes
    publication: Publication


def leaves_body(publication: Publication, account: Account) -> dict[str, Any]:
    """The account's own leaves with their paths; of nobody else's but sums on the way."""
    owner = _Owner(crypto.decrypt(bytes(publication.secret)), publication)
    leaves = (
        Leaf.objects.filter(root__publication=publication, account=account)
        .select_related("root__asset")
        .defer("root__nodes")
        .order_by("root__asset_id", "part")
    )
    assets: dict[str, dict[str, Any]] = {}
    for leaf in leaves:
        code = leaf.root.asset.code
        asset = assets.setdefault(
            code,
            {
                "asset": code,
                "scale": leaf.root.asset.scale,
                "root_hash": leaf.root.root_hash,
                "total_units": str(leaf.root.units),
                "balance_units": "0",
                "leaves": [],
            },
        )
        asset["balance_units"] = str(int(asset["balance_units"]) + leaf.units)
        asset["balance"] = leaf.root.asset.text(int(asset["balance_units"]))
        asset["leaves"].append(_leaf_body(owner, leaf, account.pk))
    return {
        "publication": publication.pk,
        "seq": publication.seq,
        "as_of": publication.as_of.isoformat(),
        "account": account.pk,
        "assets": list(assets.values()),
    }


def _leaf_body(owner: _Owner, leaf: Leaf, account_id: int) -> dict[str, Any]:
    name = leaf_name(owner.publication.pk, leaf.root.asset.code, account_id, leaf.part)
    return {
        "name": name,
        "salt": salt_of(owner.secret, name).hex(),
        "units": str(leaf.units),
        "amount": leaf.root.asset.text(leaf.units),
        "path": [
            {
                "side": "left" if step.is_left else "right",
                "hash": step.hash.hex(),
                "units": str(step.units),
            }
            for step in path_of(leaf)
        ],
    }


def path_of(leaf: Leaf) -> list[tree.Step]:
    """The siblings from a leaf to the root, read one by one out of the packed tree."""
    wanted = tree.siblings(leaf.index, leaf.root.width)
    pieces = {
        f"node_{number}": Substr("nodes", number * tree.NODE_BYTES + 1, tree.NODE_BYTES)
        for number, _ in wanted
    }
    values = Root.objects.filter(pk=leaf.root_id).annotate(**pieces).values(*pieces).get()
    return [_step_of(values[f"node_{number}"], is_left) for number, is_left in wanted]


def _step_of(node: Any, is_left: bool) -> tree.Step:
    node_hash, units = tree.unpack(bytes(node))
    return tree.Step(is_left, node_hash, units)
