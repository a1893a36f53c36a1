"""One shard: several tenants' venues behind one sequence, fed with batches of request frames."""

from hashlib import blake2b
from typing import Final
from zlib import crc32

from librt.strings import (
    BytesWriter,
    read_i32_le,
    read_i64_le,
    write_i64_le,
)
from mypy_extensions import i64

from trading.engine import administration, canceling, codec, codes, door, image, lookups, placing
from trading.engine.batch import BatchOutput
from trading.engine.layouts import ANSWER_HEADER_BYTES, RECORD_HEADER_BYTES, REQUEST_HEADER_BYTES
from trading.engine.step import Step
from trading.engine.venue import Venue

COMPILED: Final = not __file__.endswith(".py")

_REQUEST_BYTES: Final = 40
_ANSWER_BYTES: Final = 40
_RECORD_BYTES: Final = 64
_BODY_HEADER_BYTES: Final = 56  # a record's header without length and checksum
# What pads a record to a multiple of 8, by what is left of its length.
_PADDING: Final = [bytes(-left % 8) for left in range(8)]
_MASK_16: Final = 0xFFFF
_MASK_32: Final = 0xFFFFFFFF
_FIRST_QUERY: Final = 1000
_MAX_TENANT: Final = 2**31 - 1
_NOTHING: Final = b""

assert (REQUEST_HEADER_BYTES, ANSWER_HEADER_BYTES, RECORD_HEADER_BYTES) == (40, 40, 64)


class ReplayDifference(Exception):
    """Replaying gave other bytes than the engine journal holds; ``seq`` says where."""

    def __init__(self, seq: int, message: str) -> None:
        super().__init__(message)
        self.seq = seq


class Shard:
    """The whole state of one engine process, without any of its input and output.

    ``run_batch`` is the only way in. ``snapshot_seq`` and ``started_ns`` belong to the process
    around it, which sets them for QueryStatus; they are no part of the state.
    """

    def __init__(self) -> None:
        self.seq: i64 = 0
        self.time_ns: i64 = 0  # of the last journaled command
        self._now_ns: i64 = 0  # of the batch being applied
        self.venues: dict[int, Venue] = {}
        # The last number applied from each source, by tenant_id << 32 | source.
        self.source_numbers: dict[int, int] = {}
        self.commands_applied: i64 = 0
        self._venue: Venue | None = None  # the one that had the last command
        self.snapshot_seq: i64 = 0
        self.started_ns: i64 = 0
        self._step = Step()
        self._records = BytesWriter()
        self._answers = BytesWriter()
        self._body = BytesWriter()

    def run_batch(self, frames: bytes, time_ns: int) -> BatchOutput:
        """Apply whole request frames, one after another, at one time; see ``BatchOutput``.

        ``time_ns`` is nanoseconds since 1970; the shard's own time never runs backwards. A frame
        that is cut off at the end of ``frames`` is answered BAD_FRAME, as is one too short to
        carry a header (with request id 0).
        """
        now: i64 = i64(time_ns)
        self._now_ns = now if now > self.time_ns else self.time_ns
        records = self._records
        answers = self._answers
        records.truncate(0)
        answers.truncate(0)
        answer_ends: list[int] = []
        first_seq: i64 = self.seq + 1
        end: i64 = len(frames)
        at: i64 = 0
        while at < end:
            frame_end: i64 = end
            if end - at >= 8:
                frame_end = at + 4 + (read_i64_le(frames, at) & _MASK_32)
            if frame_end > end or frame_end - at < _REQUEST_BYTES:
                self._answer(0, codes.BAD_FRAME, 0, 0, 0, _NOTHING)
                if frame_end > end:
                    frame_end = end
            else:
                self._run(frames, at, frame_end)
            answer_ends.append(len(answers))
            at = frame_end
        return BatchOutput(records.getvalue(), answers.getvalue(), answer_ends, first_seq, self.seq)

    def _run(self, frames: bytes, at: i64, frame_end: i64) -> None:
        """Check one request frame at the door, apply it, answer it."""
        head = read_i64_le(frames, at)
        kind: i64 = head >> 32 & _MASK_16
        version: i64 = head >> 48 & _MASK_16
        request_id = read_i64_le(frames, at + 8)
        tenant_and_source = read_i64_le(frames, at + 16)
        tenant_id: i64 = tenant_and_source & _MASK_32
        source: i64 = tenant_and_source >> 32 & _MASK_32
        source_no = read_i64_le(frames, at + 24)
        payload_at: i64 = at + _REQUEST_BYTES
        payload_bytes: i64 = frame_end - payload_at
        result = door.check_request(frames, payload_at, payload_bytes, kind, version)
        if result == codes.ACCEPTED and (tenant_id > _MAX_TENANT or source_no < 0):
            result = codes.FIELD_OUT_OF_RANGE
        if result != codes.ACCEPTED:
            self._answer(kind, result, request_id, 0, 0, _NOTHING)
            return
        step = self._step
        if kind >= _FIRST_QUERY:
            step.out.truncate(0)
            step.event_count = 0
            result = self._ask(kind, tenant_id, frames, payload_at)
            blob = step.out.getvalue()
            self._answer(kind, result, request_id, self.seq, step.event_count, blob)
            return
        if source != 0 and source_no <= self.source_numbers.get(tenant_id << 32 | source, 0):
            self._answer(kind, codes.REPEATED, request_id, 0, 0, _NOTHING)
            return
        self._execute(
            frames,
            payload_at,
            payload_bytes,
            kind,
            version,
            tenant_id,
            source,
            source_no,
            read_i64_le(frames, at + 32),
        )
        seq: i64 = 0  # not in one expression: that would make an object of it
        if step.journaled:
            seq = step.seq
        self._answer(kind, step.result, request_id, seq, step.event_count, step.events)

    def _execute(
        self,
        data: bytes,
        at: i64,
        payload_bytes: i64,
        kind: i64,
        version: i64,
        tenant_id: i64,
        source: i64,
        source_no: i64,
        trace_id: i64,
    ) -> None:
        """Apply a command and write its record; the outcome is left in the step.

        Refusals at the door (1xx) and repeats of a client order id are not journaled; a repeat
        with a source number is, without events, so that its sender finds a trace of it.
        """
        step = self._step
        step.out.truncate(0)
        step.event_count = 0
        step.seq = self.seq + 1
        step.time_ns = self._now_ns
        result = self._apply(kind, tenant_id, data, at)
        step.result = result
        step.events = step.out.getvalue()
        step.journaled = result // 100 != 1 and (result != codes.REPEATED or source != 0)
        if not step.journaled:
            return

        # From here it is journaled.
        self.seq = step.seq
        self.time_ns = step.time_ns
        self.commands_applied += 1
        if source != 0:
            self.source_numbers[tenant_id << 32 | source] = source_no
        recorded_events: i64 = 0
        if result != codes.REPEATED:
            recorded_events = step.event_count
        body = self._body
        body.truncate(0)
        write_i64_le(body, step.seq)
        write_i64_le(body, step.time_ns)
        write_i64_le(body, tenant_id | kind << 32 | version << 48)
        write_i64_le(body, source | result << 32)
        write_i64_le(body, source_no)
        write_i64_le(body, trace_id)
        write_i64_le(body, payload_bytes | recorded_events << 32)
        body.write(data[at : at + payload_bytes])
        if recorded_events > 0:
            body.write(step.events)
        records = self._records
        length: i64 = len(body)
        checked = body.getvalue()
        checksum: i64 = crc32(checked)
        signed: i64 = (checksum ^ 0x80000000) - 0x80000000
        write_i64_le(records, length | signed << 32)
        records.write(checked)
        if length & 7 != 0:
            records.write(_PADDING[length & 7])

    def _apply(self, kind: i64, tenant_id: i64, data: bytes, at: i64) -> i64:
        """Hand a command to its handler; returns the result code."""
        step = self._step
        venue = self._venue
        if venue is None or venue.tenant_id != tenant_id:
            if kind == codec.OPEN_VENUE:
                return self._open_venue(tenant_id, data, at)
            venue = self.venues.get(tenant_id)
            if venue is None:
                return codes.UNKNOWN_TENANT
            self._venue = venue
        if kind == codec.PLACE_ORDER:
            return placing.place_order(venue, data, at, step)
        if kind == codec.CANCEL_ORDER:
            return canceling.cancel_order(venue, data, at, step)
        if kind == codec.CANCEL_ALL_ORDERS:
            return canceling.cancel_all_orders(venue, data, at, step)
        if kind == codec.REDUCE_ORDER:
            return canceling.reduce_order(venue, data, at, step)
        if kind == codec.CREDIT_FUNDS:
            return administration.credit_funds(venue, data, at, step)
        if kind == codec.DEBIT_FUNDS:
            return administration.debit_funds(venue, data, at, step)
        if kind == codec.CREATE_ACCOUNT:
            return administration.create_account(venue, data, at, step)
        if kind == codec.CHANGE_ACCOUNT:
            return administration.change_account(venue, data, at, step)
        if kind == codec.SET_FEES:
            return administration.set_fees(venue, data, at, step)
        if kind == codec.SET_REFERENCE_PRICE:
            return administration.set_reference_price(venue, data, at, step)
        if kind == codec.SET_INSTRUMENT_STATE:
            return administration.set_instrument_state(venue, data, at, step)
        if kind == codec.CHANGE_INSTRUMENT:
            return administration.change_instrument(venue, data, at, step)
        if kind == codec.CREATE_INSTRUMENT:
            return administration.create_instrument(venue, data, at, step)
        if kind == codec.CREATE_ASSET:
            return administration.create_asset(venue, data, at, step)
        if kind == codec.OPEN_VENUE:
            return codes.TENANT_EXISTS
        return codes.UNKNOWN_KIND

    def _open_venue(self, tenant_id: i64, data: bytes, at: i64) -> i64:
        if tenant_id == 0 or data[at + codec.OPEN_VENUE_CODE] == 0:
            return codes.FIELD_OUT_OF_RANGE
        if self.venues.get(tenant_id) is not None:
            return codes.TENANT_EXISTS

        # From here it succeeds.
        step = self._step
        code_at: i64 = at + codec.OPEN_VENUE_CODE
        self.venues[tenant_id] = Venue(tenant_id, data[code_at : code_at + 24])
        codec.write_venue_opened(step.out, data, code_at)
        step.event_count += 1
        return codes.ACCEPTED

    def _ask(self, kind: i64, tenant_id: i64, data: bytes, at: i64) -> i64:
        """Hand a query to its handler; returns the result code."""
        step = self._step
        venue = self.venues.get(tenant_id)
        if kind == codec.QUERY_STATUS and tenant_id == 0:
            self._write_status(sorted(self.venues))
            return codes.ACCEPTED
        if kind == codec.QUERY_SOURCE:
            source = read_i64_le(data, at + codec.QUERY_SOURCE_SOURCE)
            if source < 0 or source > _MASK_32:
                return codes.FIELD_OUT_OF_RANGE
            last_no: i64 = self.source_numbers.get(tenant_id << 32 | source, 0)
            codec.write_source_row(step.out, source, last_no)
            step.event_count += 1
            return codes.ACCEPTED
        if venue is None:
            return codes.UNKNOWN_TENANT
        if kind == codec.QUERY_STATUS:
            self._write_status([int(tenant_id)])
            return codes.ACCEPTED
        if kind == codec.QUERY_BALANCES:
            return lookups.query_balances(venue, data, at, step)
        if kind == codec.QUERY_OPEN_ORDERS:
            return lookups.query_open_orders(venue, data, at, step)
        if kind == codec.QUERY_ORDER:
            return lookups.query_order(venue, data, at, step)
        if kind == codec.QUERY_DEPTH:
            return lookups.query_depth(venue, data, at, step)
        # Follow is the process's affair: it never hands it to the core.
        return codes.UNKNOWN_KIND

    def _write_status(self, tenant_ids: list[int]) -> None:
        """The status row; orders and accounts are those of the given venues together."""
        open_orders: i64 = 0
        accounts: i64 = 0
        for tenant_id in tenant_ids:
            venue = self.venues[tenant_id]
            open_orders += venue.open_orders
            accounts += len(venue.accounts)
        step = self._step
        codec.write_status_row(
            step.out,
            self.seq,
            self.seq,  # an answer is only handed out once all before it is durable
            self.snapshot_seq,
            open_orders,
            accounts,
            self.commands_applied,
            self.started_ns,
            1 if COMPILED else 0,
        )
        step.event_count += 1

    def _answer(
        self,
        kind: i64,
        result: i64,
        request_id: i64,
        seq: i64,
        event_count: i64,
        events: bytes,
    ) -> None:
        """Write an answer frame."""
        answers = self._answers
        length: i64 = _ANSWER_BYTES - 4 + len(events)
        write_i64_le(answers, length | kind << 32 | result << 48)
        write_i64_le(answers, request_id)
        write_i64_le(answers, seq)
        write_i64_le(answers, self._now_ns)
        write_i64_le(answers, event_count)
        answers.write(events)

    def replay(self, records: bytes) -> None:
        """Apply whole journal records at their recorded times and compare what comes of them.

        Raises ReplayDifference at the first record that this state would not have written byte
        by byte; the shard is of no further use then.
        """
        self._records = BytesWriter()
        end: i64 = len(records)
        at: i64 = 0
        while at < end:
            seq: i64 = self.seq + 1
            if end - at < _RECORD_BYTES:
                raise ReplayDifference(seq, f"The record with seq {seq} is cut off.")
            length: i64 = i64(read_i32_le(records, at)) & _MASK_32
            payload_bytes: i64 = i64(read_i32_le(records, at + 56)) & _MASK_32
            record_end: i64 = at + 8 + length + (-length & 7)
            if record_end > end or payload_bytes > length - _BODY_HEADER_BYTES:
                raise ReplayDifference(seq, f"The record with seq {seq} is cut off.")
            tenant_and_kind = read_i64_le(records, at + 24)
            kind: i64 = tenant_and_kind >> 32 & _MASK_16
            version: i64 = tenant_and_kind >> 48 & _MASK_16
            payload_at: i64 = at + _RECORD_BYTES
            checked = door.check_request(records, payload_at, payload_bytes, kind, version)
            time_ns = read_i64_le(records, at + 16)
            if (
                read_i64_le(records, at + 8) != seq
                or time_ns < self.time_ns
                or checked != codes.ACCEPTED
            ):
                raise ReplayDifference(seq, f"The record with seq {seq} can't follow here.")
            self._now_ns = time_ns
            self._execute(
                records,
                payload_at,
                payload_bytes,
                kind,
                version,
                tenant_and_kind & _MASK_32,
                i64(read_i32_le(records, at + 32)) & _MASK_32,
                read_i64_le(records, at + 40),
                read_i64_le(records, at + 48),
            )
            if self.seq != seq:
                raise ReplayDifference(
                    seq, f"The record with seq {seq} would not have been journaled."
                )
            at = record_end
        written = self._records.getvalue()
        self._records = BytesWriter()
        if written != records:
            raise first_difference(records, written)

    def dump(self) -> bytes:
        """The whole state, for a snapshot; equal states give equal bytes."""
        return image.dump(self.seq, self.time_ns, self.venues, self.source_numbers)

    def state_hash(self) -> bytes:
        """32 bytes that name the whole state; the same compiled and interpreted."""
        return blake2b(self.dump(), digest_size=32).digest()

    @staticmethod
    def load(dumped: bytes) -> "Shard":
        """The shard whose ``dump`` this is; raises ValueError if it is none."""
        shard = Shard()
        loaded = image.load(dumped)
        shard.seq = loaded.seq
        shard.time_ns = loaded.time_ns
        shard.venues = loaded.venues
        shard.source_numbers = loaded.source_numbers
        return shard


def first_difference(recorded: bytes, replayed: bytes) -> ReplayDifference:
    """Name the first record in which two runs of records differ."""
    at: i64 = 0
    while True:
        length: i64 = i64(read_i32_le(recorded, at)) & _MASK_32
        size: i64 = 8 + length + (-length & 7)
        if recorded[at : at + size] != replayed[at : at + size]:
            seq = read_i64_le(recorded, at + 8)
            return ReplayDifference(
                int(seq), f"Replaying the record with seq {seq} gave another result or events."
            )
        at += size
