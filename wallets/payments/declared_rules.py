"""Facts of deposits, withdrawals and beneficiaries, the rules a firm starts with, and its floor.

Amounts are hundredths of a whole unit of the asset that is paid. Sentences that refuse a customer
are told to him, so they are translated.
"""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from riskrules.kinds import Kind
from riskrules.rulesets import Comparison, Condition, Fact, Outcome, Rule, Unit, rule

DEPOSITS = "deposits"
WITHDRAWALS = "withdrawals"
BENEFICIARIES = "beneficiaries"

_ALL = tuple(Outcome)

KINDS = (
    Kind(
        name=DEPOSITS,
        title=_("Deposits"),
        explanation=_("Asked before money that the bank shows is credited to a customer."),
        facts=(
            Fact("name_differs", _("the sender has another name than the customer"), Unit.FLAG),
            Fact("account_not_active", _("the account is suspended or restricted"), Unit.FLAG),
            Fact("beyond_method", _("the amount is outside of the method's limits"), Unit.FLAG),
            Fact("is_offered", _("the customer may pay in by this method"), Unit.FLAG),
            Fact("is_first", _("it is the customer's first deposit"), Unit.FLAG),
            Fact("amount", _("amount of the deposit"), Unit.AMOUNT),
            Fact("deposits_last_day", _("deposits of the customer in the last 24 hours")),
            Fact("deposits_last_30_days", _("deposits of the customer in the last 30 days")),
            Fact("sum_last_day", _("amount of deposits in the last 24 hours, this one included"),
                 Unit.AMOUNT),
            Fact("sum_last_30_days", _("amount of deposits in the last 30 days, this one included"),
                 Unit.AMOUNT),
            Fact("just_below_last_7_days",
                 _("deposits of the last 7 days that are at least nine tenths of the method's "
                 "largest amount and not above it, this one included")),
            Fact("account_age_hours", _("time since the customer signed up"), Unit.HOURS),
        ),
        floor=(
            rule(
                "account not active", "account_not_active", Comparison.EQUALS, 1, Outcome.HOLD,
                gettext_noop("The account is suspended or restricted."),
            ),
            rule(
                "not offered", "is_offered", Comparison.EQUALS, 0, Outcome.HOLD,
                gettext_noop("This customer may not pay in by this method."),
            ),
        ),
        defaults=(
            rule(
                "name differs", "name_differs", Comparison.EQUALS, 1, Outcome.HOLD,
                "The sender has another name than the customer.",
            ),
            rule(
                "many deposits", "deposits_last_day", Comparison.ABOVE, 10, Outcome.HOLD,
                "More than ten deposits within a day.",
            ),
            rule(
                "beyond limits", "beyond_method", Comparison.EQUALS, 1, Outcome.HOLD,
                "The amount is outside of the method's limits.",
            ),
            rule(
                "just below the limit", "just_below_last_7_days", Comparison.AT_LEAST, 3,
                Outcome.ALERT, "Several deposits just below the largest amount within a week.",
            ),
        ),
        outcomes=_ALL,
        held=_("It stays in suspense, on the work list, until two persons decide."),
    ),
    Kind(
        name=WITHDRAWALS,
        title=_("Withdrawals"),
        explanation=_("Asked when a customer asks to be paid out."),
        facts=(
            Fact("account_not_active", _("the account may not trade or not withdraw"), Unit.FLAG),
            Fact("amount", _("amount of the withdrawal"), Unit.AMOUNT),
            Fact("withdrawals_last_day",
                 _("withdrawals the customer asked for in the last 24 hours")),
            Fact("withdrawals_last_30_days",
                 _("withdrawals the customer asked for in the last 30 days")),
            Fact("sum_last_day", _("amount of withdrawals in the last 24 hours, this one included"),
                 Unit.AMOUNT),
            Fact("sum_last_30_days",
                 _("amount of withdrawals in the last 30 days, this one included"), Unit.AMOUNT),
            Fact("just_below_last_7_days",
                 _("withdrawals of the last 7 days that are at least nine tenths of what one "
                 "person approves and not above it, this one included")),
            Fact("password_hours", _("time since the password was changed"), Unit.HOURS),
            Fact("second_factor_hours", _("time since the second factor was set up"), Unit.HOURS),
            Fact("device_hours", _("time since the kind of browser in use first signed in as the "
                 "customer"), Unit.HOURS),
            Fact("session_minutes", _("time since the customer's newest session began"),
                 Unit.MINUTES),
            Fact("beneficiary_hours", _("time since the beneficiary became usable"), Unit.HOURS),
            Fact("is_first_to_beneficiary", _("nothing was ever paid to this beneficiary"),
                 Unit.FLAG),
            Fact("beneficiary_name_differs", _("the beneficiary bears another name, and staff "
                 "approved it"), Unit.FLAG),
            Fact("paid_in_last_7_days", _("amount credited to the customer by deposits in the last "
                 "7 days"), Unit.AMOUNT),
            Fact("hours_since_trade", _("time since the account last traded"), Unit.HOURS),
        ),
        floor=(
            rule(
                "account not active", "account_not_active", Comparison.EQUALS, 1, Outcome.DENY,
                gettext_noop("Your account is suspended or restricted. Please ask support."),
            ),
        ),
        defaults=(
            rule(
                "many withdrawals", "withdrawals_last_day", Comparison.AT_LEAST, 20, Outcome.DENY,
                gettext_noop("You asked for 20 withdrawals within a day. Please wait."),
            ),
            rule(
                "password just changed", "password_hours", Comparison.BELOW, 24, Outcome.HOLD,
                "The password was changed less than a day ago.",
            ),
            rule(
                "name differs", "beneficiary_name_differs", Comparison.EQUALS, 1, Outcome.HOLD,
                "The beneficiary bears another name than the customer.",
            ),
            rule(
                "first payment", "is_first_to_beneficiary", Comparison.EQUALS, 1, Outcome.ALLOW,
                "The first payment to this beneficiary.",
            ),
            Rule(
                "passing through",
                (
                    Condition("paid_in_last_7_days", Comparison.AT_LEAST, 10_000_00),
                    Condition("hours_since_trade", Comparison.AT_LEAST, 7 * 24),
                ),
                Outcome.ALERT,
                "Money goes out soon after it came in, and nothing was traded.",
            ),
            rule(
                "just below the limit", "just_below_last_7_days", Comparison.AT_LEAST, 3,
                Outcome.ALERT,
                "Several withdrawals just below what one person approves, within a week.",
            ),
        ),
        outcomes=_ALL,
        held=_("The amount is reserved, and two persons have to approve it."),
    ),
    Kind(
        name=BENEFICIARIES,
        title=_("Beneficiaries"),
        explanation=_("Asked when a customer adds an account to be paid out to."),
        facts=(
            Fact("name_differs", _("the holder has another name than the customer"), Unit.FLAG),
            Fact("added_last_day", _("beneficiaries the customer added in the last 24 hours")),
            Fact("in_the_book", _("beneficiaries in the customer's book")),
            Fact("same_at_others", _("other customers who have the same account in their books")),
            Fact("password_hours", _("time since the password was changed"), Unit.HOURS),
            Fact("second_factor_hours", _("time since the second factor was set up"), Unit.HOURS),
            Fact("device_hours", _("time since the kind of browser in use first signed in as the "
                 "customer"), Unit.HOURS),
            Fact("session_minutes", _("time since the customer's newest session began"),
                 Unit.MINUTES),
            Fact("account_age_hours", _("time since the customer signed up"), Unit.HOURS),
        ),
        floor=(
            rule(
                "name differs", "name_differs", Comparison.EQUALS, 1, Outcome.HOLD,
                gettext_noop("The holder has another name than the customer."),
            ),
        ),
        defaults=(
            rule(
                "many added", "added_last_day", Comparison.AT_LEAST, 10, Outcome.DENY,
                gettext_noop("You added ten accounts within a day. Please wait."),
            ),
            rule(
                "shared account", "same_at_others", Comparison.AT_LEAST, 1, Outcome.ALERT,
                "Another customer is paid out to the same account.",
            ),
        ),
        outcomes=_ALL,
        held=_("Staff have to approve it before it can be used."),
    ),
)  # fmt: skip
