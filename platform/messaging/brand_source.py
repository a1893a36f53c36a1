"""Where mail gets its look from. The tenants' room registers it, as it stands above this one."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class MailBrand:
    """What a mail needs of the brand of the current schema."""

    name: str
    site_address: str  # "https://aurora.example", without a slash at the end
    languages: tuple[str, ...]
    default_language: str
    primary: str
    on_primary: str
    signature: dict[str, str]  # by language
    support_address: str
    mail_from: str
    look: str = "line"  # line, band or plain
    logo_address: str = ""  # of a PNG, absolute; mail programs show no SVG
    footer: dict[str, str] = field(default_factory=dict)  # by language


_source: Callable[[], MailBrand] | None = None


def register(source: Callable[[], MailBrand]) -> None:
    """``source()`` gives the brand of the schema the current connection works in."""
    global _source
    _source = source


def current() -> MailBrand:
    if _source is None:
        raise RuntimeError("no room registered a source of brands")
    return _source()
