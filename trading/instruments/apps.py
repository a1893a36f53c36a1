from django.apps import AppConfig


class InstrumentsConfig(AppConfig):
    name = "trading.instruments"
    label = "instruments"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tenants import onboarding, periodic
        from trading.instruments.onboarding import open_venue

        onboarding.register(open_venue, order=10)
        periodic.register("trading.instruments.tasks.make_due_changes", every_seconds=5)
