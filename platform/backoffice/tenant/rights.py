"""What each role of the firm may do, within what the platform gives, and the review of access."""

from datetime import timedelta
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from backoffice import access, cells, pages, right_words
from backoffice.action import ActionPage
from backoffice.attention import Task
from backoffice.editing import EditPage
from backoffice.forms import ReasonForm, StaffForm
from backoffice.tables import Column, Listing
from backoffice.tenant import attention, names
from backoffice.tenant.adjustments import person
from identity import actions, levels, roles
from identity.models import AccessReview, ReviewedAccess, User
from identity.schema import current_schema

REVIEW_DAYS = 90  # of a year's quarter: how often access is looked at anew
CHANGEABLE = [(role, title) for role, title in roles.CHOICES if role != roles.OWNER]


def rights(request: HttpRequest) -> HttpResponse:
    """A table of rights by role; what differs from the platform's own table is marked."""
    user: Any = request.user
    now = {role: roles.capabilities_of_role(user, role) for role, _title in roles.CHOICES}
    withheld = levels.withheld(current_schema())
    may_change = access.may(user, "staff.manage")
    return pages.render(
        request,
        "rights.html",
        {
            "roles": [
                {
                    "title": title,
                    "count": len(now[role]),
                    "address": pages.url(request, "change_rights", role)
                    if may_change and role not in (roles.OWNER, user.role)
                    else "",
                }
                for role, title in roles.CHOICES
            ],
            "groups": [
                (
                    title,
                    [
                        {
                            "name": name,
                            "words": right_words.words_of(name),
                            "is_withheld": name in withheld,
                            "marks": [
                                {
                                    "role": role_title,
                                    "has": name in now[role],
                                    "differs": name not in withheld
                                    and (name in now[role])
                                    != (name in roles.TENANT_CAPABILITIES[role]),
                                }
                                for role, role_title in roles.CHOICES
                            ],
                        }
                        for name in capabilities
                    ],
                )
                for title, capabilities in right_words.grouped(roles.GRANTABLE)
            ],
            "withheld": len(withheld),
        },
        title=_("Roles and rights"),
        crumbs=[(_("Staff"), pages.url(request, "staff"))],
    )


def rights_fields(prefix: str, shown: frozenset[str]) -> dict[str, forms.Field]:
    """One field of checkboxes a group; their names begin with ``prefix``."""
    return {
        f"{prefix}{number}": forms.MultipleChoiceField(
            label=title,
            required=False,
            choices=[(name, right_words.words_of(name)) for name in capabilities],
            widget=forms.CheckboxSelectMultiple,
        )
        for number, (title, capabilities) in enumerate(right_words.grouped(shown))
    }


def chosen(values: dict[str, Any], prefix: str) -> set[str]:
    """What was ticked in the fields of `rights_fields`."""
    found: set[str] = set()
    for name, value in values.items():
        if name.startswith(prefix):
            found.update(value)
    return found


class RightsForm(ReasonForm):
    """What a role may do."""

    def __init__(self, *args: Any, shown: frozenset[str], has: frozenset[str], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields |= rights_fields("may_", shown)
        for name, field in self.fields.items():
            if name.startswith("may_"):
                field.initial = [key for key, _label in field.choices if key in has]  # type: ignore[attr-defined]
        self.order_fields([*(n for n in self.fields if n.startswith("may_")), "reason", "token"])


class ChangeRights(EditPage):
    """What one role of the firm may do."""

    def target(self, role: str) -> str:  # type: ignore[override]
        if role not in dict(CHANGEABLE):
            raise Http404
        return role

    def title(self, target: str) -> str:
        return _("Rights of %(role)s") % {"role": dict(roles.CHOICES)[target]}

    def confirm_label(self, target: str) -> str:
        return _("Put these rights in force")

    def explanation(self, target: str) -> list[str]:
        return [
            _("They hold for everybody with this role within about two seconds."),
            _("What the platform withholds from your firm is not offered."),
            _("A second person decides what one has asked for, whatever rights he has."),
        ]

    def obstacle(self, target: str) -> str:
        if target == self.request.user.role:  # type: ignore[union-attr]
            return _("Someone else has to change the role that you have.")
        return ""

    def open_form(self, target: str, data: Any = None, files: Any = None) -> StaffForm:
        shown = roles.GRANTABLE - roles.KEPT_BY_ALL - levels.withheld(current_schema())
        has = roles.capabilities_of_role(self.request.user, target)
        return RightsForm(data, shown=shown, has=has)

    def perform(self, target: str, values: dict[str, Any]) -> str:
        actions.set_role(
            role=target,
            capabilities=chosen(values, "may_"),
            acting_user=self.request.user,
            reason=values["reason"],
        )
        return _("The rights of %(role)s are in force.") % {"role": dict(roles.CHOICES)[target]}

    def back(self, target: str) -> str:
        return self.url("rights")

    def crumbs(self, target: str) -> list[tuple[str, str]]:
        return [(_("Staff"), self.url("staff")), (_("Roles and rights"), self.url("rights"))]


def reviews(request: HttpRequest) -> HttpResponse:
    """Reviews of access, the open one on top."""
    listing = Listing(
        columns=[
            Column(gettext_lazy("Review"), lambda r: cells.mono(r.pk), "main"),
            Column(gettext_lazy("Begun (UTC)"), lambda r: cells.when(r.opened_at)),
            Column(gettext_lazy("Begun by"), lambda r: person(r.opened_by)),
            Column(gettext_lazy("People"), lambda r: cells.number(r.people.count()), "number"),
            Column(
                gettext_lazy("Logins closed"),
                lambda r: cells.number(r.people.filter(decision="revoked").count()),
                "number",
            ),
            Column(
                gettext_lazy("State"),
                lambda r: (
                    cells.badge(_("done"), "good")
                    if r.closed_at
                    else cells.badge(pgettext("state of a review", "open"), "warn")
                ),
            ),
        ],
        empty_headline=gettext_lazy("Nobody has reviewed access yet"),
        empty_sentence=gettext_lazy("A review asks for every colleague whether he still needs it."),
        row_link=lambda row: pages.url(request, "review", row.pk),
    )
    rows = AccessReview.objects.select_related("opened_by")
    buttons = []
    if access.may(request.user, "staff.manage") and not rows.filter(closed_at=None).exists():
        buttons.append(
            (_("Begin a review"), pages.url(request, "open_review"), "bo-button-primary")
        )
    return pages.render(
        request,
        "list.html",
        {"table": listing.page(request, rows), "buttons": buttons},
        title=_("Access reviews"),
        crumbs=[(_("Staff"), pages.url(request, "staff"))],
    )


def review(request: HttpRequest, review_id: int) -> HttpResponse:
    """One review: everybody with role, rights, and when he last came and did something."""
    row: AccessReview = names.found(AccessReview.objects.select_related("opened_by"), pk=review_id)
    people = list(row.people.select_related("user", "decided_by"))
    may_decide = access.may(request.user, "staff.manage") and row.closed_at is None
    left = sum(line.decision == ReviewedAccess.Decision.OPEN for line in people)
    return pages.render(
        request,
        "review.html",
        {
            "review": row,
            "by": person(row.opened_by),
            "left": left,
            "people": [
                {
                    "line": line,
                    "who": line.user.name or line.user.email,
                    "role": dict(roles.CHOICES).get(line.role, line.role),
                    "beyond": sorted(
                        right_words.words_of(name)
                        for name in set(line.capabilities)
                        - roles.TENANT_CAPABILITIES.get(line.role, frozenset())
                    ),
                    "count": len(line.capabilities),
                    "by": person(line.decided_by),
                    "is_open": line.decision == ReviewedAccess.Decision.OPEN,
                    "may_decide": may_decide and line.user_id != request.user.pk,
                    "is_self": line.user_id == request.user.pk,
                }
                for line in people
            ],
        },
        title=_("Access review %(id)s") % {"id": row.pk},
        crumbs=[
            (_("Staff"), pages.url(request, "staff")),
            (_("Access reviews"), pages.url(request, "reviews")),
        ],
    )


class OpenReview(ActionPage):
    """Begin a review of who has what."""

    form_class = StaffForm

    def title(self, target: Any) -> str:
        return _("Begin a review of access")

    def confirm_label(self, target: Any) -> str:
        return _("Begin")

    def explanation(self, target: Any) -> list[str]:
        return [
            _("Everybody who can sign in as staff now gets a line: keep, or close the login."),
            _("Nobody decides on himself: of owners there must be two to finish it."),
        ]

    def perform(self, target: Any, values: dict[str, Any]) -> str:
        self.made = actions.open_review(acting_user=self.request.user)
        return _("The review is open.")

    def back(self, target: Any) -> str:
        return self.url("reviews")

    def crumbs(self, target: Any) -> list[tuple[str, str]]:
        return [(_("Access reviews"), self.url("reviews"))]

    def after(self, target: Any) -> str:
        return self.url("review", self.made.pk)


class DecideAccess(ActionPage):
    """Keep somebody's access, or close his login."""

    def target(self, review_id: int, reviewed_id: int) -> ReviewedAccess:  # type: ignore[override]
        row: ReviewedAccess = names.found(
            ReviewedAccess.objects.select_related("user").filter(review_id=review_id),
            pk=reviewed_id,
        )
        return row

    @property
    def keeps(self) -> bool:
        # In the address, since a button that is disabled once it is pressed sends no name.
        return self.request.GET.get("decision") != "revoke"

    @property
    def danger(self) -> bool:  # type: ignore[override]
        return not self.keeps

    def title(self, target: ReviewedAccess) -> str:
        words = _("Keep the access of %(who)s") if self.keeps else _("Close the login of %(who)s")
        return words % {"who": target.user.name or target.user.email}

    def facts(self, target: ReviewedAccess) -> list[tuple[str, Any]]:
        return [
            (_("Who"), target.user.email),
            (_("Role"), dict(roles.CHOICES).get(target.role, target.role)),
            (_("Last here (UTC)"), cells.when(target.last_seen_at)),
            (_("Last did something (UTC)"), cells.when(target.last_acted_at)),
        ]

    def obstacle(self, target: ReviewedAccess) -> str:
        if target.decision != ReviewedAccess.Decision.OPEN:
            return _("This was decided already.")
        if target.user_id == self.request.user.pk:
            return _("Nobody does this to himself: ask another owner.")
        return ""

    def form(self, target: ReviewedAccess, data: Any = None, files: Any = None) -> StaffForm:
        form = ReasonForm(data)
        form.fields["reason"].required = not self.keeps
        return form

    def perform(self, target: ReviewedAccess, values: dict[str, Any]) -> str:
        actions.decide_access(
            line=target,
            keeps=self.keeps,
            acting_user=self.request.user,
            reason=values["reason"],
        )
        return _("Kept.") if self.keeps else _("The login is closed and all its sessions ended.")

    def back(self, target: ReviewedAccess) -> str:
        return self.url("review", target.review_id)

    def crumbs(self, target: ReviewedAccess) -> list[tuple[str, str]]:
        return [
            (_("Access reviews"), self.url("reviews")),
            (str(target.review_id), self.back(target)),
        ]


def _review_tasks(request: HttpRequest) -> list[Task]:
    """An open review with lines for this reader, or that the last one is long ago."""
    now = timezone.now()
    latest = AccessReview.objects.first()
    address = pages.url(request, "reviews")
    if latest is not None and latest.closed_at is None:
        left = latest.people.filter(decision=ReviewedAccess.Decision.OPEN)
        count = left.exclude(user=request.user.pk).count()
        if not count:
            return []
        words = ngettext(
            "Access review: %(count)s person is not looked at yet",
            "Access review: %(count)s people are not looked at yet",
            count,
        )
        sentence = _("It was begun %(age)s.") % {"age": cells.age(latest.opened_at, now)}
        page = pages.url(request, "review", latest.pk)
        return [Task("warn", "badge", words % {"count": count}, sentence, page, latest.opened_at)]
    oldest = User.objects.filter(is_staff=True).order_by("created_at").first()
    since = latest.closed_at if latest and latest.closed_at else oldest and oldest.created_at
    if since is None or now - since < timedelta(days=REVIEW_DAYS):
        return []
    return [
        Task(
            "warn",
            "badge",
            _("Nobody has reviewed access for %(days)s days") % {"days": (now - since).days},
            _("Look at who of your staff still needs what he has."),
            address,
            since,
        )
    ]


attention.watches.register("staff.manage", _review_tasks)

_REVIEW = "staff/reviews/<int:review_id>/"
PAGES = (
    pages.Page("staff/rights/", "rights", rights, "staff.view"),
    pages.Page(
        "staff/rights/<slug:role>/", "change_rights", ChangeRights.as_view(), "staff.manage"
    ),
    pages.Page("staff/reviews/", "reviews", reviews, "staff.view"),
    pages.Page("staff/reviews/new/", "open_review", OpenReview.as_view(), "staff.manage"),
    pages.Page(_REVIEW, "review", review, "staff.view"),
    pages.Page(
        f"{_REVIEW}<int:reviewed_id>/", "decide_access", DecideAccess.as_view(), "staff.manage"
    ),
)
