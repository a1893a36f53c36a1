cimport cython

from trading.engine.fees cimport Fees
from trading.engine.reading cimport Reader
from trading.engine.venue cimport Venue
from trading.engine.words cimport FAILED, i128

@cython.locals(fees=Fees, asset_id="long long", account_id="long long")
cdef long long load_fees(Venue venue, Reader reader) except? FAILED
@cython.locals(ladder=list, from_units=i128)
cdef long long load_ladder_of_fees(Venue venue, Reader reader) except? FAILED
@cython.locals(today=i128, units=i128)
cdef long long load_volume(Venue venue, long long account, Reader reader) except? FAILED
