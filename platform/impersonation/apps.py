from django.apps import AppConfig


class ImpersonationConfig(AppConfig):
    name = "impersonation"
    label = "impersonation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_out

        from impersonation import actions, declared

        declared.declare_settings()
        user_logged_out.connect(actions.on_signed_out, dispatch_uid="impersonation.end")
