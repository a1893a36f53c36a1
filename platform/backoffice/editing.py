"""Pages that edit a row which others may edit at the same time: a difference, no lost update.

The form carries what its fields held when it was opened (`seen`). When it is sent, the row is
locked and compared with that. Where somebody has changed it meanwhile nothing is saved: the page
comes again with what he changed beside what was typed. Fields that only he touched take his value,
so sending it once more keeps both persons' work.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from audit import selectors as audit
from backoffice.action import ActionPage
from backoffice.forms import StaffForm

LONGEST_KEPT = 300  # characters of a value that travel with the form; longer ones as a digest
_DIGEST = "sha256:"
NOT_COMPARED = {"token", "seen", "reason"}


@dataclass(frozen=True)
class Difference:
    """One field that somebody changed while the form was open."""

    label: str
    seen: str
    now: str
    typed: str
    is_taken_over: bool


class Overtaken(Exception):
    """The row is not what it was when the form was opened; nothing was saved."""


class EditPage(ActionPage):
    """One change of a row that exists; see the module. A new row (target None) is not compared."""

    def snapshot(self, target: Any) -> dict[str, str]:
        """What an untouched form of ``target`` holds, as text."""
        pristine = self.open_form(target)
        return {
            name: _text(pristine[name].value())
            for name, field in pristine.fields.items()
            if name not in NOT_COMPARED and not isinstance(field, forms.FileField)
        }

    def open_form(self, target: Any, data: Any = None, files: Any = None) -> StaffForm:
        """The form of the page, without `seen`."""
        return super().form(target, data, files)

    def form(self, target: Any, data: Any = None, files: Any = None) -> StaffForm:
        form = self.open_form(target, data, files)
        form.fields["seen"] = forms.CharField(
            widget=forms.HiddenInput, required=False, max_length=200_000
        )
        if data is None and target is not None:
            form.initial["seen"] = _packed(self.snapshot(target))
        return form

    def _act(self, target: Any, form: forms.Form) -> str:
        seen = _unpacked(form.cleaned_data.pop("seen", ""))
        if target is None or not seen:
            return super()._act(target, form)
        with transaction.atomic():
            if isinstance(target, models.Model):
                # Others wait here until this one is saved, and are then compared with it.
                type(target)._base_manager.select_for_update().get(pk=target.pk)
            fresh = self.target(**self.kwargs)
            if self._overtaken(seen, fresh):
                raise Overtaken
            return super()._act(fresh, form)

    def _overtaken(self, seen: dict[str, str], target: Any) -> bool:
        now = self.snapshot(target)
        return any(_short(now[name]) != value for name, value in seen.items() if name in now)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            return super().post(request, **kwargs)
        except Overtaken:
            target = self.target(**kwargs)
            return self._show(target, self._merged(target), status=409)

    def _merged(self, target: Any) -> StaffForm:
        """What was typed over what the row is now; `difference` tells where they part."""
        request = self.request
        seen, now = _unpacked(request.POST.get("seen", "")), self.snapshot(target)
        data = request.POST.copy()
        pristine = self.open_form(target)
        found = []
        for name, value in seen.items():
            if name not in now or _short(now[name]) == value:
                continue
            field = pristine.fields[name]
            typed = data.get(name, "")
            is_single = not isinstance(pristine[name].value(), list | bool)
            is_untouched = is_single and _short(_text(typed)) == value
            if field.widget.is_hidden or is_untouched:
                data[name] = now[name]
            if field.widget.is_hidden:
                continue
            found.append(
                Difference(
                    label=str(field.label or name),
                    seen=_shown(field, value),
                    now=_shown(field, now[name]),
                    typed=_shown(field, typed if is_single else ", ".join(data.getlist(name))),
                    is_taken_over=is_untouched,
                )
            )
        data["seen"] = _packed(now)
        form = self.form(target, data, request.FILES)
        form.is_valid()
        form.difference = found  # type: ignore[attr-defined]
        form.changed_by = _last_change(target)  # type: ignore[attr-defined]
        form.add_error(None, ValidationError(_("Nothing was saved: look at the difference above.")))
        return form


def _last_change(target: Any) -> Any:
    return audit.records_of(target).first() if isinstance(target, models.Model) else None


def _text(value: Any) -> str:
    """A field's value as one text, the same for what is shown and what comes back."""
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return json.dumps(sorted(str(each) for each in value))
    if isinstance(value, bool):
        return "on" if value else ""
    return str(value).replace("\r\n", "\n").strip()


def _short(text: str) -> str:
    if len(text) <= LONGEST_KEPT:
        return text
    return _DIGEST + hashlib.sha256(text.encode()).hexdigest()


def _packed(values: dict[str, str]) -> str:
    return json.dumps({name: _short(text) for name, text in values.items()})


def _unpacked(text: str) -> dict[str, str]:
    """What `_packed` made; {} for anything else."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {name: value for name, value in found.items() if isinstance(value, str)}


def _shown(field: forms.Field, text: str) -> str:
    if text.startswith(_DIGEST):
        return str(_("(a long text)"))
    if text.startswith("["):
        text = ", ".join(_unlisted(text))
    for key, label in getattr(field, "choices", ()):
        if str(key) == text:
            return str(label)
    return text[:LONGEST_KEPT] or str(_("empty"))


def _unlisted(text: str) -> list[str]:
    try:
        return [str(each) for each in json.loads(text)]
    except ValueError:
        return [text]
