"""Pages of rebuilds: asked by one, decided by another, refused requests change nothing."""

import pytest

from clearing.models import Rebuild, RebuildState
from firms import REASON, a_rebuild


def test_asked_shown_and_decided_by_two_people(firm, client_for, send):
    finance, owner = client_for(firm.finance), client_for(firm.owner)
    assert send(finance, "/backoffice/rebuilds/ask/", reason=REASON).status_code == 302
    row = Rebuild.objects.get()
    assert (row.state, row.asked_by) == (RebuildState.ASKED, firm.finance)
    page = finance.get(f"/backoffice/rebuilds/{row.pk}/").content.decode()
    assert "<progress" in page
    answer = send(owner, "/backoffice/rebuilds/ask/", reason=REASON)
    assert answer.status_code == 422 and b"under way" in answer.content
    Rebuild.objects.filter(pk=row.pk).update(
        state=RebuildState.COMPARED,
        tables=[{"table": "orders_trade", "rows": 5, "missing": 2, "extra": 0, "different": 0}],
    )
    assert (
        send(finance, f"/backoffice/rebuilds/{row.pk}/approve/", reason=REASON).status_code == 422
    )
    page = owner.get(f"/backoffice/rebuilds/{row.pk}/").content.decode()
    assert "orders_trade" in page and f"/backoffice/rebuilds/{row.pk}/approve/" in page
    assert send(owner, f"/backoffice/rebuilds/{row.pk}/approve/", reason=REASON).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.decided_by) == (RebuildState.APPROVED, firm.owner)


@pytest.mark.parametrize("role", ["support", "auditor", "compliance", "admin"])
def test_others_change_nothing(firm, client_for, staff_of, send, role):
    row = a_rebuild(firm.finance)
    browser = client_for(staff_of(role))
    for verb in ("approve", "refuse"):
        address = f"/backoffice/rebuilds/{row.pk}/{verb}/"
        assert send(browser, address, reason=REASON).status_code == 403
    assert send(browser, "/backoffice/rebuilds/ask/", reason=REASON).status_code == 403
    row.refresh_from_db()
    assert row.state == RebuildState.COMPARED and Rebuild.objects.count() == 1
