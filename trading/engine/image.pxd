cimport cython

from trading.engine.book cimport Asset, Instrument, Ladder
from trading.engine.output cimport Output
from trading.engine.store cimport Store
from trading.engine.venue cimport Closed, Venue
from trading.engine.words cimport i128

cdef class Loaded:
    cdef readonly object seq
    cdef readonly object time_ns
    cdef readonly dict venues
    cdef readonly dict source_numbers

cdef class Writer:
    cdef Output out

    cdef long long number(self, long long value)
    cdef long long amount(self, i128 units)
    cdef long long text(self, bytes data)

cdef class Reader:
    cdef bytes data
    cdef long long at
    cdef long long end

    cdef long long number(self) except? -1
    cdef long long count(self) except -1
    cdef i128 amount(self) except? -1
    cdef bytes text(self, long long width)
    cdef long long _take(self, long long width) except -1

cpdef bytes dump(object seq, object time_ns, dict venues, dict source_numbers)
@cython.locals(asset=Asset, instrument=Instrument)
cdef long long dump_venue(Venue venue, Writer out)
cdef long long dump_instrument(Instrument instrument, Writer out)
cdef long long dump_account(Venue venue, long long account, Writer out)
cdef long long dump_ladder(Venue venue, Ladder ladder, Writer out)
cdef long long dump_closed(Venue venue, Closed closed, Writer out)
cdef long long dump_order(Venue venue, long long order, Writer out)
cpdef Loaded load(bytes data, Store store)
@cython.locals(venue=Venue)
cdef Loaded load_all(Reader reader, Store store)
@cython.locals(order="long long", handle="long long")
cdef long long load_venue(Venue venue, Reader reader)
cdef long long load_asset(Venue venue, Asset asset, Reader reader)
cdef long long load_instrument(Venue venue, long long index, Reader reader)
cdef long long load_account(Venue venue, Reader reader)
cdef long long load_order(Venue venue, Reader reader)
cdef long long load_into_book(Venue venue, long long order)
