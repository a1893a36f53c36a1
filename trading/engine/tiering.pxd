cimport cython

from trading.engine.book cimport Asset
from trading.engine.fees cimport Fees
from trading.engine.step cimport Step
from trading.engine.venue cimport Venue
from trading.engine.words cimport FAILED, i128

@cython.locals(asset=Asset, fees=Fees)
cdef long long set_valuation(
    Venue venue, const char *data, long long at, long long end, Step step
) except? FAILED
cdef long long forget_volume(Venue venue, long long account) except? FAILED
@cython.locals(
    fees=Fees,
    ladder=list,
    ended=bint,
    number="long long",
    from_units=i128,
    maker_ppm="long long",
    taker_ppm="long long",
)
cdef long long set_fee_tiers(
    Venue venue, const char *data, long long at, long long end, Step step
) except? FAILED
cdef long long query_fee_tier(
    Venue venue, const char *data, long long at, long long end, Step step
) except? FAILED
@cython.locals(fees=Fees, volume=i128)
cdef long long write_tier_row(Venue venue, long long account, Step step) except? FAILED
@cython.locals(asset=Asset)
cdef long long asset_id_of(Venue venue) except? FAILED
