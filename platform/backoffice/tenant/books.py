"""The books as a whole: the proof that everything adds up."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice import cells, pages
from backoffice.action import ActionPage
from backoffice.forms import StaffForm
from backoffice.once import new_token
from backoffice.tables import Choice, Column, Days, Listing
from backoffice.tenant import kept_words
from tenants.selectors import current_tenant
from wallets.ledger import actions, selectors
from wallets.ledger.models import BooksProof, ProofOutcome
from wallets.reconciliation import selectors as reconciliation

# Some rounds of the schedule were missed: the worker does not run, or does nothing else.
OLD = timedelta(minutes=5)
OUTCOME_TONES = {
    ProofOutcome.PROVED: "good",
    ProofOutcome.BROKEN: "bad",
    ProofOutcome.UNFINISHED: "warn",
}


@dataclass(frozen=True)
class Standing:
    """The newest proof of the books, as the start page and the page of proofs tell it."""

    proof: BooksProof | None
    age: str
    is_old: bool
    breaks: list[str]
    token: str
    problem: str = ""


def standing(now: datetime) -> Standing:
    """What the last proof found and how long ago; nothing is proved while a page is made."""
    proof = selectors.proofs().first()
    if proof is None:
        return Standing(None, "", is_old=True, breaks=[], token=new_token())
    return Standing(
        proof,
        cells.age(proof.ended_at, now),
        is_old=now - proof.ended_at > OLD,
        breaks=[kept_words.line(found) for found in selectors.breaks_of(proof)],
        token=new_token(),
        problem=kept_words.sentence(proof.problem),
    )


def verify_books(request: HttpRequest) -> HttpResponse:
    """The last proof asset by asset, its breaks, and the proofs before it."""
    listing = Listing(
        columns=[
            Column(gettext_lazy("Ended (UTC)"), lambda p: cells.when(p.ended_at), "main"),
            Column(gettext_lazy("Run"), _run),
            Column(
                gettext_lazy("Outcome"),
                lambda p: cells.badge(p.get_outcome_display(), OUTCOME_TONES[p.outcome]),
            ),
            Column(gettext_lazy("Breaks"), lambda p: cells.number(len(p.breaks)), "number"),
            Column(gettext_lazy("Engine seq"), lambda p: cells.mono(p.seq or "–"), "number"),
        ],
        filters=[
            Choice(
                "outcome",
                gettext_lazy("Outcome"),
                ProofOutcome.choices,
                lambda rows, value: rows.filter(outcome=value),
            ),
            Days("ended", gettext_lazy("Day"), "ended_at"),
        ],
        empty_headline=gettext_lazy("The books have not been proved yet"),
    )
    return pages.render(
        request,
        "verify_books.html",
        {
            "books": standing(timezone.now()),
            "explanation": what_is_proved(),
            "table": listing.page(request, selectors.proofs()),
            "proven": reconciliation.proven_point(),
        },
        title=_("Verify books"),
    )


def _run(proof: BooksProof) -> Any:
    if proof.asked_by is None:
        return proof.get_run_display()
    return cells.pair(proof.get_run_display(), proof.asked_by.name or proof.asked_by.email)


def what_is_proved() -> list[str]:
    return [
        _("Postings sum to zero in every journal entry and every asset."),
        _("Engine balances equal ledger balances at the same seq."),
        _("Holds equal open orders."),
        _("Fills in the engine's journal, trades and entries are as many and sum to the same."),
        _("Custody equals what is outside, where it was entered."),
    ]


class ProveNow(ActionPage):
    """Have the books proved now, in the background."""

    form_class = StaffForm

    def title(self, target: Any) -> str:
        return _("Prove the books now")

    def explanation(self, target: Any) -> list[str]:
        return [*what_is_proved(), _("It runs in the background and takes some seconds.")]

    def perform(self, target: Any, values: dict[str, Any]) -> str:
        actions.ask_for_proof(tenant=current_tenant(), acting_user=self.request.user)
        return _("The books are being proved. What is found appears here in a moment.")

    def back(self, target: Any) -> str:
        return self.url("verify_books")


PAGES = (
    pages.Page("ledger/verify/", "verify_books", verify_books, "ledger.view"),
    pages.Page("ledger/verify/now/", "prove_books", ProveNow.as_view(), "ledger.prove"),
)
