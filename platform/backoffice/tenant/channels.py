"""How the firm sends: its mail server, its SMS service, its webhooks; each with a test."""

from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from backoffice import access, cells, pages
from backoffice.action import ActionPage
from backoffice.forms import StaffForm
from backoffice.tables import Column, Listing
from backoffice.tenant import names
from messaging import actions, provider_rows, selectors, webhooks
from messaging.kinds import KINDS
from messaging.models import Channel, Provider, WebhookEndpoint

PASSWORD = forms.PasswordInput(render_value=False, attrs={"autocomplete": "new-password"})
KIND_CHOICES = [(kind.name, kind.title) for kind in KINDS.values()]


def channels(request: HttpRequest) -> HttpResponse:
    """The ways out, what each is set up with, and how its messages fare."""
    rows, counts = selectors.providers(), selectors.counts_by_channel()
    may = access.may(request.user, "messages.manage")
    places = {
        Channel.MAIL: (_("the platform's mail server"), "set_mail"),
        Channel.SMS: (_("not set up: no SMS is sent"), "set_sms"),
        Channel.PUSH: (_("keys are made by themselves"), ""),
        Channel.WEBHOOK: (_("see endpoints"), ""),
    }

    def through(channel: Channel) -> Any:
        row = rows.get(channel)
        if row is None:
            return cells.muted(places[channel][0])
        place = row.options.get("host") or row.options.get("address") or "Twilio"
        return cells.pair(place, _("on") if row.is_on else _("turned off"))

    table = Listing(
        columns=[
            Column(gettext_lazy("Channel"), lambda c: c.label, "main"),
            Column(gettext_lazy("Through"), through),
            Column(gettext_lazy("Queued"), lambda c: counts[c].get("queued", 0), "number"),
            Column(gettext_lazy("Sent"), lambda c: counts[c].get("sent", 0), "number"),
            Column(
                gettext_lazy("Dead letters"),
                lambda c: cells.link(
                    pages.url(request, "messages", channel=c.value, state="failed"),
                    counts[c].get("failed", 0),
                ),
                "number",
            ),
        ],
        row_link=lambda c: pages.url(request, places[c][1]) if may and places[c][1] else "",
    ).show(list(Channel))
    endpoints = Listing(
        columns=[
            Column(gettext_lazy("Endpoint"), lambda w: cells.mono(w.url), "main"),
            Column(gettext_lazy("Told of"), lambda w: ", ".join(w.kinds)),
            Column(
                gettext_lazy("State"),
                lambda w: cells.badge(_("on") if w.is_on else _("off"), "good" if w.is_on else ""),
            ),
        ],
        empty_headline=gettext_lazy("No webhooks"),
        empty_sentence=gettext_lazy("Systems of the firm can be told of messages as they happen."),
        row_link=lambda w: pages.url(request, "webhook", w.pk) if may else "",
    ).show(selectors.webhook_endpoints())
    buttons = []
    if may:
        buttons = [
            (_("Send a test mail"), pages.url(request, "test_mail"), ""),
            (_("Add a webhook"), pages.url(request, "add_webhook"), "bo-button-primary"),
        ]
    return pages.render(
        request,
        "tables.html",
        {"tables": [(_("Channels"), table), (_("Webhooks"), endpoints)], "buttons": buttons},
        title=_("Channels"),
    )


class ChannelPage(ActionPage):
    def back(self, target: Any) -> str:
        return self.url("channels")

    def crumbs(self, target: Any) -> list[tuple[str, str]]:
        return [(_("Channels"), self.url("channels"))]


class MailForm(StaffForm):
    host = forms.CharField(label=gettext_lazy("Server"), max_length=200)
    port = forms.IntegerField(label=gettext_lazy("Port"), min_value=1, max_value=65535)
    security = forms.ChoiceField(
        label=gettext_lazy("Encryption"),
        choices=[("starttls", "STARTTLS"), ("tls", "TLS")],
    )
    user = forms.CharField(label=gettext_lazy("User"), max_length=200, required=False)
    secret = forms.CharField(
        label=gettext_lazy("Password"),
        max_length=500,
        required=False,
        strip=False,
        widget=PASSWORD,
        help_text=gettext_lazy("Stored encrypted. Empty: the one of before stays."),
    )
    is_on = forms.BooleanField(label=gettext_lazy("Send through it"), required=False)
    field_order = ["host", "port", "security", "user", "secret", "is_on", "token"]


class SmsForm(StaffForm):
    account = forms.CharField(label=gettext_lazy("Account SID"), max_length=100)
    sender = forms.CharField(
        label=gettext_lazy("Sender"),
        max_length=16,
        help_text=gettext_lazy("The number or name that SMS come from."),
    )
    address = forms.CharField(
        label=gettext_lazy("Address of the service"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Empty: Twilio. Other services that speak its API are named here."),
    )
    secret = forms.CharField(
        label=gettext_lazy("Auth token"),
        max_length=500,
        required=False,
        strip=False,
        widget=PASSWORD,
        help_text=gettext_lazy("Stored encrypted. Empty: the one of before stays."),
    )
    is_on = forms.BooleanField(label=gettext_lazy("Send through it"), required=False)
    field_order = ["account", "sender", "address", "secret", "is_on", "token"]


class SetProvider(ChannelPage):
    """The service that a channel is sent through."""

    channel: ClassVar[Channel]

    def target(self) -> Provider | None:  # type: ignore[override]
        return Provider.objects.filter(channel=self.channel).first()

    def initial(self, target: Provider | None) -> dict[str, Any]:
        if target is None:
            return {"is_on": True, "port": 587}
        return {**target.options, "is_on": target.is_on}

    def title(self, target: Provider | None) -> str:
        return _("Set up %(channel)s") % {"channel": self.channel.label}

    def confirm_label(self, target: Provider | None) -> str:
        return pgettext("save", "Keep it")

    def perform(self, target: Provider | None, values: dict[str, Any]) -> str:
        provider_rows.set_provider(
            channel=self.channel,
            options=values,
            secret=values["secret"],
            is_on=values["is_on"],
            acting_user=self.request.user,
        )
        return _("Kept. The next message goes that way.")


class SetMail(SetProvider):
    channel = Channel.MAIL
    form_class = MailForm


class SetSms(SetProvider):
    channel = Channel.SMS
    form_class = SmsForm


class TestMail(ChannelPage):
    """A mail to the one who asks, through what is set up now."""

    form_class = StaffForm

    def title(self, target: Any) -> str:
        return _("Send a test mail")

    def explanation(self, target: Any) -> list[str]:
        email = self.request.user.email  # type: ignore[union-attr]
        return [_("It goes to %(email)s, through the mail server set up now.") % {"email": email}]

    def perform(self, target: Any, values: dict[str, Any]) -> str:
        user: Any = self.request.user
        mail = actions.send_mail("test_message", user.email, language=user.language)
        self.mail_id = mail.pk
        return _("It is on its way; here is how far.")

    def after(self, target: Any) -> str:
        return self.url("message", self.mail_id)


class WebhookForm(StaffForm):
    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=500,
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
        help_text=gettext_lazy("It must answer with 2xx within ten seconds."),
    )
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Told of"),
        choices=KIND_CHOICES,
        widget=forms.CheckboxSelectMultiple,
    )
    field_order = ["url", "kinds", "is_on", "renew", "token"]


class WebhookEditForm(WebhookForm):
    is_on = forms.BooleanField(label=gettext_lazy("Send to it"), required=False)
    renew = forms.BooleanField(
        label=gettext_lazy("Make a new secret; the old one ends at once"), required=False
    )


class AddWebhook(ChannelPage):
    """An endpoint of the firm's own systems."""

    form_class = WebhookForm

    def title(self, target: Any) -> str:
        return _("Add a webhook")

    def explanation(self, target: Any) -> list[str]:
        return [
            _("It gets the kind, the moment and the customer's id, and no words of a message."),
            _(
                "Each event is signed (headers webhook-id, webhook-timestamp, webhook-signature: "
                "HMAC-SHA256 as standardwebhooks.com has it) and may come twice with one id."
            ),
        ]

    def perform(self, target: Any, values: dict[str, Any]) -> str:
        _row, secret = webhooks.add(
            url=values["url"], kinds=values["kinds"], acting_user=self.request.user
        )
        return _told_once(secret)


class EditWebhook(ChannelPage):
    """Change an endpoint or give it another secret."""

    form_class = WebhookEditForm

    def target(self, endpoint_id: int) -> WebhookEndpoint:  # type: ignore[override]
        row: WebhookEndpoint = names.found(selectors.webhook_endpoints(), pk=endpoint_id)
        return row

    def title(self, target: WebhookEndpoint) -> str:
        return _("Webhook %(id)s") % {"id": target.pk}

    def confirm_label(self, target: WebhookEndpoint) -> str:
        return pgettext("save", "Keep it")

    def initial(self, target: WebhookEndpoint) -> dict[str, Any]:
        return {"url": target.url, "kinds": target.kinds, "is_on": target.is_on}

    def perform(self, target: WebhookEndpoint, values: dict[str, Any]) -> str:
        secret = webhooks.change(
            endpoint_id=target.pk,
            url=values["url"],
            kinds=values["kinds"],
            is_on=values["is_on"],
            renew=values["renew"],
            acting_user=self.request.user,
        )
        return _told_once(secret) if secret else _("Kept.")


def _told_once(secret: str) -> str:
    return _("Kept. Its secret is shown this once: %(secret)s") % {"secret": secret}


PAGES = (
    pages.Page("channels/", "channels", channels, "messages.view"),
    pages.Page("channels/mail/", "set_mail", SetMail.as_view(), "messages.manage"),
    pages.Page("channels/sms/", "set_sms", SetSms.as_view(), "messages.manage"),
    pages.Page("channels/test/", "test_mail", TestMail.as_view(), "messages.manage"),
    pages.Page("webhooks/add/", "add_webhook", AddWebhook.as_view(), "messages.manage"),
    pages.Page("webhooks/<int:endpoint_id>/", "webhook", EditWebhook.as_view(), "messages.manage"),
)
