"""One shard: several tenants' venues behind one sequence, fed with batches of request frames."""

from hashlib import blake2b
from heapq import heapify, heappop
from typing import Final

from trading.engine import (
    breaking,
    codec,
    codes,
    dispatch,
    door,
    emit,
    image,
    loading,
    rows,
    waiting,
)
from trading.engine.ahead import Ahead
from trading.engine.batch import BatchOutput
from trading.engine.difference import ReplayDifference, first_difference
from trading.engine.output import Output
from trading.engine.step import Step
from trading.engine.store import Store
from trading.engine.venue import Venue
from trading.engine.words import (
    MASK_16,
    MASK_32,
    copy_words,
    field,
    low,
    same_words,
    text,
    transfer_words,
    word,
)

COMPILED: Final = not __file__.endswith(".py")

__all__ = ["COMPILED", "ReplayDifference", "Shard"]


class Shard:
    """The whole state of one engine process, without any of its input and output.

    ``run_batch`` is the only way in. ``snapshot_seq`` and ``started_ns`` belong to the process
    around it, which sets them for QueryStatus; they are no part of the state.
    """

    def __init__(self) -> None:
        self.store = Store()
        self.seq = 0
        self.time_ns = 0  # of the last journaled command
        self._now_ns = 0  # of the batch being applied
        self.venues: dict[int, Venue] = {}
        # The last number applied from each source, by tenant_id << 32 | source.
        self.source_numbers: dict[int, int] = {}
        self.commands_applied = 0
        self._venue: Venue | None = None  # the one that had the last command
        self.snapshot_seq = 0
        self.started_ns = 0
        self._records = Output(rows.OUTPUT_FIRST_WORDS)
        self._answers = Output(rows.OUTPUT_FIRST_WORDS)
        self._step = Step(self._records)
        self._asking = Step(self._answers)
        self._ahead = Ahead(self.store)
        # How the last command ended: its seq (0: not journaled), its events and how many they
        # are, and where the records end with its own.
        self._result = 0
        self._seq = 0
        self._events = 0
        self._events_end = 0
        self._event_count = 0
        self._records_end = 0
        self._most_timers = rows.TIMERS_FIRST_MOST
        self._most_cancel_timers = rows.TIMERS_FIRST_MOST

    def run_batch(self, frames: bytes, time_ns: int) -> BatchOutput:
        """Apply whole request frames, one after another, at one time; see ``BatchOutput``.

        ``time_ns`` is nanoseconds since 1970; the shard's own time never runs backwards. A frame
        that is cut off at the end of ``frames`` is answered BAD_FRAME, as is one too short to
        carry a header (with request id 0).
        """
        self._now_ns = time_ns if time_ns > self.time_ns else self.time_ns
        self._records.clear()
        self._answers.clear()
        first_seq = self.seq + 1
        self._run_timers()
        self._fire_cancel_timers(self._now_ns)
        end = len(frames)
        at = 0
        looks = self._ahead.begins(end, False)
        if looks:
            for _ in range(rows.AHEAD_COMMANDS):
                self._ahead.note(frames, end, self.venues)
        while at < end:
            if looks:
                self._ahead.note(frames, end, self.venues)
            frame_end = end
            if end - at >= 8:
                frame_end = at + 4 + (word(frames, at) & MASK_32)
            if frame_end > end or frame_end - at < rows.REQUEST_HEADER_BYTES:
                self._refuse(0, codes.BAD_FRAME, 0)
                if frame_end > end:
                    frame_end = end
            else:
                self._run(frames, at, frame_end)
            at = frame_end
        return BatchOutput(
            self._records.piece(0, self._records.at),
            self._answers.piece(0, self._answers.at),
            first_seq,
            self.seq,
        )

    @property
    def due_ns(self) -> int:
        """When the next timer may run out, for whoever wakes the shard up; 0: there is none."""
        timers = self.store.timers
        cancel_timers = self.store.cancel_timers
        if cancel_timers and (not timers or cancel_timers[0][0] < timers[0][0]):
            return cancel_timers[0][0]
        return timers[0][0] if timers else 0

    def _run_timers(self) -> int:
        """End and trigger the orders whose time has come, and reopen what a breaker halted, each by
        a command of its own.
        """
        timers = self.store.timers
        if len(timers) > self._most_timers:
            self._drop_timers_without_order()
        while timers and timers[0][0] <= self._now_ns:
            if self.store.cancel_timers:
                # What cancels orders before this time leaves none of them to fire.
                self._fire_cancel_timers(timers[0][0] - 1)
            timer = heappop(timers)
            tenant_id = timer[1]
            kind = self._timed_kind(timer)
            if kind != 0:
                payload = abs(timer[2]).to_bytes(8, "little")
                self._execute(payload, 0, 8, kind, 1, tenant_id, 0, 0, 0)
                self._records.at = self._records_end
        return 0

    def _timed_kind(self, timer: tuple[int, int, int]) -> int:
        """The command that a timer gives when its time has come; 0: none any more."""
        venue = self.venues[timer[1]]
        if timer[2] > 0:
            return waiting.timed_kind(venue, timer[0], timer[2])
        if breaking.reopens_at(venue, -timer[2]) == timer[0]:
            return codec.REOPEN_INSTRUMENT
        return 0

    def _drop_timers_without_order(self) -> int:
        """Forget the timers of orders that ended otherwise, before they outnumber the others."""
        timers = self.store.timers
        timers[:] = [timer for timer in timers if self._timed_kind(timer) != 0]
        heapify(timers)
        self._most_timers = 2 * len(timers) + rows.TIMERS_FIRST_MOST
        return 0

    def _fire_cancel_timers(self, until_ns: int) -> int:
        """Cancel the orders of accounts whose timer has run out by then, each by a command of its
        own.
        """
        timers = self.store.cancel_timers
        if len(timers) > self._most_cancel_timers:
            timers[:] = [timer for timer in timers if self._is_running(timer)]
            heapify(timers)
            self._most_cancel_timers = 2 * len(timers) + rows.TIMERS_FIRST_MOST
        while timers and timers[0][0] <= until_ns:
            timer = heappop(timers)
            if self._is_running(timer):
                numbers = [timer[2], timer[3], 0, codes.CANCEL_CAUSE_TIMER]
                payload = b"".join([number.to_bytes(8, "little") for number in numbers])
                self._execute(payload, 0, 32, codec.CANCEL_ALL_ORDERS, 1, timer[1], 0, 0, 0)
                self._records.at = self._records_end
        return 0

    def _is_running(self, timer: tuple[int, int, int, int]) -> bool:
        """Whether a cancel timer is what the account set last."""
        when, tenant_id, account_id, instrument_id = timer
        return self.venues[tenant_id].cancel_timers.get((account_id, instrument_id)) == when

    def _run(self, frames: bytes, at: int, frame_end: int) -> int:
        """Check one request frame at the door, apply it, answer it."""
        head = word(frames, at)
        kind = head >> 32 & MASK_16
        version = head >> 48 & MASK_16
        request_id = word(frames, at + 8)
        parties = word(frames, at + 16)
        tenant_id = parties & MASK_32
        source = parties >> 32 & MASK_32
        source_no = word(frames, at + 24)
        payload = at + rows.REQUEST_HEADER_BYTES
        result = door.check_request(frames, payload, frame_end, kind, version)
        if result == codes.ACCEPTED and (tenant_id > rows.MAX_TENANT or source_no < 0):
            result = codes.FIELD_OUT_OF_RANGE
        if result != codes.ACCEPTED:
            return self._refuse(kind, result, request_id)
        if kind >= rows.FIRST_QUERY:
            return self._query(frames, payload, frame_end, kind, tenant_id, request_id)
        if source != 0 and source_no <= self.source_number(tenant_id, source):
            return self._refuse(kind, codes.REPEATED, request_id)
        trace_id = word(frames, at + 32)
        self._execute(
            frames, payload, frame_end, kind, version, tenant_id, source, source_no, trace_id
        )
        return self._answer(kind, request_id)

    def source_number(self, tenant_id: int, source: int) -> int:
        """The last number applied from a source; 0 if there is none."""
        found = self.source_numbers.get(tenant_id << 32 | source)
        return 0 if found is None else found

    def _execute(
        self,
        data: bytes,
        at: int,
        end: int,
        kind: int,
        version: int,
        tenant_id: int,
        source: int,
        source_no: int,
        trace_id: int,
    ) -> int:
        """Apply a command and write its record; what came of it stands in ``_result`` and so on.

        Refusals at the door (1xx) and repeats of a client order id are not journaled; a repeat
        with a source number is, without events, so that its sender finds a trace of it.
        """
        payload_words = (end - at) >> 3
        record = self._records.room(rows.RECORD_HEADER_WORDS + payload_words)
        events = record + rows.RECORD_HEADER_WORDS + payload_words
        payload = record + rows.RECORD_HEADER_WORDS
        copy_words(self._records.words, payload, data, at, payload_words)
        self._records.events = 0
        self._step.seq = self.seq + 1
        self._step.time_ns = self._now_ns
        result = self._apply(kind, tenant_id, data, at, end)
        count = self._records.events
        self._result = result
        self._events = events
        self._events_end = self._records.at
        self._event_count = count
        if 1 <= result < 200 and (result != codes.REPEATED or source == 0):
            self._seq = 0
            self._records_end = record
            return 0

        # From here it is journaled.
        if result == codes.REPEATED:
            # The row is for the answer only.
            self._records.at = events
            count = 0
        self._seq = self._step.seq
        self._records_end = self._records.at
        self.seq = self._step.seq
        self.time_ns = self._step.time_ns
        self.commands_applied += 1
        if source != 0:
            self.source_numbers[tenant_id << 32 | source] = source_no
        words = self._records.words
        words[record] = (self._records.at - record) << 3 | kind << 32 | result << 48
        words[record + 1] = self._step.seq
        words[record + 2] = self._step.time_ns
        words[record + 3] = low(tenant_id | source << 32)
        words[record + 4] = source_no
        words[record + 5] = trace_id
        words[record + 6] = payload_words << 3 | version << 16 | count << 32
        return 0

    def _apply(self, kind: int, tenant_id: int, data: bytes, at: int, end: int) -> int:
        """Hand a command to its handler; returns the result code."""
        step = self._step
        venue = self._venue
        if venue is None or venue.tenant_id != tenant_id:
            if kind == codec.OPEN_VENUE:
                return self._open_venue(tenant_id, data, at, end)
            venue = self.venue(tenant_id)
            if venue is None:
                return codes.UNKNOWN_TENANT
            self._venue = venue
        return dispatch.carry_out(venue, kind, data, at, end, step)

    def venue(self, tenant_id: int) -> Venue | None:
        """A tenant's venue."""
        return self.venues.get(tenant_id)

    def _open_venue(self, tenant_id: int, data: bytes, at: int, end: int) -> int:
        code = text(data, at + codec.OPEN_VENUE_CODE, end, 24)
        if tenant_id == 0 or code[0] == 0:
            return codes.FIELD_OUT_OF_RANGE
        if self.venue(tenant_id) is not None:
            return codes.TENANT_EXISTS
        if len(self.venues) >= rows.MOST_VENUES:
            return codes.NO_ROOM

        # From here it succeeds.
        self.venues[tenant_id] = Venue(self.store, len(self.venues) + 1, tenant_id, code)
        emit.venue_opened(self._records, code, 0)
        return codes.ACCEPTED

    def _query(
        self, data: bytes, at: int, end: int, kind: int, tenant_id: int, request_id: int
    ) -> int:
        """Answer a query."""
        answers = self._answers
        place = answers.room(rows.ANSWER_HEADER_WORDS)
        answers.events = 0
        result = self._ask(kind, tenant_id, data, at, end)
        return self._head(place, kind, result, request_id, self.seq, answers.events)

    def _ask(self, kind: int, tenant_id: int, data: bytes, at: int, end: int) -> int:
        """Hand a query to its handler; returns the result code."""
        step = self._asking
        step.time_ns = self._now_ns
        if kind == codec.QUERY_STATUS and tenant_id == 0:
            return self._write_status(sorted(self.venues))
        if kind == codec.QUERY_SOURCE:
            source = field(data, at + codec.QUERY_SOURCE_SOURCE, end)
            if source < 0 or source > MASK_32:
                return codes.FIELD_OUT_OF_RANGE
            emit.source_row(self._answers, source, self.source_number(tenant_id, source))
            return codes.ACCEPTED
        venue = self.venue(tenant_id)
        if venue is None:
            return codes.UNKNOWN_TENANT
        if kind == codec.QUERY_STATUS:
            return self._write_status([tenant_id])
        return dispatch.look_up(venue, kind, data, at, end, step)

    def _write_status(self, tenant_ids: list[int]) -> int:
        """The status row; orders and accounts are those of the given venues together."""
        venues = [self.venues[tenant_id] for tenant_id in tenant_ids]
        emit.status_row(
            self._answers,
            self.seq,
            self.seq,  # an answer is only handed out once all before it is durable
            self.snapshot_seq,
            sum([venue.open_orders for venue in venues]),
            sum([len(venue.accounts) for venue in venues]),
            self.commands_applied,
            self.started_ns,
            1 if COMPILED else 0,
        )
        return codes.ACCEPTED

    def _refuse(self, kind: int, result: int, request_id: int) -> int:
        """Answer a request that was not applied."""
        place = self._answers.room(rows.ANSWER_HEADER_WORDS)
        return self._head(place, kind, result, request_id, 0, 0)

    def _answer(self, kind: int, request_id: int) -> int:
        """Answer the command that was executed last, with its events."""
        count = self._events_end - self._events
        place = self._answers.room(rows.ANSWER_HEADER_WORDS + count)
        transfer_words(
            self._answers.words,
            place + rows.ANSWER_HEADER_WORDS,
            self._records.words,
            self._events,
            count,
        )
        self._records.at = self._records_end
        return self._head(place, kind, self._result, request_id, self._seq, self._event_count)

    def _head(
        self, place: int, kind: int, result: int, request_id: int, seq: int, event_count: int
    ) -> int:
        """Write the header of an answer whose events stand behind it already."""
        words = self._answers.words
        length = ((self._answers.at - place) << 3) - 4
        words[place] = length | kind << 32 | result << 48
        words[place + 1] = request_id
        words[place + 2] = seq
        words[place + 3] = self._now_ns
        words[place + 4] = event_count
        return 0

    def _check_sender(self, kind: int, tenant_id: int, source: int, source_no: int) -> int:
        """Whether ``_run`` would have executed this for its sender; ACCEPTED or why not."""
        if tenant_id > rows.MAX_TENANT or source_no < 0 or kind >= rows.FIRST_QUERY:
            return codes.FIELD_OUT_OF_RANGE
        if source != 0 and source_no <= self.source_number(tenant_id, source):
            return codes.REPEATED
        return codes.ACCEPTED

    def replay(self, records: bytes) -> None:
        """Apply whole journal records at their recorded times and compare what comes of them.

        Raises ReplayDifference at the first record that this state would not have written byte
        by byte; the shard is of no further use then.
        """
        written = self._records
        end = len(records)
        at = 0
        looks = self._ahead.begins(end, True)
        if looks:
            for _ in range(rows.AHEAD_COMMANDS):
                self._ahead.note(records, end, self.venues)
        while at < end:
            written.clear()
            if looks:
                self._ahead.note(records, end, self.venues)
            seq = self.seq + 1
            if end - at < rows.RECORD_HEADER_BYTES:
                raise ReplayDifference(seq, f"The record with seq {seq} is cut off.")
            head = word(records, at)
            sizes = word(records, at + 48)
            payload = at + rows.RECORD_HEADER_BYTES
            payload_end = payload + (sizes & MASK_16)
            record_end = at + (head & MASK_32)
            if record_end > end or payload_end > record_end:
                raise ReplayDifference(seq, f"The record with seq {seq} is cut off.")
            kind = head >> 32 & MASK_16
            version = sizes >> 16 & MASK_16
            checked = door.check_request(records, payload, payload_end, kind, version)
            time_ns = word(records, at + 16)
            parties = word(records, at + 24)
            tenant_id = parties & MASK_32
            source = parties >> 32 & MASK_32
            source_no = word(records, at + 32)
            if checked == codes.ACCEPTED:
                checked = self._check_sender(kind, tenant_id, source, source_no)
            if word(records, at + 8) != seq or time_ns < self.time_ns or checked != codes.ACCEPTED:
                raise ReplayDifference(seq, f"The record with seq {seq} can't follow here.")
            self._now_ns = time_ns
            self._execute(
                records,
                payload,
                payload_end,
                kind,
                version,
                tenant_id,
                source,
                source_no,
                word(records, at + 40),
            )
            written.at = self._records_end
            if self.seq != seq:
                raise ReplayDifference(
                    seq, f"The record with seq {seq} would not have been journaled."
                )
            # At once, while both are near.
            count = written.at
            if count << 3 != record_end - at or not same_words(written.words, records, at, count):
                raise first_difference(records[at:record_end], written.piece(0, count))
            at = record_end

    def dump(self) -> bytes:
        """The whole state, for a snapshot; equal states give equal bytes."""
        return image.dump_state(self.seq, self.time_ns, self.venues, self.source_numbers)

    def state_hash(self) -> bytes:
        """32 bytes that name the whole state; the same compiled and interpreted."""
        return blake2b(self.dump(), digest_size=32).digest()

    @staticmethod
    def load(dumped: bytes) -> "Shard":
        """The shard whose ``dump`` this is; raises ValueError if it is none."""
        shard = Shard()
        loaded = loading.load_state(dumped, shard.store)
        shard.seq = loaded.seq
        shard.time_ns = loaded.time_ns
        shard.venues = loaded.venues
        shard.source_numbers = loaded.source_numbers
        return shard
