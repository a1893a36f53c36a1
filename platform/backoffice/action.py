"""Pages that change something: what will happen, a form, one call into a room, a clear result.

Who confirms, decides by what the page told him. Where a page names that (`basis`), its form carries
a digest of it, and what has become something else meanwhile is shown anew instead of done.
"""

import hashlib
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views import View

from backoffice import access, once, pages
from backoffice.forms import ReasonForm, StaffForm
from backoffice.refusals import refusal_of


class Outdated(Exception):
    """What the reader decided by is another by now; nothing was done."""


class ActionPage(View):
    """One change. Subclasses name the words and make one call in `perform`."""

    http_method_names = ["get", "post"]
    sent: StaffForm
    form_class: ClassVar[type[StaffForm]] = ReasonForm
    template = "action.html"
    danger = False
    icon = "edit"

    def target(self, **kwargs: Any) -> Any:
        """The object of the change; raises Http404 when this tenant has none such."""
        return None

    def title(self, target: Any) -> str:
        raise NotImplementedError

    def confirm_label(self, target: Any) -> str:
        return self.title(target)

    def explanation(self, target: Any) -> list[str]:
        """What will happen, in short sentences."""
        return []

    def facts(self, target: Any) -> list[tuple[str, Any]]:
        """What the reader should compare before confirming."""
        return []

    def obstacle(self, target: Any) -> str:
        """Why this cannot be done now, or "" when it can."""
        return ""

    def form(self, target: Any, data: Any = None, files: Any = None) -> StaffForm:
        return self.form_class(data, files, initial=self.initial(target))

    def initial(self, target: Any) -> dict[str, Any]:
        return {}

    def extra(self, target: Any, form: StaffForm) -> dict[str, Any]:
        """More for a template of its own."""
        return {}

    def basis(self, target: Any) -> Any:
        """What the reader decides by, of a stable `repr`; None where nothing is compared."""
        return None

    def perform(self, target: Any, values: dict[str, Any]) -> str:
        """Make the one call in; the sentence it returns is shown to the sender."""
        raise NotImplementedError

    def back(self, target: Any) -> str:
        """Where cancelling leads."""
        raise NotImplementedError

    def after(self, target: Any) -> str:
        """Where success leads."""
        return self.back(target)

    def crumbs(self, target: Any) -> list[tuple[str, str]]:
        return []

    def url(self, name: str, *args: Any, **query: Any) -> str:
        return pages.url(self.request, name, *args, **query)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        target = self.target(**kwargs)
        return self._show(target, self._opened(target), status=200)

    def _opened(self, target: Any, data: Any = None, files: Any = None) -> StaffForm:
        form = self.form(target, data, files)
        basis = self.basis(target)
        if basis is not None:
            form.fields["basis"] = forms.CharField(
                widget=forms.HiddenInput, required=False, max_length=64, initial=_digest(basis)
            )
        return form

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        target = self.target(**kwargs)
        self.sent = form = self._opened(target, request.POST, request.FILES)
        if not form.is_valid():
            return self._show(target, form, status=422)
        try:
            address = once.do_once(
                form.cleaned_data["token"], request.user.pk, lambda: self._act(target, form)
            )
        except once.StillWorking:
            messages.info(request, _("This was sent already and is still being worked on."))
            return HttpResponseRedirect(self.back(target))
        except Outdated:
            return self._show(target, self._renewed(target), status=409)
        except Exception as error:
            refusal = refusal_of(error)
            if refusal is None:
                raise
            _add_refusal(form, error, refusal.sentence)
            return self._show(target, form, status=refusal.status)
        return HttpResponseRedirect(address)

    def _renewed(self, target: Any) -> StaffForm:
        """What was typed, to be sent again by who has seen what it is now."""
        data = self.request.POST.copy()
        data["basis"] = _digest(self.basis(target))
        form = self._opened(target, data, self.request.FILES)
        form.is_valid()
        form.add_error(
            None,
            _("This was changed while you had it open, so nothing was done. Look at it again."),
        )
        return form

    def _act(self, target: Any, form: forms.Form) -> str:
        seen = form.cleaned_data.pop("basis", "")
        if seen and seen != _digest(self.basis(target)):
            raise Outdated
        obstacle = self.obstacle(target)
        if obstacle:
            raise ValidationError(obstacle)
        sentence = self.perform(target, form.cleaned_data)
        messages.success(self.request, sentence)
        return self.after(target)

    def _show(self, target: Any, form: StaffForm, *, status: int) -> HttpResponse:
        return pages.render(
            self.request,
            self.template,
            {
                "form": form,
                "target": target,
                "explanation": self.explanation(target),
                "facts": self.facts(target),
                "obstacle": self.obstacle(target),
                "confirm_label": self.confirm_label(target),
                "danger": self.danger,
                "icon": self.icon,
                "back": self.back(target),
                "role_title": access.role_title(self.request.user),
                **self.extra(target, form),
            },
            title=self.title(target),
            crumbs=self.crumbs(target),
            status=status,
        )


def _digest(basis: Any) -> str:
    return hashlib.sha256(repr(basis).encode()).hexdigest()


def _add_refusal(form: forms.Form, error: Exception, sentence: str) -> None:
    """Put a refusal beside the fields it names, else on top of the form."""
    if isinstance(error, ValidationError) and hasattr(error, "error_dict"):
        for name, errors in error.error_dict.items():
            form.add_error(name if name in form.fields else None, errors)
        return
    field = getattr(error, "field", "")
    form.add_error(field if field in form.fields else None, sentence)
