cimport cython

from trading.engine.book cimport Asset, Instrument, Ladder
from trading.engine.output cimport Output
from trading.engine.store cimport Store
from trading.engine.venue cimport Closed, Venue
from trading.engine.words cimport FAILED, i128

@cython.final
cdef class Loaded:
    cdef readonly object seq
    cdef readonly object time_ns
    cdef readonly dict venues
    cdef readonly dict source_numbers

@cython.final
cdef class Writer:
    cdef Output out

    cdef long long number(self, long long value) except? FAILED
    cdef long long amount(self, i128 units) except? FAILED
    cdef long long text(self, bytes data) except? FAILED

@cython.final
cdef class Reader:
    cdef bytes data
    cdef long long at
    cdef long long end

    cdef long long number(self) except? FAILED
    cdef long long count(self) except? FAILED
    cdef i128 amount(self) except? FAILED
    cdef bytes text(self, long long width)
    cdef long long _take(self, long long width) except? FAILED

cpdef bytes dump_state(object seq, object time_ns, dict venues, dict source_numbers)
@cython.locals(asset=Asset, instrument=Instrument, ladder=Ladder)
cdef long long dump_venue(Venue venue, Writer out) except? FAILED
cdef long long dump_instrument(Instrument instrument, Writer out) except? FAILED
cdef long long dump_account(Venue venue, long long account, Writer out) except? FAILED
cdef long long dump_ladder(Venue venue, Ladder ladder, Writer out) except? FAILED
cdef long long dump_closed(Venue venue, Closed closed, Writer out) except? FAILED
cdef long long dump_order(Venue venue, long long order, Writer out) except? FAILED
cpdef Loaded load_state(bytes data, Store store)
@cython.locals(venue=Venue)
cdef Loaded load_all(Reader reader, Store store)
@cython.locals(instrument=Instrument, ladder=Ladder, handle="long long", order_id="long long")
cdef long long load_venue(Venue venue, Reader reader) except? FAILED
cdef long long load_asset(Venue venue, Asset asset, Reader reader) except? FAILED
cdef long long load_instrument(Venue venue, long long index, Reader reader) except? FAILED
cdef long long load_account(Venue venue, Reader reader) except? FAILED
cdef long long load_order(Venue venue, Reader reader) except? FAILED
cdef long long load_ladder(
    Venue venue, Instrument instrument, Ladder ladder, Reader reader, list opened
) except? FAILED
