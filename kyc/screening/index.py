"""The indexes of the lists in force, kept in this process by version."""

from collections.abc import Iterator
from threading import Lock

from django.db import connection

from kyc.models import ListEntry, WatchList
from kyc.screening.matching import Index, Listed

MOST_KEPT = 8
_kept: dict[tuple[str, int], Index] = {}
_lock = Lock()


def of(watch_list: WatchList) -> Index:
    """The index of a list's version in force; built when first asked for (a second or so)."""
    assert watch_list.current_id is not None
    key = (connection.schema_name, watch_list.current_id)
    with _lock:
        found = _kept.get(key)
    if found is not None:
        return found
    index = Index.of(_rows(watch_list.current_id))
    with _lock:
        while len(_kept) >= MOST_KEPT:
            _kept.pop(next(iter(_kept)))
        _kept[key] = index
    return index


def forget() -> None:
    """Let all go; tests whose rows were rolled back need it."""
    with _lock:
        _kept.clear()


def _rows(version_id: int) -> Iterator[Listed]:
    rows = ListEntry.objects.filter(version_id=version_id)
    columns = ("pk", "external_id", "kind", "name", "aliases")
    for pk, external_id, kind, name, aliases in rows.values_list(*columns).iterator():
        yield Listed(pk, external_id, kind, name, is_alias=False)
        for alias in aliases:
            yield Listed(pk, external_id, kind, alias, is_alias=True)
