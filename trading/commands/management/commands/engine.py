"""`manage.py engine`: how the engine stands, what its journal says, and proving it."""

import json
from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from tenants import selectors
from trading.commands import keeping, operator_words
from trading.commands.parquet import ParquetTable
from trading.engine.journal import JournalError
from trading.engine.operating import (
    OperatingError,
    archiving,
    asking,
    exporting,
    lives,
    state,
    verifying,
    wording,
)

TABLES: dict[str, exporting.MakeTable] = {"csv": exporting.CsvTable, "parquet": ParquetTable}


def seq(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise ArgumentTypeError("must be a whole number, 0 or more")
    return int(text)


class Command(BaseCommand):
    help = (
        "Look at the engine and its journal, running or stopped: status, inspect, why, verify, "
        "export; have a running one write a snapshot; archive what nobody needs in its place."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        does = parser.add_subparsers(dest="does", required=True)
        status = does.add_parser("status", help="process, seqs, snapshot, followers, journal")
        status.add_argument("--json", action="store_true", help="for programs")
        snapshot = does.add_parser("snapshot", help="have the running engine write one now")
        snapshot.add_argument("--timeout", type=float, default=300.0, help="seconds to wait")
        verify = does.add_parser(
            "verify", help="replay the journal and compare results, events and later snapshots"
        )
        verify.add_argument(
            "--from", dest="first", type=seq, default=0, help="begin with the snapshot before it"
        )
        verify.add_argument("--to", dest="last", type=seq, default=0, help="the last seq")
        inspect = does.add_parser("inspect", help="one record in words")
        inspect.add_argument("seq", type=seq)
        why = does.add_parser("why", help="the whole life of an order")
        why.add_argument("order", type=seq, help="its number in the engine")
        why.add_argument("--tenant", required=True, help="slug or id of the firm")
        export = does.add_parser("export", help="events as tables")
        export.add_argument("--from", dest="first", type=seq, default=0, help="the first seq")
        export.add_argument("--to", dest="last", type=seq, default=0, help="the last seq")
        export.add_argument("--event", default="", help="one kind, as Traded; else all")
        export.add_argument("--format", choices=sorted(TABLES), default="csv")
        export.add_argument(
            "--out", type=Path, required=True, help="a new file; without --event a new folder"
        )

        archive = does.add_parser("archive", help="pack segments that nobody needs any more")
        archive.add_argument("--dry-run", action="store_true", help="only say what would be done")

    def handle(self, *args: Any, **options: Any) -> None:
        engine = (Path(settings.ENGINE_DIR), settings.ENGINE_SOCKET)
        try:
            getattr(self, f"_{options['does']}")(engine, options)
        except (OperatingError, JournalError) as error:
            raise CommandError(str(error)) from error
        except PermissionError as error:
            raise CommandError(
                f"{error.filename} cannot be read: use the user that the engine runs as."
            ) from error

    def _status(self, engine: tuple[Path, str], options: dict[str, Any]) -> None:
        status = state.read_status(*engine)
        if options["json"]:
            self.stdout.write(json.dumps(operator_words.status_document(status), indent=1))
        else:
            self.stdout.write(operator_words.status_text(status))
        if status.problem:
            raise CommandError(status.problem)

    def _snapshot(self, engine: tuple[Path, str], options: dict[str, Any]) -> None:
        written = asking.request_snapshot(*engine, timeout_seconds=options["timeout"])
        self.stdout.write(
            f"The snapshot at seq {written.seq} is there, {written.size_bytes} bytes."
        )

    def _verify(self, engine: tuple[Path, str], options: dict[str, Any]) -> None:
        proof = verifying.verify(*engine, options["first"], options["last"])
        self.stdout.write(operator_words.proof_text(proof))
        if proof.difference:
            raise CommandError(proof.difference)

    def _inspect(self, engine: tuple[Path, str], options: dict[str, Any]) -> None:
        self.stdout.write(wording.record_text(wording.read_record(*engine, options["seq"])))

    def _why(self, engine: tuple[Path, str], options: dict[str, Any]) -> None:
        life = lives.tell(*engine, tenant_id_of(options["tenant"]), options["order"])
        self.stdout.write(operator_words.life_text(life))
        if life.damage:
            raise CommandError(life.damage)

    def _export(self, engine: tuple[Path, str], options: dict[str, Any]) -> None:
        exported = exporting.export(
            *engine,
            options["out"],
            from_seq=options["first"],
            to_seq=options["last"],
            kind=options["event"],
            suffix=options["format"],
            make_table=TABLES[options["format"]],
        )
        self.stdout.write(operator_words.exported_text(exported, options["out"]))

    def _archive(self, engine: tuple[Path, str], options: dict[str, Any]) -> None:
        policy = keeping.policy()
        planned = archiving.plan(*engine, policy, keeping.positions())
        self.stdout.write(operator_words.plan_text(planned))
        if not options["dry_run"]:
            done = archiving.carry_out(engine[0], planned, policy)
            self.stdout.write(operator_words.done_text(done))


def tenant_id_of(text: str) -> int:
    """The engine's tenant id; a number needs no database."""
    if text.isascii() and text.isdigit():
        return int(text)
    try:
        found = [tenant.id for tenant in selectors.tenants() if tenant.slug == text]
    except DatabaseError as error:
        raise CommandError(
            "The database, which knows the slugs, does not answer: start it, or give the "
            "tenant's id."
        ) from error
    if not found:
        raise CommandError(f"There is no tenant with the slug {text}.")
    return int(found[0])
