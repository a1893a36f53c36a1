"""`manage.py makemessages` as this project wants it: which folders, which names."""

from typing import Any

from django.core.management.commands import makemessages

IGNORED = (
    ".venv/*", "build/*", "var/*", "tests/*", "staticfiles/*", "benchmarks/*",
    "platform/portal/static/portal/vendor/*",
)  # fmt: skip


class Command(makemessages.Command):
    """Extracts both domains in one go, for both languages unless told otherwise."""

    # `say` fills values into a translated text in JavaScript.
    xgettext_options = [*makemessages.Command.xgettext_options, "--keyword=say"]
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        options["locale"] = options["locale"] or ["zh_Hans", "ru"]
        options["ignore_patterns"] = [*options["ignore_patterns"], *IGNORED]
        options["no_wrap"] = True
        options["no_obsolete"] = True
        options["add_location"] = "file"
        for domain in ("django", "djangojs"):
            super().handle(*args, **{**options, "domain": domain})
