"""What the DNS says of a host: whose it is (a TXT record) and whether it leads here."""

from dataclasses import dataclass, field
from typing import Any

import dns.exception
import dns.name
import dns.nameserver
import dns.rdatatype
import dns.resolver
from django.conf import settings

from tenants import selectors
from tenants.domain_states import Seen

TXT_LABEL = "_marque"
TXT_PREFIX = "marque-domain="
LIFETIME_S = 4.0
MOST_FOUND = 10  # values of a kind that are told


@dataclass
class Found:
    """Everything that was seen, as it is kept with the claim (JSON)."""

    texts: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)  # that the host is another name for
    addresses: list[str] = field(default_factory=list)
    is_owned: bool = False
    leads_here: bool = False
    unanswered: list[str] = field(default_factory=list)  # kinds of records nobody told about

    @property
    def seen(self) -> Seen:
        if self.is_owned and self.leads_here:
            return Seen.WHOLE
        if self.unanswered:
            return Seen.UNANSWERED
        return Seen.OWNED if self.is_owned else Seen.NOTHING

    def as_json(self) -> dict[str, Any]:
        return {
            "texts": self.texts[:MOST_FOUND],
            "names": self.names[:MOST_FOUND],
            "addresses": self.addresses[:MOST_FOUND],
            "is_owned": self.is_owned,
            "leads_here": self.leads_here,
            "unanswered": self.unanswered,
        }


def target() -> str:
    """The name of the platform's that hosts must point at."""
    if settings.DOMAIN_TARGET:
        return str(settings.DOMAIN_TARGET)
    platform = selectors.tenant_by_schema(settings.PUBLIC_SCHEMA_NAME)
    return selectors.primary_host(platform) if platform else ""


def txt_name(host: str) -> str:
    return f"{TXT_LABEL}.{host}"


def txt_value(token: str) -> str:
    return f"{TXT_PREFIX}{token}"


def look(host: str, token: str) -> Found:
    """Ask the DNS about ``host`` now; some seconds at most."""
    asker = _Asker()
    found = Found()
    found.texts = asker.texts(txt_name(host))
    found.is_owned = txt_value(token) in found.texts
    found.names, found.addresses = asker.addresses(host)
    found.unanswered = sorted(asker.unanswered)
    aim = target()
    ours = set(settings.DOMAIN_ADDRESSES)
    if aim not in found.names and found.addresses and not set(found.addresses) <= ours:
        # No alias: then it must be the addresses that the platform's name has.
        ours |= set(asker.addresses(aim)[1]) if aim else set()
    is_ours = aim in found.names or set(found.addresses) <= ours
    found.leads_here = bool(found.addresses) and is_ours
    return found


class _Asker:
    """One look: the resolver, and for which kinds of records nobody answered."""

    def __init__(self) -> None:
        self.resolver = dns.resolver.Resolver(configure=not settings.DNS_SERVERS)
        if settings.DNS_SERVERS:
            self.resolver.nameservers = [_server(text) for text in settings.DNS_SERVERS]
        self.resolver.lifetime = LIFETIME_S
        self.resolver.timeout = LIFETIME_S / 2
        self.resolver.cache = None  # whoever has just set a record wants to see it
        self.unanswered: set[str] = set()

    def texts(self, name: str) -> list[str]:
        answer = self._ask(name, "TXT")
        if answer is None or answer.rrset is None:
            return []
        return [b"".join(record.strings).decode(errors="replace")[:255] for record in answer.rrset]

    def addresses(self, host: str) -> tuple[list[str], list[str]]:
        """The names ``host`` is another name for, and its addresses."""
        names: list[str] = []
        found: list[str] = []
        for kind in ("A", "AAAA"):
            answer = self._ask(host, kind)
            if answer is None:
                continue
            for rrset in answer.response.answer:
                if rrset.rdtype == dns.rdatatype.CNAME:
                    names += [record.target.to_text(True).lower() for record in rrset]
            found += [record.address for record in answer.rrset or ()]
        return list(dict.fromkeys(names)), sorted(set(found))

    def _ask(self, name: str, kind: str) -> Any:
        try:
            return self.resolver.resolve(name, kind, raise_on_no_answer=False, search=False)
        except dns.resolver.NXDOMAIN:
            return None
        except (dns.exception.DNSException, OSError):
            self.unanswered.add(kind)
            return None


def _server(text: str) -> Any:
    address, colon, port = text.rpartition(":")
    if not colon or (address.count(":") and not address.startswith("[")):
        return dns.nameserver.Do53Nameserver(text, 53)
    return dns.nameserver.Do53Nameserver(address.strip("[]"), int(port))
