"""Questions to the firm: a list, a new one, the conversation with what was attached."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages as flash
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from care import selectors
from care.actions import tickets as actions
from care.actions.tickets import Upload
from care.errors import CareError
from care.models import Ticket, TicketState, Topic
from kyc.documents import store
from kyc.documents.checks import MOST_BYTES
from portal.guard import customer_page, limited
from portal.views.gate import status_of

PAGE_ROWS = 20
KINDS = {"waiting": "warn", "answered": "good", "closed": ""}
form_page = require_http_methods(["GET", "HEAD", "POST"])


class WriteForm(forms.Form):
    """What the customer writes; a file may go with it."""

    text = forms.CharField(
        label=gettext_lazy("Your message"),
        max_length=actions.MOST_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    file = forms.FileField(
        label=gettext_lazy("Picture or PDF"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,application/pdf"}),
    )
    request_key = forms.UUIDField(required=False, widget=forms.HiddenInput)


class AskForm(WriteForm):
    topic = forms.ChoiceField(label=gettext_lazy("About"), choices=Topic.choices)
    subject = forms.CharField(label=gettext_lazy("In a few words"), min_length=3, max_length=120)
    field_order = ["topic", "subject", "text", "file", "request_key"]


@form_page
@limited("ask", per_minute=20)
@customer_page
def support(request: HttpRequest) -> HttpResponse:
    """Own questions, and a form for a new one."""
    user: Any = request.user
    form = AskForm(request.POST or None, request.FILES or None, initial={"request_key": _key()})
    if request.method == "POST" and form.is_valid():
        try:
            ticket = actions.open_ticket(
                subject=form.cleaned_data["subject"],
                topic=form.cleaned_data["topic"],
                text=form.cleaned_data["text"],
                upload=_upload(form),
                request_key=str(form.cleaned_data["request_key"] or ""),
                acting_user=user,
            )
        except PermissionDenied:
            return redirect("/backoffice/")
        except CareError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        except IntegrityError:
            return redirect("portal:support")  # the other of two sends made it
        else:
            flash.success(request, _("Your question is with us. We answer here and write to you."))
            return redirect("portal:ticket", ticket.pk)
    rows = Paginator(selectors.tickets_of(user).order_by("-last_at"), PAGE_ROWS)
    shown = rows.get_page(request.GET.get("page"))
    values = {
        "form": form,
        "rows": [_row(ticket) for ticket in shown.object_list],
        "page": {
            "has_previous": shown.has_previous(),
            "first_query": "",
            "next_query": f"page={shown.next_page_number()}" if shown.has_next() else "",
        },
    }
    return render(request, "portal/support.html", values, status=status_of(form))


@form_page
@limited("reply", per_minute=30)
@customer_page
def ticket(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """One conversation; writing into a closed one opens it again."""
    user: Any = request.user
    row = selectors.access_own_ticket(user, ticket_id)
    form = WriteForm(request.POST or None, request.FILES or None, initial={"request_key": _key()})
    if request.method == "POST" and form.is_valid():
        try:
            actions.reply(
                ticket_id=ticket_id,
                text=form.cleaned_data["text"],
                upload=_upload(form),
                request_key=str(form.cleaned_data["request_key"] or ""),
                acting_user=user,
            )
        except CareError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        except IntegrityError:
            return redirect("portal:ticket", ticket_id)
        else:
            return redirect("portal:ticket", ticket_id)
    values = {
        "ticket": row,
        "row": _row(row),
        "is_closed": row.state == TicketState.CLOSED,
        "said": [
            {"row": said, "is_own": not said.is_staff, "pages": range(1, said.pages + 1)}
            for said in selectors.said_to_customer(row)
        ],
        "form": form,
    }
    return render(request, "portal/ticket.html", values, status=status_of(form))


@require_POST
@limited("reply", per_minute=30)
@customer_page
def close_ticket(request: HttpRequest, ticket_id: int) -> HttpResponse:
    actions.close_own(ticket_id=ticket_id, acting_user=request.user)
    flash.success(request, _("Closed. Write again whenever something is left."))
    return redirect("portal:support")


@require_safe
@customer_page
def attachment(request: HttpRequest, attachment_id: int, page_number: int) -> HttpResponse:
    """A page of what the customer attached himself."""
    row = selectors.access_own_attachment(request.user, attachment_id)
    return picture(row.folder, row.pages, page_number)


def picture(folder: str, pages: int, page_number: int) -> HttpResponse:
    """A stored page as a picture that no cache keeps."""
    if not 1 <= page_number <= pages:
        raise Http404
    try:
        content = store.read(folder, page_number)
    except FileNotFoundError as error:
        raise Http404 from error
    response = HttpResponse(content, content_type="image/jpeg")
    response["Cache-Control"] = "no-store"
    return response


def _row(ticket: Ticket) -> dict[str, Any]:
    return {
        "ticket": ticket,
        "word": ticket.get_state_display(),
        "kind": KINDS[ticket.state],
        "topic": ticket.get_topic_display(),
    }


def _upload(form: forms.Form) -> Upload | None:
    file = form.cleaned_data.get("file")
    if file is None:
        return None
    # One byte more than is taken tells that there is more: nothing large is read whole.
    return Upload(file.read(MOST_BYTES + 1), file.name or "", file.content_type or "")


def _key() -> str:
    return str(uuid.uuid4())
