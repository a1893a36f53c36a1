cimport cython

from trading.engine.order_list cimport OrderList
from trading.engine.step cimport Step
from trading.engine.venue cimport Venue
from trading.engine.words cimport FAILED

cdef long long find_order(
    Venue venue, long long account, long long order_id, long long client_key
) except? FAILED
cdef long long check_open(Venue venue, long long order) except? FAILED
cdef long long cancel_order(
    Venue venue, const char *data, long long at, long long end, Step step
) except? FAILED
@cython.locals(is_requested=bint)
cdef long long cancel_all_orders(
    Venue venue, const char *data, long long at, long long end, Step step
) except? FAILED
@cython.locals(order_list=OrderList)
cdef long long beyond_its_list(Venue venue, long long order) except? FAILED
cdef long long reduce_order(
    Venue venue, const char *data, long long at, long long end, Step step
) except? FAILED
cdef long long expire_order(
    Venue venue, const char *data, long long at, long long end, Step step
) except? FAILED
