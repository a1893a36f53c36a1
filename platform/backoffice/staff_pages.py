"""Staff of a schema: who is who, invite, change a role, close and open a login, second factor."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit import selectors as audit_selectors
from backoffice import access, audit_pages, cells, pages, right_words
from backoffice.action import ActionPage
from backoffice.editing import EditPage
from backoffice.forms import ReasonForm, StaffForm
from backoffice.tables import Column, Listing
from identity import actions, roles, selectors
from identity.models import TotpDevice, User
from identity.schema import is_public


def role_table(user: Any) -> list[dict[str, Any]]:
    """What each role may do here, for people who give roles."""
    return [
        {"name": label, **_rights(roles.capabilities_of_role(user, role))}
        for role, label in roles.CHOICES
    ]


def _state(user: User) -> str:
    if not user.is_active:
        return "inactive"
    return "active" if user.email_verified_at else "invited"


def _colleague(user_id: int) -> User:
    user = selectors.staff().filter(pk=user_id).first()
    if user is None:
        raise Http404
    return user


def staff(request: HttpRequest) -> HttpResponse:
    """Everyone who works here, with role and state."""
    with_device = set(
        TotpDevice.objects.filter(user__is_staff=True, confirmed=True).values_list(
            "user_id", flat=True
        )
    )
    listing = Listing(
        columns=[
            Column(
                gettext_lazy("Who"),
                lambda u: cells.pair(u.name, u.email) if u.name else u.email,
                "main",
            ),
            Column(gettext_lazy("Role"), access.role_title),
            Column(
                gettext_lazy("State"),
                lambda u: cells.badge(_state(u), "warn" if _state(u) == "invited" else ""),
            ),
            Column(
                gettext_lazy("Second factor"),
                lambda u: _("on") if u.pk in with_device else _("off"),
            ),
            Column(gettext_lazy("Since (UTC)"), lambda u: cells.when(u.created_at)),
        ],
        order=("email",),
        row_link=lambda user: pages.url(request, "colleague", user.pk),
    )
    buttons = []
    if access.may(request.user, "staff.manage"):
        buttons.append((_("Invite someone"), pages.url(request, "invite"), "bo-button-primary"))
    return pages.render(
        request,
        "staff.html",
        {
            "table": listing.page(request, selectors.staff()),
            "buttons": buttons,
            "roles": role_table(request.user),
        },
        title=_people(),
    )


def _people() -> str:
    """Who these pages are about, as the menu says it."""
    return _("Operators") if is_public() else _("Staff")


def _rights(capabilities: Iterable[str]) -> dict[str, Any]:
    """Capabilities in words, by group, and how many they are."""
    names = set(capabilities)
    groups = [
        (title, [right_words.words_of(name) for name in members])
        for title, members in right_words.grouped(names)
    ]
    return {"rights": groups, "rights_count": len(names)}


def colleague(request: HttpRequest, user_id: int) -> HttpResponse:
    """One member of staff."""
    user = _colleague(user_id)
    has_device = TotpDevice.objects.filter(user=user, confirmed=True).exists()
    context: dict[str, Any] = {
        "colleague": user,
        "is_self": user.pk == request.user.pk,
        "is_invited": _state(user) == "invited",
        "has_second_factor": has_device,
        "facts": [
            (_("Role"), access.role_title(user)),
            (_("State"), cells.badge(_state(user), "warn" if _state(user) == "invited" else "")),
            (_("E-mail"), user.email),
            (_("Second factor"), _("on") if has_device else _("off")),
            (_("Since (UTC)"), cells.when(user.created_at)),
        ],
        **_rights(user.capabilities),
    }
    if access.may(request.user, "audit.view"):
        records = audit_selectors.records_of(user).union(audit_selectors.records_by(user))
        context["audit"] = audit_pages.timeline(request, records.order_by("-id")[:20])
    return pages.render(
        request,
        "colleague.html",
        context,
        title=user.name or user.email,
        crumbs=[(_people(), pages.url(request, "staff"))],
    )


class InviteForm(StaffForm):
    """Who to invite, and as what."""

    email = forms.EmailField(label=gettext_lazy("E-mail"), max_length=254)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120, required=False)
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=roles.CHOICES)
    field_order = ["email", "name", "role", "token"]


class Invite(ActionPage):
    """Mail an invitation."""

    form_class = InviteForm

    def title(self, target: Any) -> str:
        return _("Invite someone")

    def confirm_label(self, target: Any) -> str:
        return _("Mail the invitation")

    def explanation(self, target: Any) -> list[str]:
        return [
            _("A link goes to the address: a password first, then an authenticator app."),
            _("Give the smallest role that does the work; it can be changed later."),
        ]

    def initial(self, target: Any) -> dict[str, Any]:
        return {"role": roles.SUPPORT, "email": self.request.GET.get("email", "")}

    def perform(self, target: Any, values: dict[str, Any]) -> str:
        user = actions.invite_staff(
            email=values["email"],
            name=values["name"],
            role=values["role"],
            acting_user=self.request.user,  # type: ignore[arg-type]
        )
        return _("The invitation is on its way to %(email)s.") % {"email": user.email}

    def back(self, target: Any) -> str:
        return self.url("staff")

    def crumbs(self, target: Any) -> list[tuple[str, str]]:
        return [(_people(), self.url("staff"))]


class ColleagueAction(ActionPage):
    """An action on one member of staff."""

    def target(self, user_id: int) -> User:  # type: ignore[override]
        return _colleague(user_id)

    def facts(self, target: User) -> list[tuple[str, Any]]:
        return [(_("Who"), target.email), (_("Role"), access.role_title(target))]

    def obstacle(self, target: User) -> str:
        if target.pk == self.request.user.pk:
            return _("Nobody does this to himself: ask another owner.")
        return ""

    def back(self, target: User) -> str:
        return self.url("colleague", target.pk)

    def crumbs(self, target: User) -> list[tuple[str, str]]:
        return [(_people(), self.url("staff")), (target.name or target.email, self.back(target))]


class RoleForm(ReasonForm):
    """Another role, and why."""

    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=roles.CHOICES)
    field_order = ["role", "reason", "token"]


class ChangeRole(EditPage, ColleagueAction):
    """Give another role."""

    form_class = RoleForm

    def title(self, target: User) -> str:
        return _("Change the role")

    def explanation(self, target: User) -> list[str]:
        return [_("All sessions of this person end, so that the new role holds at once.")]

    def initial(self, target: User) -> dict[str, Any]:
        return {"role": target.role}

    def perform(self, target: User, values: dict[str, Any]) -> str:
        actions.change_role(
            user=target,
            role=values["role"],
            acting_user=self.request.user,  # type: ignore[arg-type]
            reason=values["reason"],
        )
        target.refresh_from_db()
        return _("%(email)s is now %(role)s.") % {
            "email": target.email,
            "role": access.role_title(target),
        }


class Deactivate(ColleagueAction):
    """Close a colleague's login."""

    danger = True

    def title(self, target: User) -> str:
        return _("Deactivate")

    def explanation(self, target: User) -> list[str]:
        return [_("This person cannot sign in any more; all sessions end at once.")]

    def obstacle(self, target: User) -> str:
        if not target.is_active:
            return _("This login is closed already.")
        return super().obstacle(target)

    def perform(self, target: User, values: dict[str, Any]) -> str:
        actions.set_user_active(
            user=target,
            is_active=False,
            acting_user=self.request.user,  # type: ignore[arg-type]
            reason=values["reason"],
        )
        return _("%(email)s can no longer sign in.") % {"email": target.email}


class Reactivate(ColleagueAction):
    """Open a colleague's login again."""

    def title(self, target: User) -> str:
        return _("Reactivate")

    def obstacle(self, target: User) -> str:
        if target.is_active:
            return _("This login is open already.")
        return super().obstacle(target)

    def perform(self, target: User, values: dict[str, Any]) -> str:
        actions.set_user_active(
            user=target,
            is_active=True,
            acting_user=self.request.user,  # type: ignore[arg-type]
            reason=values["reason"],
        )
        return _("%(email)s can sign in again.") % {"email": target.email}


class ResetColleagueSecondFactor(ColleagueAction):
    """Take a colleague's lost authenticator away."""

    danger = True

    def title(self, target: User) -> str:
        return _("Reset the second factor")

    def explanation(self, target: User) -> list[str]:
        return [
            _("Be sure who asks for this. All sessions end; at the next sign-in a new "
              "authenticator is set up."),
        ]  # fmt: skip

    def perform(self, target: User, values: dict[str, Any]) -> str:
        actions.reset_second_factor(
            user=target,
            acting_user=self.request.user,  # type: ignore[arg-type]
            reason=values["reason"],
        )
        return _("The second factor of %(email)s is reset.") % {"email": target.email}


PAGES = (
    pages.Page("staff/", "staff", staff, "staff.view"),
    pages.Page("staff/invite/", "invite", Invite.as_view(), "staff.manage"),
    pages.Page("staff/<int:user_id>/", "colleague", colleague, "staff.view"),
    pages.Page("staff/<int:user_id>/role/", "change_role", ChangeRole.as_view(), "staff.manage"),
    pages.Page(
        "staff/<int:user_id>/deactivate/", "deactivate", Deactivate.as_view(), "staff.manage"
    ),
    pages.Page(
        "staff/<int:user_id>/reactivate/", "reactivate", Reactivate.as_view(), "staff.manage"
    ),
    pages.Page(
        "staff/<int:user_id>/reset-second-factor/",
        "reset_colleague_second_factor",
        ResetColleagueSecondFactor.as_view(),
        "staff.manage",
    ),
)
