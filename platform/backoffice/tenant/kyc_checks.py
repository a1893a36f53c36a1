"""Identity checks by providers: what each said of a case, and what staff do about one."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice import access, cells, pages
from backoffice.action import ActionPage
from backoffice.forms import StaffForm
from kyc import actions, sealed, selectors
from kyc.actions import checks
from kyc.models import AGAINST, OUTSTANDING, CheckState, KycCase, ProviderCheck

TONES = {
    CheckState.WANTED: "plain",
    CheckState.UNKNOWN: "warn",
    CheckState.RUNNING: "plain",
    CheckState.CLEAR: "good",
    CheckState.CONSIDER: "bad",
    CheckState.CONTRADICTING: "bad",
    CheckState.REFUSED: "bad",
    CheckState.ENDED: "plain",
}
EFFECTS = {
    "taken": "",
    "older": gettext_lazy("came after a newer one"),
    "contradicts": gettext_lazy("contradicts what it said before"),
    "ended": gettext_lazy("nobody waited for it any more"),
}
OUTCOMES = {
    "running": gettext_lazy("being checked"),
    "clear": gettext_lazy("nothing against it"),
    "consider": gettext_lazy("something to look at"),
}
HOW = {
    "answer": gettext_lazy("in answer"),
    "webhook": gettext_lazy("by webhook"),
    "asked": gettext_lazy("when asked"),
}


def badge_of(check: ProviderCheck) -> Any:
    return cells.badge(check.get_state_display(), TONES[CheckState(check.state)])


def own_words(note: str) -> str:
    """What was noted by the product itself, in the language of this page."""
    return _(note) if note in checks.NOTES else note


def panel(request: Any, case: KycCase) -> list[dict[str, Any]]:
    """The checks of a case, for who may see what is in it."""
    may_decide = access.may(request.user, "kyc.decide")
    late = set(selectors.late_checks().filter(case=case).values_list("pk", flat=True))
    return [
        {
            "row": check,
            "badge": badge_of(check),
            "note": own_words(check.note),
            # Who ended it wrote why; what the product did by itself it says in its own words.
            "end_reason": check.end_reason if check.ended_by else own_words(check.end_reason),
            "words": [_word(word) for word in check.words.all()],
            "found": [text for _code, text in sealed.unseal(check.found, [])],
            "may_ask": may_decide and check.state in OUTSTANDING,
            "is_late": may_decide and check.pk in late,
        }
        for check in case.checks.select_related("provider", "ended_by").order_by(
            "-is_current", "-pk"
        )
    ]


def _word(word: Any) -> dict[str, Any]:
    return {
        "outcome": OUTCOMES.get(word.outcome, word.outcome),
        "how": HOW.get(word.how, word.how),
        "effect": EFFECTS.get(word.effect, word.effect),
        "heard_at": word.heard_at,
        "version": word.version,
    }


class CheckAction(ActionPage):
    """What is done about a check."""

    def target(self, check_id: int) -> ProviderCheck:  # type: ignore[override]
        return selectors.access_check(self.request.user, check_id)  # type: ignore[arg-type]

    def facts(self, target: ProviderCheck) -> list[tuple[str, Any]]:
        return [
            (_("Provider"), target.provider.title),
            (_("State"), badge_of(target)),
            (_("Sent (UTC)"), cells.when(target.sent_at)),
            (_("Result (UTC)"), cells.when(target.told_at)),
            (_("Last trouble"), own_words(target.note) or "–"),
        ]

    def back(self, target: ProviderCheck) -> str:
        return self.url("kyc_case", target.case_id)

    def crumbs(self, target: ProviderCheck) -> list[tuple[str, str]]:
        return [
            (_("Verification"), self.url("kyc_queue")),
            (_("Case %(id)s") % {"id": target.case_id}, self.back(target)),
        ]


class AskCheck(CheckAction):
    """Have the provider asked now."""

    form_class = StaffForm

    def title(self, target: ProviderCheck) -> str:
        return _("Ask %(provider)s now") % {"provider": target.provider.title}

    def explanation(self, target: ProviderCheck) -> list[str]:
        if target.state == CheckState.REFUSED:
            return [_("It refused this check. It is sent once more, under the same key.")]
        return [_("It is asked what became of this check, by our own key; nothing is sent twice.")]

    def obstacle(self, target: ProviderCheck) -> str:
        return "" if target.state in OUTSTANDING else _("This check has its result.")

    def perform(self, target: ProviderCheck, values: dict[str, Any]) -> str:
        actions.ask_check(check=target, acting_user=self.request.user, now=timezone.now())
        return _("It is asked within some seconds.")


class EndCheck(CheckAction):
    """Decide without it."""

    danger = True

    def title(self, target: ProviderCheck) -> str:
        return _("Do not wait for %(provider)s") % {"provider": target.provider.title}

    def explanation(self, target: ProviderCheck) -> list[str]:
        return [
            _("The case can then be decided without its result; your reason stays with it."),
            _("Should it find something after all, compliance is told."),
        ]

    def obstacle(self, target: ProviderCheck) -> str:
        return "" if target.state in OUTSTANDING else _("This check has its result.")

    def perform(self, target: ProviderCheck, values: dict[str, Any]) -> str:
        actions.end_check(check=target, reason=values["reason"], acting_user=self.request.user)
        return _("Nobody waits for it any more.")


class LookAtCheck(CheckAction):
    """See to what came after the decision."""

    def title(self, target: ProviderCheck) -> str:
        return _("What %(provider)s said after the decision") % {"provider": target.provider.title}

    def confirm_label(self, target: ProviderCheck) -> str:
        return _("I looked at it")

    def explanation(self, target: ProviderCheck) -> list[str]:
        return [_("Write what follows of it. To stop the customer, hold him back on his own page.")]

    def obstacle(self, target: ProviderCheck) -> str:
        return "" if target.state in AGAINST else _("Nothing speaks against this customer.")

    def perform(self, target: ProviderCheck, values: dict[str, Any]) -> str:
        actions.look_at_check(check=target, reason=values["reason"], acting_user=self.request.user)
        return _("Noted.")


def _page(route: str, name: str, view: Any) -> pages.Page:
    return pages.Page(
        f"verification/checks/<int:check_id>/{route}/", name, view.as_view(), "kyc.decide"
    )


PAGES = (
    _page("ask", "kyc_ask_check", AskCheck),
    _page("end", "kyc_end_check", EndCheck),
    _page("seen", "kyc_look_at_check", LookAtCheck),
)
