cimport cython

from trading.engine.ahead cimport Ahead
from trading.engine.output cimport Output
from trading.engine.step cimport Step
from trading.engine.store cimport Store
from trading.engine.venue cimport Venue
from trading.engine.words cimport FAILED

@cython.final
cdef class Shard:
    cdef readonly Store store
    cdef public long long seq
    cdef public long long time_ns
    cdef long long _now_ns
    cdef public dict venues
    cdef public dict source_numbers
    cdef readonly long long commands_applied
    cdef Venue _venue
    cdef public long long snapshot_seq
    cdef public long long started_ns
    cdef Output _records
    cdef Output _answers
    cdef Step _step
    cdef Step _asking
    cdef Ahead _ahead
    cdef long long _result
    cdef long long _seq
    cdef long long _events
    cdef long long _events_end
    cdef long long _event_count
    cdef long long _records_end
    cdef long long _most_timers
    cdef long long _most_cancel_timers

    @cython.locals(end="long long", at="long long", frame_end="long long", looks="bint")
    cpdef object run_batch(self, bytes frames, long long time_ns)
    cdef long long _run_timers(self) except? FAILED
    @cython.locals(venue=Venue)
    cdef long long _timed_kind(self, tuple timer) except? FAILED
    @cython.locals(payload=bytes, timer=tuple)
    cdef long long _fire_cancel_timers(self, long long until_ns) except? FAILED
    cdef bint _is_running(self, tuple timer) except -1
    cdef long long _drop_timers_without_order(self) except? FAILED
    cdef long long _run(self, const char *frames, long long at, long long frame_end) except? FAILED
    cdef long long source_number(self, long long tenant_id, long long source) except? FAILED
    cdef long long _execute(
        self,
        const char *data,
        long long at,
        long long end,
        long long kind,
        long long version,
        long long tenant_id,
        long long source,
        long long source_no,
        long long trace_id,
    ) except? FAILED
    @cython.locals(venue=Venue)
    cdef long long _apply(
        self, long long kind, long long tenant_id, const char *data, long long at, long long end
    ) except? FAILED
    cdef Venue venue(self, long long tenant_id)
    cdef long long _open_venue(
        self, long long tenant_id, const char *data, long long at, long long end
    ) except? FAILED
    cdef long long _query(
        self,
        const char *data,
        long long at,
        long long end,
        long long kind,
        long long tenant_id,
        long long request_id,
    ) except? FAILED
    cdef long long _ask(
        self, long long kind, long long tenant_id, const char *data, long long at, long long end
    ) except? FAILED
    cdef long long _write_status(self, list tenant_ids) except? FAILED
    cdef long long _refuse(self, long long kind, long long result, long long request_id) except? FAILED
    cdef long long _answer(self, long long kind, long long request_id) except? FAILED
    cdef long long _head(
        self,
        long long place,
        long long kind,
        long long result,
        long long request_id,
        long long seq,
        long long event_count,
    ) except? FAILED
    cdef long long _check_sender(
        self, long long kind, long long tenant_id, long long source, long long source_no
    ) except? FAILED
    @cython.locals(
        end="long long",
        at="long long",
        tenant_id="long long",
        source="long long",
        source_no="long long",
        looks="bint",
        count="long long",
        payload="long long",
        payload_end="long long",
        record_end="long long",
    )
    cpdef replay(self, bytes records)
    cpdef bytes dump(self)
