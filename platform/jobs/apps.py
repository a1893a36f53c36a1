from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "jobs"
    label = "jobs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from jobs import declared
        from tenants import periodic

        declared.declare_settings()
        periodic.register("jobs.tasks.send_waiting", every_seconds=20)
        periodic.register("jobs.tasks.forget_expired", every_seconds=900)
