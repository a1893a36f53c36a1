from django.apps import AppConfig


class CareConfig(AppConfig):
    name = "care"
    label = "care"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from care import declared
        from tenants import periodic

        declared.declare_settings()
        periodic.register("care.tasks.close_idle", every_seconds=3_600)
        periodic.register("care.tasks.perform_resets", every_seconds=60)
