from django.apps import AppConfig


class KycConfig(AppConfig):
    name = "kyc"
    label = "kyc"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from identity import personal_data
        from identity.signals import email_verified
        from kyc import declared, handlers, onboarding, rules
        from kyc.actions import privacy
        from riskrules import kinds
        from tenants import demo, periodic, switches
        from tenants import onboarding as tenants_onboarding
        from trading.accounts.signals import account_opened

        declared.declare_settings()
        switches.declare(declared.VERIFICATION)
        personal_data.register(
            personal_data.Holding(
                "verification", privacy.export_case_data, privacy.erase_profile, privacy.kept_until
            )
        )
        kinds.register(rules.KIND)
        tenants_onboarding.register(onboarding.furnish, order=45)
        demo.register(onboarding.furnish_demo, order=15)
        demo.register(onboarding.seed_demo_provider, order=16)
        account_opened.connect(handlers.on_account_opened, dispatch_uid="kyc.further_rights")
        # After the accounts' own receiver, which opens the first account.
        email_verified.connect(handlers.on_email_verified, dispatch_uid="kyc.first_rights")
        periodic.register("kyc.tasks.watch_expiry", every_seconds=3_600)
        periodic.register("kyc.tasks.rescreen_due", every_seconds=60)
        periodic.register("kyc.tasks.run_checks", every_seconds=5)
        periodic.register("kyc.tasks.keep_rights", every_seconds=60)
        periodic.register("kyc.tasks.erase_due", every_seconds=86_400)
