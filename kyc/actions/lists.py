"""Writes of watch lists: a new state of a list becomes a version, and everybody is due again."""

import hashlib
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import actions as audit
from kyc import outside
from kyc.actions.guards import require_configuring
from kyc.errors import KycError
from kyc.models import KycProfile, ListEntry, ListKind, ListVersion, WatchList
from kyc.screening import lists
from trading.commands.actors import label_of

FETCH_TIMEOUT_S = 30.0


def set_watch_list(
    *, code: str, title: str, kind: str, url: str = "", acting_user: Any
) -> WatchList:
    """Make a list known, or change its title and address. Raises KycError."""
    require_configuring(acting_user, "kyc.lists")
    if kind not in ListKind.values:
        raise KycError(_("Choose sanctions or politically exposed persons."), field="kind")
    if url and urlsplit(url).scheme != "https":
        raise KycError(_("A list is fetched over https only."), field="url")
    with transaction.atomic():
        watch_list = WatchList.objects.select_for_update().filter(code=code).first()
        old = None if watch_list is None else {"title": watch_list.title, "url": watch_list.url}
        watch_list = watch_list or WatchList(code=code, kind=kind)
        watch_list.title, watch_list.url = title.strip(), url.strip()
        watch_list.full_clean(exclude=["current"])
        watch_list.save()
        audit.record(
            "kyc.set_watch_list",
            watch_list,
            old=old,
            new={"title": watch_list.title, "url": watch_list.url, "kind": watch_list.kind},
            acting_user=acting_user,
        )
    return watch_list


def load_list(
    *, watch_list: WatchList, main: bytes, other_names: bytes = b"", origin: str, acting_user: Any
) -> ListVersion:
    """Put a new state of a list in force. The same bytes again change nothing. Raises KycError.

    A list that lost more than half of its entries is refused: it is more likely cut off.
    """
    require_configuring(acting_user, "kyc.lists")
    entries = lists.read(main, other_names)
    digest = hashlib.sha256(main + b"\0" + other_names).hexdigest()
    with transaction.atomic():
        watch_list = WatchList.objects.select_for_update().get(pk=watch_list.pk)
        current = watch_list.current
        if current is not None and current.sha256 == digest:
            return current
        known = _known(current)
        if len(entries) * 2 < len(known):
            raise KycError(
                _(
                    "This list has %(count)s entries, the one in force %(known)s: it looks cut "
                    "off. Nothing was changed."
                )
                % {"count": len(entries), "known": len(known)}
            )
        told = {key: (e.name, e.kind, tuple(e.aliases), e.program) for key, e in entries.items()}
        version = ListVersion.objects.create(
            watch_list=watch_list,
            number=current.number + 1 if current else 1,
            sha256=digest,
            entries_count=len(entries),
            added=len(told.keys() - known.keys()),
            removed=len(known.keys() - told.keys()),
            changed=sum(known[key] != told[key] for key in known.keys() & told.keys()),
            loaded_by=label_of(acting_user),
            origin=origin[:500],
        )
        ListEntry.objects.bulk_create(
            (
                ListEntry(
                    version=version,
                    external_id=entry.external_id,
                    kind=entry.kind,
                    name=entry.name,
                    aliases=entry.aliases,
                    program=entry.program,
                )
                for entry in entries.values()
            ),
            batch_size=2000,
        )
        watch_list.current = version
        watch_list.save(update_fields=["current"])
        kept = [version.pk] + ([current.pk] if current else [])
        ListEntry.objects.filter(version__watch_list=watch_list).exclude(
            version_id__in=kept
        ).delete()
        # Whoever gave a name is looked at again, by the worker, a part at a time.
        KycProfile.objects.filter(erased_at__isnull=True, screen_due_at__isnull=True).update(
            screen_due_at=timezone.now()
        )
        audit.record(
            "kyc.load_list",
            watch_list,
            new={
                "version": version.number,
                "entries": version.entries_count,
                "added": version.added,
                "removed": version.removed,
                "changed": version.changed,
                "sha256": digest,
            },
            acting_user=acting_user,
        )
    return version


def _known(version: ListVersion | None) -> dict[str, tuple[Any, ...]]:
    if version is None:
        return {}
    rows = version.entries.values_list("external_id", "name", "kind", "aliases", "program")
    return {
        key: (name, kind, tuple(aliases), program) for key, name, kind, aliases, program in rows
    }


def fetch_list(*, watch_list: WatchList, acting_user: Any) -> ListVersion:
    """Load the list from its address. Raises KycError: nothing is changed then."""
    require_configuring(acting_user, "kyc.lists")
    if not watch_list.url:
        raise KycError(_("This list has no address: upload a file."))
    data = _fetched(watch_list.url)
    return load_list(
        watch_list=watch_list, main=data, origin=watch_list.url, acting_user=acting_user
    )


def _fetched(url: str) -> bytes:
    if urlsplit(url).scheme != "https":
        raise KycError(_("A list is fetched over https only."))
    target = outside.target_of(url, what=_("A list"))
    try:
        with (
            httpx.Client(
                timeout=FETCH_TIMEOUT_S, follow_redirects=False, trust_env=False
            ) as client,
            client.stream(
                "GET", target.url, headers=target.headers, extensions=target.extensions
            ) as answer,
        ):
            if answer.status_code != 200:
                raise KycError(
                    _("The address answered with %(status)s.") % {"status": answer.status_code}
                )
            data = bytearray()
            for part in answer.iter_bytes():
                data += part
                if len(data) > lists.MOST_BYTES:
                    raise KycError(_("What the address sends is too large for a list."))
    except httpx.HTTPError as error:
        raise KycError(
            _("The address could not be read (%(error)s).") % {"error": type(error).__name__}
        ) from error
    return bytes(data)
