"""Publishing: refused for broken books and negative accounts; each customer sees his leaves."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied

from audit.models import AuditRecord
from trading.accounts.selectors import access_account
from trading.instruments.models import Asset
from wallets import liabilities as room
from wallets.ledger import actions as ledger
from wallets.ledger import chart
from wallets.ledger import selectors as books
from wallets.ledger.models import Balance, Line, ProofRun
from wallets.liabilities import actions, selectors, tree
from wallets.liabilities.errors import LiabilitiesError
from wallets.liabilities.models import Leaf, Publication, PublicationRequest, RequestState

SCRIPT = Path(room.__file__).parent / "verify_liabilities.py"


def prove(firm):
    return ledger.prove_books(tenant=firm.tenant, run=ProofRun.SCHEDULE, wait_s=0)


@pytest.fixture
def published(firm):
    prove(firm)
    return actions.publish_liabilities(acting_user=firm.finance, reason="End of the month")


def run_script(tmp_path, own, roots=None):
    files = []
    for name, body in (("own", own), ("roots", roots)):
        if body is not None:
            path = tmp_path / f"{name}.json"
            path.write_text(json.dumps(body))
            files.append(str(path))
    return subprocess.run(
        [sys.executable, "-I", str(SCRIPT), *files], capture_output=True, text=True, timeout=60
    )


def test_the_roots_sum_to_what_the_ledger_owes_customers(firm, published):
    for root in selectors.roots_of(selectors.publications().get(pk=published.pk)):
        owed = sum(
            books.booked_units(access_account(user), root.asset_id)
            for user in (firm.alice, firm.bob)
        )
        assert root.units == owed > 0
    assert published.seq == firm.books.writer.seq
    record = AuditRecord.objects.get(action="liabilities.publish")
    assert (record.actor_id, record.new["seq"]) == (firm.finance.pk, published.seq)


def test_each_customers_leaves_lead_to_the_roots_and_are_the_balance(firm, published):
    for user in (firm.alice, firm.bob):
        account = access_account(user)
        body = selectors.leaves_body(published, account)
        assert {asset["asset"] for asset in body["assets"]} == {"BTC", "USDT"}
        for asset in body["assets"]:
            row = Asset.objects.get(code=asset["asset"])
            assert int(asset["balance_units"]) == books.booked_units(account, row.pk)
            assert len(asset["leaves"]) == actions.PARTS
            for leaf in asset["leaves"]:
                steps = [
                    tree.Step(s["side"] == "left", bytes.fromhex(s["hash"]), int(s["units"]))
                    for s in leaf["path"]
                ]
                leaf_id = tree.id_of(bytes.fromhex(leaf["salt"]), leaf["name"])
                found = tree.root_of(leaf_id, int(leaf["units"]), steps)
                assert found == (bytes.fromhex(asset["root_hash"]), int(asset["total_units"]))
    text = json.dumps(selectors.leaves_body(published, access_account(firm.bob)))
    assert f":{firm.account.pk}:" not in text


def test_salts_are_new_with_each_publication(firm, published):
    again = actions.publish_liabilities(acting_user=firm.owner)
    salts = [
        {
            leaf["salt"]
            for asset in selectors.leaves_body(row, firm.account)["assets"]
            for leaf in asset["leaves"]
        }
        for row in (published, again)
    ]
    assert len(salts[0]) == 4 and not salts[0] & salts[1]
    hashes = [
        {root.root_hash for root in selectors.roots_of(row)} for row in selectors.publications()
    ]
    assert not hashes[0] & hashes[1]


def test_the_standalone_script_agrees_and_finds_what_was_changed(firm, published, tmp_path):
    own = selectors.leaves_body(published, firm.account)
    roots = selectors.root_body(selectors.publications().get(pk=published.pk))
    good = run_script(tmp_path, own, roots)
    assert good.returncode == 0, good.stdout + good.stderr
    assert "BTC is in the root" in good.stdout
    assert run_script(tmp_path, own).returncode == 0

    def changed(change, body):
        copy = json.loads(json.dumps(body))
        change(copy)
        return copy

    asset = own["assets"][0]
    cases = [
        lambda b: b["assets"][0]["leaves"][0].update(
            units=str(int(asset["leaves"][0]["units"]) + 1)
        ),
        lambda b: b["assets"][0].update(balance_units="1"),
        lambda b: b["assets"][0]["leaves"].pop(),
        lambda b: b["assets"][0]["leaves"].append(b["assets"][0]["leaves"][0]),
        lambda b: b["assets"][0]["leaves"][0]["path"][0].update(units="-1"),
        lambda b: b["assets"][0]["leaves"][0]["path"].pop(),
        lambda b: b.update(account=1),
    ]
    for change in cases:
        answer = run_script(tmp_path, changed(change, own), roots)
        assert answer.returncode == 1 and "WRONG" in answer.stdout + answer.stderr
    other = changed(lambda b: b["roots"][0].update(root_hash="0" * 64), roots)
    assert "another one" in run_script(tmp_path, own, other).stdout


def test_broken_or_unproved_books_are_not_published(firm):
    with pytest.raises(LiabilitiesError, match="proved"):
        actions.publish_liabilities(acting_user=firm.finance)
    Balance.objects.filter(ledger_account__account=firm.account).update(units=-1)
    assert prove(firm).breaks
    with pytest.raises(LiabilitiesError, match="did not find them in order"):
        actions.publish_liabilities(acting_user=firm.finance)
    assert Publication.objects.count() == 0


def test_an_account_below_zero_is_refused(firm):
    prove(firm)
    ledger_id = chart.ledger_account_id(
        Line.ENGINE_ACCOUNT, firm.account.pk, Asset.objects.get(code="BTC").pk
    )
    Balance.objects.filter(pk=ledger_id).update(units=5)
    with pytest.raises(LiabilitiesError, match="below zero"):
        actions.publish_liabilities(acting_user=firm.finance)
    assert Publication.objects.count() == Leaf.objects.count() == 0


def test_nobody_else_publishes(firm, charlie, staff_of, platform_tenant, other_tenant):
    prove(firm)
    for nobody in (
        None, firm.alice, charlie, staff_of("support"), staff_of("auditor"),
        staff_of("owner", other_tenant), staff_of("owner", platform_tenant),
    ):  # fmt: skip
        with pytest.raises(PermissionDenied):
            actions.publish_liabilities(acting_user=nobody)
    assert Publication.objects.count() == 0


def test_pages_alice_her_leaves_bob_his_charlie_and_strangers_none(
    firm, published, client_for, charlie, other_tenant
):
    address = f"/liabilities/{published.pk}/mine"
    hers = client_for(firm.alice).get(f"{address}.json").json()
    his = client_for(firm.bob).get(f"{address}.json").json()
    assert hers["account"] == firm.account.pk != his["account"]
    page = client_for(firm.alice).get(address).content.decode()
    assert "liabilities.js" in page and hers["assets"][0]["leaves"][0]["salt"] in page
    assert client_for(tenant=firm.tenant).get(address).status_code == 302
    assert client_for(charlie, tenant=firm.tenant).get(f"{address}.json").status_code == 302
    assert client_for(charlie).get(address).status_code == 404
    public = client_for(tenant=firm.tenant)
    body = public.get("/liabilities").content.decode()
    assert hers["assets"][0]["root_hash"] in body
    api = public.get(f"/api/v1/liabilities/{published.pk}").json()
    assert api["roots"][0]["root_hash"] == hers["assets"][0]["root_hash"]
    assert public.get("/api/v1/liabilities").json()["results"] == [api]
    assert public.get("/api/v1/liabilities/999").status_code == 404
    at_south = client_for(tenant=other_tenant)
    assert at_south.get("/api/v1/liabilities").json()["results"] == []
    script = public.get("/liabilities/verify_liabilities.py")
    assert script.content.decode() == SCRIPT.read_text()


def test_staff_publish_from_the_backoffice(
    firm, client_for, staff_of, django_capture_on_commit_callbacks
):
    prove(firm)
    fields = {"reason": "End of the month", "token": "7b6ff9c4-9d3f-4d52-8f5e-24b9f4f7a111"}
    address = "/backoffice/liabilities/publish/"
    assert client_for(staff_of("auditor")).post(address, fields).status_code == 403
    assert PublicationRequest.objects.count() == Publication.objects.count() == 0
    listed = "/backoffice/liabilities/"
    with django_capture_on_commit_callbacks() as waiting:
        assert client_for(firm.finance).post(address, fields).status_code == 302
    assert Publication.objects.count() == 0
    assert "it is being made" in client_for(firm.finance).get(listed).content.decode()
    # A second one waits for the first.
    again = {**fields, "token": "7b6ff9c4-9d3f-4d52-8f5e-24b9f4f7a222"}
    refused = client_for(firm.finance).post(address, again)
    assert "wait for it" in refused.content.decode()
    assert PublicationRequest.objects.count() == 1
    for work in waiting:
        work()
    made = Publication.objects.get()
    assert PublicationRequest.objects.get().publication == made
    assert "End of the month" in AuditRecord.objects.get(action="liabilities.publish").reason
    page = client_for(firm.finance).get(listed).content.decode()
    assert str(made.seq) in page and "being made" not in page
    assert actions.publish_asked() is None
    assert Publication.objects.count() == 1


def test_what_came_between_asking_and_publishing_is_said(firm, client_for):
    prove(firm)
    row = actions.ask_for_publication(acting_user=firm.finance, reason="End of the month")
    Balance.objects.filter(ledger_account__account=firm.account).update(units=-1)
    assert prove(firm).breaks
    assert actions.publish_asked() == row
    row.refresh_from_db()
    assert (row.state, Publication.objects.count()) == (RequestState.FAILED, 0)
    assert AuditRecord.objects.filter(action="liabilities.fail").exists()
    page = client_for(firm.finance).get("/backoffice/liabilities/").content.decode()
    assert "was not published" in page and "did not find them in order" in page
    assert actions.publish_asked() is None
    with pytest.raises(LiabilitiesError, match="did not find them in order"):
        actions.ask_for_publication(acting_user=firm.finance)


def test_nobody_else_asks_for_a_publication(firm, charlie, staff_of, platform_tenant):
    prove(firm)
    for nobody in (
        None, firm.alice, charlie, staff_of("auditor"), staff_of("owner", platform_tenant),
    ):  # fmt: skip
        with pytest.raises(PermissionDenied):
            actions.ask_for_publication(acting_user=nobody)
    assert PublicationRequest.objects.count() == 0
