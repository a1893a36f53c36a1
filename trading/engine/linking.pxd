cimport cython

from trading.engine.order_list cimport OrderList
from trading.engine.step cimport Step
from trading.engine.venue cimport Venue
from trading.engine.words cimport FAILED

cdef long long enlist(Venue venue, long long order_id, OrderList order_list) except? FAILED
@cython.locals(order_list=OrderList)
cdef long long unlist(Venue venue, long long order_id) except? FAILED
cdef OrderList list_of(Venue venue, long long order_id)
@cython.locals(order_list=OrderList, order_id="long long")
cdef OrderList find_list(Venue venue, long long account, long long list_id, long long client_key)
cdef bint is_open(Venue venue, long long order) except -1
@cython.locals(order_list=OrderList, position="long long")
cdef bint is_linked(Venue venue, long long order) except -1
@cython.locals(order_list=OrderList)
cdef long long end_partner(Venue venue, long long order, Step step) except? FAILED
cdef long long end_leg(
    Venue venue, OrderList order_list, long long position, long long by_order_id, Step step
) except? FAILED
@cython.locals(
    order_list=OrderList, is_filled=bint, ended_by_another=bint, following="long long"
)
cdef long long close_leg(Venue venue, long long order, Step step) except? FAILED
