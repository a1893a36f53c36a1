"""The firm's own words for messages: by language, with a preview, versions and a test."""

from functools import partial
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language_info, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from backoffice import access, cells, pages
from backoffice.action import ActionPage
from backoffice.forms import StaffForm
from backoffice.tables import Column, Listing
from messaging import actions, templates, wording
from messaging.brand_source import current
from messaging.wording import WORDINGS, Wording


def _language(code: str) -> str:
    return str(get_language_info(code)["name_local"]).capitalize()


def message_templates(request: HttpRequest) -> HttpResponse:
    """Every template, and by language whose words are sent."""

    def words(row: Wording, code: str) -> Any:
        version = templates.in_force(row.name, code)
        text = (
            cells.badge(_("own words, version %(number)s") % {"number": version.version}, "good")
            if version
            else cells.badge(_("shipped"), "plain")
        )
        return cells.link(pages.url(request, "message_template", row.name, code), text)

    columns = [Column(gettext_lazy("Message"), lambda w: cells.pair(w.title, w.name), "main")]
    for code in current().languages:
        columns.append(Column(_language(code), partial(words, code=code)))
    table = Listing(columns=columns).show(WORDINGS.values())
    return pages.render(
        request,
        "list.html",
        {
            "table": table,
            "intro": _("Where the firm has no words of its own, the shipped ones are sent."),
        },
        title=_("Templates"),
    )


class WordsForm(StaffForm):
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=200)
    text = forms.CharField(
        label=gettext_lazy("Text"),
        max_length=wording.MOST_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=gettext_lazy("A blank line begins a new paragraph. Nothing in it is code."),
    )
    field_order = ["subject", "text", "token"]


class TemplatePage(ActionPage):
    """One template in one language."""

    def target(self, template: str, language: str) -> Wording:  # type: ignore[override]
        self.language = language
        told = WORDINGS.get(template)
        if told is None or language not in current().languages:
            raise Http404
        return told

    def back(self, target: Wording) -> str:
        return self.url("message_templates")

    def after(self, target: Wording) -> str:
        return self.url("message_template", target.name, self.language)

    def crumbs(self, target: Wording) -> list[tuple[str, str]]:
        return [(_("Templates"), self.url("message_templates"))]


class EditTemplate(TemplatePage):
    """Words with their places; a preview before they are in force."""

    form_class = WordsForm
    template = "message_template.html"

    def title(self, target: Wording) -> str:
        return f"{target.title} · {_language(self.language)}"

    def confirm_label(self, target: Wording) -> str:
        return _("Put in force")

    def obstacle(self, target: Wording) -> str:
        may = access.may(self.request.user, "messages.manage")
        return "" if may else _("Your role reads templates and does not change them.")

    def initial(self, target: Wording) -> dict[str, Any]:
        rows = templates.versions(target.name, self.language)
        asked = self.request.GET.get("version", "")
        row = next((row for row in rows if str(row.version) == asked), None)
        row = row or templates.in_force(target.name, self.language)
        if row is not None:
            return {"subject": row.subject, "text": row.text}
        subject, text, _html = templates.example_shipped(target.name, self.language)
        return {"subject": subject, "text": _with_places(target, text)}

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if "preview" not in request.POST:
            return super().post(request, **kwargs)
        target = self.target(**kwargs)
        form = self.form(target, request.POST)
        return self._show(target, form, status=200 if form.is_valid() else 422)

    def extra(self, target: Wording, form: StaffForm) -> dict[str, Any]:
        in_force = templates.in_force(target.name, self.language)
        rows = templates.versions(target.name, self.language)
        return {
            "places": wording.places_of(target).items(),
            "must": target.must,
            "preview": self._preview(target, form),
            "in_force": in_force,
            "language": self.language,
            "versions": Listing(
                columns=[
                    Column(gettext_lazy("Version"), lambda r: r.version, "main"),
                    Column(gettext_lazy("Subject"), lambda r: r.subject),
                    Column(pgettext_lazy("who", "By"), lambda r: r.changed_by),
                    Column(gettext_lazy("Written (UTC)"), lambda r: cells.when(r.changed_at)),
                    Column(
                        "",
                        lambda r: cells.badge(_("in force"), "good") if r.is_in_force else "",
                    ),
                ],
                row_link=lambda r: self.url(
                    "message_template", target.name, self.language, version=r.version
                ),
                empty_headline=gettext_lazy("No words of your own yet"),
            ).show(rows),
        }

    def _preview(self, target: Wording, form: StaffForm) -> dict[str, str]:
        """What would be sent, with example data: of what is typed, else of what is in force."""
        if form.is_bound:
            subject = str(form.data.get("subject", ""))
            text = str(form.data.get("text", ""))
            try:
                told = templates.example(target.name, self.language, subject, text)
            except wording.BadWording as error:
                if not form.errors:
                    form.add_error("text", str(error))
                return {}
        else:
            row = templates.in_force(target.name, self.language)
            told = (
                templates.example(target.name, self.language, row.subject, row.text)
                if row
                else templates.example_shipped(target.name, self.language)
            )
        return {"subject": told[0], "text": told[1], "html": told[2]}

    def perform(self, target: Wording, values: dict[str, Any]) -> str:
        row = templates.keep(
            template=target.name,
            language=self.language,
            subject=values["subject"],
            text=values["text"],
            acting_user=self.request.user,
        )
        return _("In force as version %(number)s.") % {"number": row.version}


def _with_places(target: Wording, text: str) -> str:
    """Shipped words as a beginning: example data becomes places again."""
    for name, example in wording.places_of(target).items():
        if name in target.places and example:
            text = text.replace(example, "{{ %s }}" % name)  # noqa: UP031
    return text.strip()


class UseShipped(TemplatePage):
    """Back to the words that come with the product."""

    form_class = StaffForm

    def title(self, target: Wording) -> str:
        return _("Use the shipped words")

    def explanation(self, target: Wording) -> list[str]:
        return [_("Your own versions stay and can be put in force again.")]

    def obstacle(self, target: Wording) -> str:
        own = templates.in_force(target.name, self.language)
        return "" if own else _("The shipped words are in force already.")

    def perform(self, target: Wording, values: dict[str, Any]) -> str:
        templates.use_shipped(
            template=target.name, language=self.language, acting_user=self.request.user
        )
        return _("The shipped words are sent from now on.")


class TestTemplate(TemplatePage):
    """The template as a mail to the one who asks, with example data."""

    form_class = StaffForm

    def title(self, target: Wording) -> str:
        return _("Send it to yourself")

    def explanation(self, target: Wording) -> list[str]:
        email = self.request.user.email  # type: ignore[union-attr]
        return [_("What is in force goes to %(email)s, with example data.") % {"email": email}]

    def perform(self, target: Wording, values: dict[str, Any]) -> str:
        actions.send_mail(
            target.name,
            self.request.user.email,  # type: ignore[union-attr]
            {**target.places, "path": "/"},
            language=self.language,
        )
        return _("It is on its way.")


_ROUTE = "templates/<slug:template>/<slug:language>/"
PAGES = (
    pages.Page("templates/", "message_templates", message_templates, "messages.view"),
    pages.Page(_ROUTE, "message_template", EditTemplate.as_view(), "messages.view"),
    pages.Page(f"{_ROUTE}shipped/", "use_shipped", UseShipped.as_view(), "messages.manage"),
    pages.Page(f"{_ROUTE}test/", "test_template", TestTemplate.as_view(), "messages.manage"),
)
