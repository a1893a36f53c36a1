"""A case on one page: data beside documents, names with why, history; decided by keyboard."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit import actions as audit
from audit import selectors as audit_selectors
from backoffice import access, audit_pages, cells, pages
from backoffice.action import ActionPage
from backoffice.forms import ReasonForm, StaffForm
from backoffice.tables import Column, Listing
from backoffice.tenant import kyc_answers, kyc_checks, kyc_queue
from identity.models import User
from kyc import actions, evidence, findings, sealed, selectors
from kyc.definition import Definition
from kyc.documents import links, store, watermark
from kyc.models import CaseState, KycCase


def case_page(request: HttpRequest, case_id: int) -> HttpResponse:
    """Everything about one case that the viewer's role may see."""
    user: Any = request.user
    case = selectors.access_case(user, case_id)
    context: dict[str, Any] = {"case": case, "facts": _facts(request, case)}
    if access.may(user, "kyc.documents"):
        # The case is noted by the frame of all pages; this, that his data was seen on it.
        audit.note_view(
            viewer_id=user.pk, page="kyc_case", object_type="identity.user", object_id=case.user_id
        )
        context |= _content(request, case)
    if access.may(user, "kyc.decide"):
        context |= _decisions(request, case)
    if access.may(user, "audit.view"):
        records = audit_selectors.records_of(case)
        context["audit"] = audit_pages.timeline(request, records[:40])
    return pages.render(
        request,
        "kyc_case.html",
        context,
        title=_("Case %(id)s") % {"id": case.pk},
        crumbs=[(_("Verification"), pages.url(request, "kyc_queue"))],
    )


def _facts(request: HttpRequest, case: KycCase) -> list[tuple[str, Any]]:
    customer = cells.link(pages.url(request, "customer", case.user_id), case.user.email)
    return [
        (_("Customer"), customer),
        (_("Asks for"), _asked_for(case)),
        (_("State"), kyc_queue.state_badge(case.state)),
        (_("Risk"), kyc_queue.risk_badge(case.risk)),
        (_("Sent (UTC)"), cells.when(case.submitted_at)),
        (_("Due (UTC)"), kyc_queue.due_cell(case)),
        (_("With"), case.assigned_to.email if case.assigned_to else "–"),
        (_("Why opened"), case.get_origin_display()),
    ]


def _asked_for(case: KycCase) -> str:
    return f"{case.tier.number} {kyc_queue.tier_name(case.tier)} · {case.get_kind_display()}"


def _content(request: HttpRequest, case: KycCase) -> dict[str, Any]:
    form = selectors.definition_of(case.form)
    answers = selectors.answers_of(case)
    found = findings.kept(case)
    return {
        "has_content": True,
        "form_text": f"{kyc_answers.text(form.title)} · {case.form}",
        "sections": kyc_answers.sections(form, answers),
        "documents": _documents(request, case, form),
        "hits": [
            kyc_queue.why_of(hit) for hit in selectors.hits_of(case.user).exclude(state="gone")[:30]
        ],
        "checks": kyc_checks.panel(request, case),
        "findings": found["findings"],
        "risk_reasons": found["reasons"],
        "requests": [
            {"row": each, "answer": sealed.unseal(each.answer, "")} for each in case.requests.all()
        ],
        "notes": [
            {"row": note, "text": sealed.unseal(note.text, "")}
            for note in case.notes.select_related("author")
        ],
        "others": _others(request, case),
        "duplicates": [
            (
                pages.url(request, "kyc_standing", other.pk),
                other.email,
                evidence.shared_words(kinds),
            )
            for other, kinds in selectors.duplicates_of(case.user)
        ],
    }


def _documents(request: HttpRequest, case: KycCase, form: Definition) -> list[dict[str, Any]]:
    found = []
    for document in selectors.documents_of(case):
        slot = form.document(document.code)
        found.append(
            {
                "row": document,
                "label": kyc_answers.text(slot.label) if slot else document.code,
                "pages": [
                    pages.url(
                        request,
                        "kyc_document",
                        document.pk,
                        number,
                        links.sign(document.pk, number, request.user),
                    )
                    for number in range(1, document.pages + 1)
                ],
            }
        )
    return found


def _others(request: HttpRequest, case: KycCase) -> Any:
    rows = selectors.cases().filter(user_id=case.user_id).exclude(pk=case.pk)
    return Listing(
        columns=[
            Column(gettext_lazy("Case"), lambda c: cells.mono(c.pk), "main"),
            Column(gettext_lazy("Tier"), lambda c: kyc_queue.tier_name(c.tier)),
            Column(gettext_lazy("State"), lambda c: kyc_queue.state_badge(c.state)),
            Column(gettext_lazy("Decided (UTC)"), lambda c: cells.when(c.decided_at)),
        ],
        row_link=lambda c: pages.url(request, "kyc_case", c.pk),
        empty_headline=gettext_lazy("No other case of this customer"),
    ).show(rows.exclude(state=CaseState.DRAFT).order_by("-pk")[:20])


def _decisions(request: HttpRequest, case: KycCase) -> dict[str, Any]:
    """The forms behind the keys, each sent to the page of its action."""
    user: Any = request.user
    is_mine = case.state == CaseState.IN_REVIEW and case.assigned_to_id == user.pk
    may_second = case.state == CaseState.SECOND and case.proposed_by_id != user.pk
    keys = []
    if case.state == CaseState.SUBMITTED and case.assigned_to_id in (None, user.pk):
        keys.append(_key(request, case, "t", "kyc_take", _("Take"), TakeCase))
    if is_mine or may_second:
        keys.append(_key(request, case, "a", "kyc_approve", _("Approve"), ApproveCase))
        keys.append(_key(request, case, "r", "kyc_refuse", _("Refuse"), RefuseCase))
    if may_second:
        keys.append(_key(request, case, "d", "kyc_disagree", _("Disagree"), Disagree))
    if is_mine:
        keys.append(_key(request, case, "m", "kyc_more", _("Ask for more"), AskForMore))
        keys.append(_key(request, case, "g", "kyc_give_back", _("Give back"), GiveBack))
    if case.state in (CaseState.SUBMITTED, CaseState.IN_REVIEW) and case.escalated_at is None:
        keys.append(_key(request, case, "e", "kyc_escalate", _("Escalate"), Escalate))
    keys.append(_key(request, case, "n", "kyc_note", _("Note"), AddNote))
    following = selectors.next_in_queue(user, case)
    return {
        "keys": keys,
        "next_address": pages.url(request, "kyc_case", following.pk) if following else "",
        "waiting": selectors.queue().count(),
    }


def _key(
    request: HttpRequest, case: KycCase, key: str, name: str, label: str, action: Any
) -> dict[str, Any]:
    form = action.form_class(auto_id=f"{name}-%s")
    if name == "kyc_more":
        form.offer(case)
    return {
        "key": key,
        "name": name,
        "label": label,
        "address": pages.url(request, name, case.pk),
        "form": form,
        "is_plain": not form.visible_fields(),
        "danger": action.danger,
    }


def document_page(
    request: HttpRequest, document_id: int, page_number: int, signature: str
) -> HttpResponse:
    """A page of a document, with the viewer's name across it; a short while, for him alone."""
    user: Any = request.user
    document = selectors.access_document(user, document_id)
    if not links.is_signed(signature, document_id, page_number, user):
        raise Http404
    try:
        page = store.read(document.folder, page_number)
    except FileNotFoundError as error:
        raise Http404 from error
    stamp = timezone.now().strftime("%Y-%m-%d %H:%M")
    marked = watermark.mark(page, f"{user.email} · {stamp} UTC")
    response = HttpResponse(marked, content_type="image/jpeg")
    response["Cache-Control"] = "private, no-store, max-age=0"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Content-Disposition"] = "inline"
    return response


class CaseAction(ActionPage):
    """One step of a case; a decision leads on to the next one that waits."""

    def target(self, case_id: int) -> KycCase:  # type: ignore[override]
        return selectors.access_case(self.request.user, case_id)  # type: ignore[arg-type]

    def facts(self, target: KycCase) -> list[tuple[str, Any]]:
        return _facts(self.request, target)

    def back(self, target: KycCase) -> str:
        return self.url("kyc_case", target.pk)

    def crumbs(self, target: KycCase) -> list[tuple[str, str]]:
        return [
            (_("Verification"), self.url("kyc_queue")),
            (_("Case %(id)s") % {"id": target.pk}, self.back(target)),
        ]

    def to_next(self, target: KycCase) -> str:
        following = selectors.next_in_queue(self.request.user, target)
        return self.url("kyc_case", following.pk) if following else self.url("kyc_queue")


class TakeCase(CaseAction):
    """Begin to look at it."""

    form_class = StaffForm

    def title(self, target: KycCase) -> str:
        return _("Take this case")

    def perform(self, target: KycCase, values: dict[str, Any]) -> str:
        actions.take_case(case=target, acting_user=self.request.user)
        return _("The case is yours.")


class GiveBack(CaseAction):
    """Back to the queue."""

    form_class = StaffForm

    def title(self, target: KycCase) -> str:
        return _("Give this case back to the queue")

    def perform(self, target: KycCase, values: dict[str, Any]) -> str:
        actions.assign_case(case=target, colleague=None, acting_user=self.request.user)
        return _("The case is back in the queue.")

    def after(self, target: KycCase) -> str:
        return self.to_next(target)


class AssignForm(StaffForm):
    colleague = forms.ModelChoiceField(
        label=gettext_lazy("Colleague"), queryset=User.objects.none(), required=False,
        empty_label=gettext_lazy("Nobody: back to the queue"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = self.fields["colleague"]
        roles = ("owner", "compliance")
        choices.queryset = User.objects.filter(is_staff=True, is_active=True, role__in=roles)


class AssignCase(CaseAction):
    """Give it to a colleague."""

    form_class = AssignForm

    def title(self, target: KycCase) -> str:
        return _("Give this case to a colleague")

    def perform(self, target: KycCase, values: dict[str, Any]) -> str:
        actions.assign_case(
            case=target, colleague=values["colleague"], acting_user=self.request.user
        )
        return _("Done.")


class ApproveCase(CaseAction):
    """Approve; of high risk, propose or second."""

    def title(self, target: KycCase) -> str:
        return _("Approve this case")

    def explanation(self, target: KycCase) -> list[str]:
        found = [_("The customer gets the tier at once, and a mail.")]
        if target.risk == "high":
            found.append(_("High risk: two persons approve, and only then it holds."))
        return found

    def perform(self, target: KycCase, values: dict[str, Any]) -> str:
        case = actions.approve_case(
            case=target,
            reason=values["reason"],
            acting_user=self.request.user,
            now=timezone.now(),
        )
        if case.state == CaseState.SECOND:
            return _("Case %(id)s now waits for a second person.") % {"id": case.pk}
        return _("Case %(id)s is approved.") % {"id": case.pk}

    def after(self, target: KycCase) -> str:
        return self.to_next(target)


class RefuseForm(ReasonForm):
    message = forms.CharField(
        label=gettext_lazy("What the customer reads"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Say nothing of lists or suspicion: the law forbids to tell."),
    )
    field_order = ["message", "reason", "token"]


class RefuseCase(CaseAction):
    """Refuse."""

    form_class = RefuseForm
    danger = True

    def title(self, target: KycCase) -> str:
        return _("Refuse this case")

    def perform(self, target: KycCase, values: dict[str, Any]) -> str:
        actions.refuse_case(
            case=target,
            reason=values["reason"],
            message=values["message"],
            acting_user=self.request.user,
            now=timezone.now(),
        )
        return _("Case %(id)s is refused.") % {"id": target.pk}

    def after(self, target: KycCase) -> str:
        return self.to_next(target)


class Disagree(CaseAction):
    """The second person would not."""

    def title(self, target: KycCase) -> str:
        return _("Do not agree")

    def explanation(self, target: KycCase) -> list[str]:
        return [_("The case goes back to review, and is yours.")]

    def perform(self, target: KycCase, values: dict[str, Any]) -> str:
        actions.disagree(case=target, reason=values["reason"], acting_user=self.request.user)
        return _("The case is in review again.")


class MoreForm(StaffForm):
    """Which fields and documents, and what the customer reads."""

    items = forms.MultipleChoiceField(
        label=gettext_lazy("What is needed"),
        choices=[],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    message = forms.CharField(
        label=gettext_lazy("What the customer reads"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Word for word. Without a tick above he answers in words."),
    )

    def offer(self, case: KycCase) -> None:
        form = selectors.definition_of(case.form)
        choices: Any = self.fields["items"]
        choices.choices = [
            *((f"document:{each.code}", kyc_answers.text(each.label)) for each in form.documents),
            *((f"field:{each.name}", kyc_answers.text(each.label)) for each in form.fields()),
        ]


class AskForMore(CaseAction):
    """Ask the customer."""

    form_class = MoreForm

    def title(self, target: KycCase) -> str:
        return _("Ask the customer for more")

    def form(self, target: KycCase, data: Any = None, files: Any = None) -> StaffForm:
        form = MoreForm(data, files)
        form.offer(target)
        return form

    def perform(self, target: KycCase, values: dict[str, Any]) -> str:
        wanted = values["items"] or [""]
        actions.ask_for_more(
            case=target,
            items=[(item, values["message"]) for item in wanted],
            acting_user=self.request.user,
        )
        return _("The customer is asked.")

    def after(self, target: KycCase) -> str:
        return self.to_next(target)


class Escalate(CaseAction):
    """Make it high risk."""

    def title(self, target: KycCase) -> str:
        return _("Escalate this case")

    def explanation(self, target: KycCase) -> list[str]:
        return [_("It becomes high risk: first in the queue, and decided by two.")]

    def perform(self, target: KycCase, values: dict[str, Any]) -> str:
        actions.escalate_case(case=target, reason=values["reason"], acting_user=self.request.user)
        return _("The case is escalated.")


class NoteForm(StaffForm):
    text = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("For colleagues; the customer never sees it."),
    )


class AddNote(CaseAction):
    """A note among staff."""

    form_class = NoteForm

    def title(self, target: KycCase) -> str:
        return _("Write a note")

    def perform(self, target: KycCase, values: dict[str, Any]) -> str:
        actions.add_note(case=target, text=values["text"], acting_user=self.request.user)
        return _("Noted.")


def _page(route: str, name: str, view: Any) -> pages.Page:
    return pages.Page(f"verification/<int:case_id>/{route}/", name, view.as_view(), "kyc.decide")


PAGES = (
    pages.Page("verification/<int:case_id>/", "kyc_case", case_page, "kyc.view"),
    _page("take", "kyc_take", TakeCase),
    _page("give-back", "kyc_give_back", GiveBack),
    _page("assign", "kyc_assign", AssignCase),
    _page("approve", "kyc_approve", ApproveCase),
    _page("refuse", "kyc_refuse", RefuseCase),
    _page("disagree", "kyc_disagree", Disagree),
    _page("more", "kyc_more", AskForMore),
    _page("escalate", "kyc_escalate", Escalate),
    _page("note", "kyc_note", AddNote),
    pages.Page(
        "verification/documents/<int:document_id>/<int:page_number>/<str:signature>/",
        "kyc_document",
        document_page,
        "kyc.documents",
    ),
)
