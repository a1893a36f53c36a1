cimport cython

from trading.engine.book cimport Asset, Instrument
from trading.engine.fees cimport Fees
from trading.engine.step cimport Step
from trading.engine.venue cimport Venue
from trading.engine.words cimport FAILED, i128

cdef long long turn(Venue venue, long long account, Step step) except? FAILED
cdef long long begin_day(Fees fees, long long time_ns) except? FAILED
cdef long long day_of(long long time_ns) except? FAILED
cdef long long change(Venue venue) except? FAILED
cdef long long stamp_anew(Fees fees) except? FAILED
@cython.locals(fees=Fees)
cdef long long take_turn(Venue venue, long long account, long long at, Step step) except? FAILED
cdef long long move_group(Venue venue, long long account, long long group_id) except? FAILED
@cython.locals(tier="long long")
cdef long long tier_in_force(Venue venue, long long account) except? FAILED
cdef i128 volume_before(Venue venue, long long at, long long day) except? FAILED
cdef long long bucket_of(long long at, long long day) except? FAILED
cdef long long shift(Venue venue, long long at, long long day) except? FAILED
cdef long long count(
    Venue venue,
    Instrument instrument,
    long long maker_account,
    long long taker_account,
    i128 base_units,
    i128 quote_units,
) except? FAILED
cdef long long add_volume(Venue venue, long long account, i128 units) except? FAILED
@cython.locals(asset=Asset, by=Instrument)
cdef long long find_value(Venue venue, Instrument instrument) except? FAILED
@cython.locals(instrument=Instrument, found=Instrument)
cdef Instrument instrument_for(Venue venue, Asset traded)
@cython.locals(by=Instrument)
cdef i128 value_of(Instrument instrument, i128 base_units, i128 quote_units) except? FAILED
