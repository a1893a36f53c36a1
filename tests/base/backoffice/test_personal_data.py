"""Support helps customers without what compliance knows of them."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from backoffice.pages import Page
from backoffice.tenant import PAGES
from firms import Firm
from identity import roles
from identity.models import User
from kyc.documents import links
from tests.base.backoffice.test_roles import OF_WHO_ASKED
from wallets.payments.models import Beneficiary, Deposit

# What Alice told of herself for verification (`kyc_cases`), and what banks told of her.
ADDRESS, NUMBER, BORN, NATIVE = "Storgatan 1", "L898902C3", "1974-08-12", "Карл Амундсен"
NAMES = "Eriksson"
LISTED = "AMUNDSEN, Karl"
FUNDS = "Salary or pension"


def pages_of(firm: Firm, browser: Any, user: User, known: dict[str, Any]) -> dict[str, str]:
    """Every page that a role opens about Alice and her things, as text."""
    found = {}
    for page in PAGES:
        if not roles.has(user, page.capability) or page.name in OF_WHO_ASKED:
            continue
        known["signature"] = links.sign(known["document_id"], known["page_number"], user)
        known["user_id"] = firm.finance.pk if page.route.startswith("staff/") else firm.alice.pk
        address = reverse(f"backoffice:{page.name}", args=_arguments(page, known))
        answer = browser.get(address)
        assert answer.status_code == 200, (user.role, page.name)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        found[page.name] = content.decode(errors="ignore")
    return found


def _arguments(page: Page, known: dict[str, Any]) -> list[Any]:
    return [known[name] for name in re.findall(r"<\w+:(\w+)>", page.route)]


def where(pages: dict[str, str], text: str) -> list[str]:
    # An IBAN may be shown in groups of four.
    grouped = " ".join(text[start : start + 4] for start in range(0, len(text), 4))
    return [name for name, page in pages.items() if text in page or grouped in page]


@pytest.fixture
def banks(firm: Firm) -> list[str]:
    """Where Alice is paid, and who paid in for her."""
    firm.arguments()
    return sorted(
        {*Beneficiary.objects.values_list("iban", flat=True)}
        | {*Deposit.objects.exclude(sender_iban="").values_list("sender_iban", flat=True)}
    )


def test_support_sees_less_of_a_customer_than_compliance(
    firm: Firm, staff_of: Callable[..., User], client_for: Callable[..., Any], banks: list[str]
) -> None:
    known = firm.arguments() | {"approval_kind": "fees"}
    known["approval_id"] = known["proposal_id"]
    private = [ADDRESS, NUMBER, BORN, NATIVE, NAMES, LISTED, FUNDS, *banks]
    support, compliance = staff_of("support"), staff_of("compliance")
    theirs = pages_of(firm, client_for(support), support, dict(known))
    for text in private:
        assert where(theirs, text) == [], text
    # Support sees who it is, and how far his case is: enough to answer him.
    assert firm.alice.email in theirs["customer"] and "Waiting for review" in theirs["kyc_case"]
    assert "not for your role" in theirs["kyc_case"]
    known |= {"approval_kind": "adjustment", "approval_id": firm.waiting.pk}
    all_of_it = pages_of(firm, client_for(compliance), compliance, dict(known))
    for text in (ADDRESS, NUMBER, BORN, NATIVE, NAMES, LISTED, FUNDS):
        assert "kyc_case" in where(all_of_it, text), text
    for iban in banks:
        assert where(all_of_it, iban), iban


@pytest.mark.parametrize("role", ["admin", "finance", "support", "auditor"])
def test_what_is_in_a_case_is_for_compliance_and_owners(
    firm: Firm, staff_of: Callable[..., User], client_for: Callable[..., Any], role: str
) -> None:
    known = firm.arguments()
    if role != "finance":
        known |= {"approval_kind": "fees", "approval_id": known["proposal_id"]}
    user = staff_of(role)
    if roles.has(user, "adjustments.view"):
        known |= {"approval_kind": "adjustment", "approval_id": firm.waiting.pk}
    pages = pages_of(firm, client_for(user), user, known)
    for text in (ADDRESS, NUMBER, BORN, NATIVE, LISTED):
        assert where(pages, text) == [], (role, text)
