"""Background work of calendars; it runs in one tenant's schema."""

import logging

from celery import shared_task
from django.utils import timezone

from trading.calendars import actions, selectors

log = logging.getLogger("calendars")


@shared_task
def take_due_steps() -> int:
    """Bring every instrument with a calendar into the state of now; how many steps were taken.

    Only the step in force counts: what was missed while no worker ran is not made up for.
    """
    now = timezone.now()
    taken = 0
    for schedule in selectors.schedules():
        step = selectors.current_step(schedule.calendar, now)
        if step is not None and actions.take_step(instrument=schedule.instrument, step=step):
            taken += 1
            log.info("%s: %s", schedule.instrument, step.state)
    return taken
