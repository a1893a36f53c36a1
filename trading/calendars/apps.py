from django.apps import AppConfig


class CalendarsConfig(AppConfig):
    name = "trading.calendars"
    label = "calendars"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tenants import periodic

        periodic.register("trading.calendars.tasks.take_due_steps", every_seconds=5)
