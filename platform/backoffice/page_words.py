"""What pages about customers are called in words, by their name: their titles need an object."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

AS_CUSTOMER = "as the customer: "  # as `impersonation.actions.note_page` writes it

WORDS = {
    "account": pgettext_lazy("page that somebody saw", "account"),
    "adjustment": pgettext_lazy("page that somebody saw", "adjustment"),
    "api_key": pgettext_lazy("page that somebody saw", "api key"),
    "approve_adjustment": pgettext_lazy("page that somebody saw", "approve adjustment"),
    "assign_ticket": pgettext_lazy("page that somebody saw", "assign ticket"),
    "cancel_order": pgettext_lazy("page that somebody saw", "cancel order"),
    "change_role": pgettext_lazy("page that somebody saw", "change role"),
    "close_account": pgettext_lazy("page that somebody saw", "close account"),
    "close_login": pgettext_lazy("page that somebody saw", "close login"),
    "close_ticket": pgettext_lazy("page that somebody saw", "close ticket"),
    "colleague": pgettext_lazy("page that somebody saw", "colleague"),
    "customer": pgettext_lazy("page that somebody saw", "customer"),
    "deactivate": pgettext_lazy("page that somebody saw", "deactivate"),
    "end_sessions": pgettext_lazy("page that somebody saw", "end sessions"),
    "job_file": pgettext_lazy("page that somebody saw", "job file"),
    "kyc_approve": pgettext_lazy("page that somebody saw", "kyc approve"),
    "kyc_ask_check": pgettext_lazy("page that somebody saw", "kyc ask check"),
    "kyc_assign": pgettext_lazy("page that somebody saw", "kyc assign"),
    "kyc_case": pgettext_lazy("page that somebody saw", "kyc case"),
    "kyc_disagree": pgettext_lazy("page that somebody saw", "kyc disagree"),
    "kyc_document": pgettext_lazy("page that somebody saw", "kyc document"),
    "kyc_end_check": pgettext_lazy("page that somebody saw", "kyc end check"),
    "kyc_escalate": pgettext_lazy("page that somebody saw", "kyc escalate"),
    "kyc_give_back": pgettext_lazy("page that somebody saw", "kyc give back"),
    "kyc_hit": pgettext_lazy("page that somebody saw", "kyc hit"),
    "kyc_look_at_check": pgettext_lazy("page that somebody saw", "kyc look at check"),
    "kyc_more": pgettext_lazy("page that somebody saw", "kyc more"),
    "kyc_note": pgettext_lazy("page that somebody saw", "kyc note"),
    "kyc_refuse": pgettext_lazy("page that somebody saw", "kyc refuse"),
    "kyc_release": pgettext_lazy("page that somebody saw", "kyc release"),
    "kyc_restrict": pgettext_lazy("page that somebody saw", "kyc restrict"),
    "kyc_standing": pgettext_lazy("page that somebody saw", "kyc standing"),
    "kyc_take": pgettext_lazy("page that somebody saw", "kyc take"),
    "open_account": pgettext_lazy("page that somebody saw", "open account"),
    "open_login": pgettext_lazy("page that somebody saw", "open login"),
    "order": pgettext_lazy("page that somebody saw", "order"),
    "overview": pgettext_lazy("page that somebody saw", "overview"),
    "reactivate": pgettext_lazy("page that somebody saw", "reactivate"),
    "refuse_adjustment": pgettext_lazy("page that somebody saw", "refuse adjustment"),
    "reopen_account": pgettext_lazy("page that somebody saw", "reopen account"),
    "resend_verification": pgettext_lazy("page that somebody saw", "resend verification"),
    "reset_colleague_second_factor": pgettext_lazy(
        "page that somebody saw", "reset colleague second factor"
    ),
    "reset_protection": pgettext_lazy("page that somebody saw", "reset protection"),
    "reset_second_factor": pgettext_lazy("page that somebody saw", "reset second factor"),
    "revoke_key": pgettext_lazy("page that somebody saw", "revoke key"),
    "rule_alert": pgettext_lazy("page that somebody saw", "rule alert"),
    "see_as_customer": pgettext_lazy("page that somebody saw", "see as customer"),
    "set_account_state": pgettext_lazy("page that somebody saw", "set account state"),
    "set_protection": pgettext_lazy("page that somebody saw", "set protection"),
    "statement": pgettext_lazy("page that somebody saw", "statement"),
    "tax_year": pgettext_lazy("page that somebody saw", "tax year"),
    "ticket": pgettext_lazy("page that somebody saw", "ticket"),
}


def words_of(page: str) -> str:
    """``kyc_case`` as “kyc case”; a page of the portal, seen as a customer, by its plain name."""
    if page.startswith(AS_CUSTOMER):
        seen = page.removeprefix(AS_CUSTOMER).replace("_", " ")
        return _("as the customer: %(page)s") % {"page": seen}
    return str(WORDS.get(page, page.replace("_", " ")))
