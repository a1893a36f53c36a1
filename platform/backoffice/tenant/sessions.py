"""Trading hours: calendars, which instrument trades by which, and circuit breakers."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice import access, cells, pages
from backoffice.action import ActionPage
from backoffice.editing import EditPage
from backoffice.forms import ReasonForm, StaffForm
from backoffice.tables import Column, Listing
from backoffice.tenant import hours, instrument_forms, names
from backoffice.tenant.instrument_rules import RulesPage
from trading.calendars import actions, selectors
from trading.calendars import hours as rules
from trading.calendars.errors import CalendarError
from trading.calendars.models import Calendar
from trading.instruments import actions as instrument_actions
from trading.instruments.errors import InstrumentError
from trading.instruments.models import Instrument

WEEKDAYS = (
    ("monday", gettext_lazy("Monday")),
    ("tuesday", gettext_lazy("Tuesday")),
    ("wednesday", gettext_lazy("Wednesday")),
    ("thursday", gettext_lazy("Thursday")),
    ("friday", gettext_lazy("Friday")),
    ("saturday", gettext_lazy("Saturday")),
    ("sunday", gettext_lazy("Sunday")),
)


def calendars(request: HttpRequest) -> HttpResponse:
    """Every calendar, and which instruments trade by it."""
    listing = Listing(
        columns=[
            Column(gettext_lazy("Calendar"), lambda c: cells.pair(c.name, c.time_zone), "main"),
            Column(gettext_lazy("Sessions a week"), lambda c: len(c.sessions.all()), "number"),
            Column(gettext_lazy("Holidays"), lambda c: len(c.holidays.all()), "number"),
            Column(gettext_lazy("Instruments"), lambda c: len(c.schedules.all()), "number"),
        ],
        order=("name",),
        empty_headline=gettext_lazy("No calendars yet"),
        empty_sentence=gettext_lazy("Every instrument trades around the clock."),
        row_link=lambda row: pages.url(request, "calendar", row.pk),
    )
    buttons = []
    if access.may(request.user, "instruments.change"):
        buttons.append(
            (_("New calendar"), pages.url(request, "create_calendar"), "bo-button-primary")
        )
    return pages.render(
        request,
        "list.html",
        {"table": listing.page(request, selectors.calendars()), "buttons": buttons},
        title=_("Trading hours"),
    )


def calendar(request: HttpRequest, calendar_id: int) -> HttpResponse:
    """One calendar: its week, its holidays, the next days, its instruments."""
    row: Calendar = names.found(selectors.calendars(), pk=calendar_id)
    week = {one.weekday: hours.text_of(one) for one in selectors.week_of(row)}
    return pages.render(
        request,
        "calendar.html",
        {
            "calendar": row,
            "week": [(label, week.get(number, "")) for number, (_n, label) in enumerate(WEEKDAYS)],
            "steps": hours.coming(row),
            "holidays": row.holidays.all(),
            "instruments": Instrument.objects.filter(schedule__calendar=row).order_by("symbol"),
        },
        title=row.name,
        crumbs=[(_("Trading hours"), pages.url(request, "calendars"))],
    )


class CalendarForm(ReasonForm):
    """A week of sessions and the holidays."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    time_zone = forms.CharField(
        label=gettext_lazy("Time zone"),
        max_length=64,
        help_text=gettext_lazy("As in the time zone database, such as Europe/Zurich."),
    )
    holidays = forms.CharField(
        label=gettext_lazy("Holidays"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("One date a line, such as 2027-12-25 Christmas."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in WEEKDAYS:
            self.fields[name] = forms.CharField(label=label, required=False, max_length=40)
        self.fields["monday"].help_text = _(
            "09:00-17:30, with auctions 08:50/09:00-17:30/17:35; a close before the opening is on "
            "the next day; empty: no session."
        )
        self.order_fields(
            ["name", "time_zone", *(name for name, _l in WEEKDAYS), "holidays", "reason", "token"]
        )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        week = []
        for weekday, (name, _label) in enumerate(WEEKDAYS):
            try:
                one = hours.hours_of(weekday, values.get(name, ""))
            except ValidationError as error:
                self.add_error(name, error)
            else:
                week += [one] if one is not None else []
        values["week"] = week
        return values

    def clean_holidays(self) -> dict[Any, str]:
        return hours.holidays_of(self.cleaned_data["holidays"])


class SetCalendar(EditPage, RulesPage):
    """A new calendar, or other hours of one; the next week is shown while it is typed."""

    form_class = CalendarForm

    def target(self, calendar_id: int = 0) -> Calendar | None:  # type: ignore[override]
        if not calendar_id:
            return None
        row: Calendar = names.found(selectors.calendars(), pk=calendar_id)
        return row

    def title(self, target: Calendar | None) -> str:
        return _("Hours of %(name)s") % {"name": target.name} if target else _("New calendar")

    def confirm_label(self, target: Calendar | None) -> str:
        return _("Put the hours in force")

    def explanation(self, target: Calendar | None) -> list[str]:
        return [
            _("Its instruments are in the state of the new hours within seconds; what staff has "
              "halted stays halted."),
            _("DAY orders that are open keep the end they were told, and end with the session at "
              "the latest."),
        ]  # fmt: skip

    def initial(self, target: Calendar | None) -> dict[str, Any]:
        if target is None:
            return {"time_zone": "UTC"}
        week = {WEEKDAYS[one.weekday][0]: hours.text_of(one) for one in selectors.week_of(target)}
        holidays = selectors.values_of(target)["holidays"]
        return {
            "name": target.name,
            "time_zone": target.time_zone,
            "holidays": "\n".join(holidays),
            **week,
        }

    def extra(self, target: Calendar | None, form: StaffForm) -> dict[str, Any]:
        if not form.is_bound:
            steps = hours.coming(target) if target else []
        elif not form.is_valid():
            return {"preview": []}
        else:
            steps = _preview(form.cleaned_data)
        return {"preview": [f"{step['local']}: {step['state']}" for step in steps]}

    def perform(self, target: Calendar | None, values: dict[str, Any]) -> str:
        row = actions.set_calendar(
            calendar=target,
            name=values["name"],
            time_zone=values["time_zone"],
            week=values["week"],
            holidays=values["holidays"],
            acting_user=self.request.user,
            reason=values["reason"],
        )
        return _("The hours of %(name)s are in force.") % {"name": row.name}

    def back(self, target: Calendar | None) -> str:
        return self.url("calendar", target.pk) if target else self.url("calendars")

    def after(self, target: Calendar | None) -> str:
        return self.back(target)

    def crumbs(self, target: Calendar | None) -> list[tuple[str, str]]:
        return [(_("Trading hours"), self.url("calendars"))]


def _preview(values: dict[str, Any]) -> list[dict[str, Any]]:
    """The next seven days of what was typed, when it can be understood."""
    now = timezone.now()
    try:
        actions.check_week(values["week"], values["time_zone"])
    except CalendarError:
        return []
    steps = rules.steps(
        values["week"],
        frozenset(values["holidays"]),
        values["time_zone"],
        now,
        now + timedelta(days=7),
    )
    return hours.told(steps, values["time_zone"])


class ScheduleForm(ReasonForm):
    """By which calendar an instrument trades."""

    calendar = forms.ModelChoiceField(
        label=gettext_lazy("Calendar"),
        queryset=Calendar.objects.none(),
        required=False,
        empty_label=gettext_lazy("None: around the clock"),
    )
    field_order = ["calendar", "reason", "token"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["calendar"].queryset = Calendar.objects.all()  # type: ignore[attr-defined]


class OfInstrument(ActionPage):
    """A change of one instrument."""

    def target(self, instrument_id: int) -> Instrument:  # type: ignore[override]
        row: Instrument = names.found(
            Instrument.objects.select_related("base", "quote"), pk=instrument_id
        )
        return row

    def back(self, target: Instrument) -> str:
        return self.url("instrument", target.pk)

    def crumbs(self, target: Instrument) -> list[tuple[str, str]]:
        return [(_("Instruments"), self.url("instruments")), (target.symbol, self.back(target))]


class SetSchedule(EditPage, OfInstrument):
    """Have an instrument trade by a calendar."""

    form_class = ScheduleForm

    def title(self, target: Instrument) -> str:
        return _("Trading hours of %(symbol)s") % {"symbol": target.symbol}

    def confirm_label(self, target: Instrument) -> str:
        return _("Choose this calendar")

    def explanation(self, target: Instrument) -> list[str]:
        return [
            _("It is brought into the state of the calendar within seconds."),
            _("Without a calendar it stays in the state it is in: open it yourself if it is "
              "closed."),
        ]  # fmt: skip

    def initial(self, target: Instrument) -> dict[str, Any]:
        return {"calendar": selectors.calendar_of(target)}

    def perform(self, target: Instrument, values: dict[str, Any]) -> str:
        actions.set_schedule(
            instrument=target,
            calendar=values["calendar"],
            acting_user=self.request.user,
            reason=values["reason"],
        )
        return _("%(symbol)s trades by its new hours.") % {"symbol": target.symbol}


class BreakerForm(ReasonForm):
    """How far, within how long, and what then."""

    breaker_bp = instrument_forms.percent_field(
        gettext_lazy("Distance, %"),
        gettext_lazy("From the first price of the window; 0: no circuit breaker."),
    )
    window_seconds = forms.IntegerField(label=gettext_lazy("Window, seconds"), min_value=0)
    halt_seconds = forms.IntegerField(label=gettext_lazy("Halt, seconds"), min_value=0)
    field_order = ["breaker_bp", "window_seconds", "halt_seconds", "reason", "token"]

    def clean_breaker_bp(self) -> int:
        return instrument_forms.percent_units(self.cleaned_data["breaker_bp"], 2)


class SetBreaker(EditPage, OfInstrument):
    """Set or remove a circuit breaker."""

    form_class = BreakerForm

    def title(self, target: Instrument) -> str:
        return _("Circuit breaker of %(symbol)s") % {"symbol": target.symbol}

    def confirm_label(self, target: Instrument) -> str:
        return _("Put the circuit breaker in force")

    def explanation(self, target: Instrument) -> list[str]:
        return [
            _("A trade further away does not happen: the instrument goes into an auction by "
              "itself and opens again after the halt, at one price for all."),
            _("What is left of a limit order waits in the auction; what is left of a market order "
              "ends."),
        ]  # fmt: skip

    def initial(self, target: Instrument) -> dict[str, Any]:
        return {
            "breaker_bp": cells.percent_of_bp(target.breaker_bp).replace(" %", ""),
            "window_seconds": target.breaker_window_seconds,
            "halt_seconds": target.breaker_halt_seconds,
        }

    def perform(self, target: Instrument, values: dict[str, Any]) -> str:
        try:
            instrument_actions.set_breaker(
                instrument=target,
                breaker_bp=values["breaker_bp"],
                window_seconds=values["window_seconds"],
                halt_seconds=values["halt_seconds"],
                acting_user=self.request.user,
                reason=values["reason"],
            )
        except InstrumentError as error:
            raise ValidationError(str(error)) from error
        return _("The circuit breaker of %(symbol)s is on its way to the engine.") % {
            "symbol": target.symbol
        }


PAGES = (
    pages.Page("calendars/", "calendars", calendars, "instruments.view"),
    pages.Page("calendars/new/", "create_calendar", SetCalendar.as_view(), "instruments.change"),
    pages.Page("calendars/<int:calendar_id>/", "calendar", calendar, "instruments.view"),
    pages.Page(
        "calendars/<int:calendar_id>/hours/",
        "set_calendar",
        SetCalendar.as_view(),
        "instruments.change",
    ),
    pages.Page(
        "instruments/<int:instrument_id>/hours/",
        "set_schedule",
        SetSchedule.as_view(),
        "instruments.change",
    ),
    pages.Page(
        "instruments/<int:instrument_id>/breaker/",
        "set_breaker",
        SetBreaker.as_view(),
        "instruments.change",
    ),
)
