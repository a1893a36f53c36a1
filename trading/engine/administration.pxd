from trading.engine.book cimport Asset, Instrument
from trading.engine.step cimport Step
from trading.engine.venue cimport Venue
from trading.engine.words cimport FAILED, i128

cdef long long create_asset(
    Venue venue, const char *data, long long at, long long end, Step step
) except? FAILED
cdef long long create_instrument(
    Venue venue, const char *data, long long at, long long end, Step step
) except? FAILED
cdef long long change_instrument(
    Venue venue, const char *data, long long at, long long end, Step step
) except? FAILED
cdef long long set_instrument_state(
    Venue venue, const char *data, long long at, long long end, Step step
) except? FAILED
cdef long long set_reference_price(
    Venue venue, const char *data, long long at, long long end, Step step
) except? FAILED
cdef long long set_fees(
    Venue venue, const char *data, long long at, long long end, Step step
) except? FAILED
cdef long long create_account(
    Venue venue, const char *data, long long at, long long end, Step step
) except? FAILED
cdef long long change_account(
    Venue venue, const char *data, long long at, long long end, Step step
) except? FAILED
cdef long long credit_funds(
    Venue venue, const char *data, long long at, long long end, Step step
) except? FAILED
cdef long long debit_funds(
    Venue venue, const char *data, long long at, long long end, Step step
) except? FAILED
cdef Asset asset_of(Venue venue, object asset_id)
cdef Asset find_asset(Venue venue, object asset_id)
cdef bint is_id(long long number) except -1
cdef long long check_rules(Venue venue, const char *data, long long at, long long end) except? FAILED
cdef long long set_rules(Instrument instrument, const char *data, long long at, long long end) except? FAILED
cdef long long derive_rules(Instrument instrument) except? FAILED
cdef object notional_factor(object tick_units, object lot_units, object base_scale)
cdef bint is_fee(long long ppm) except -1
cdef long long write_instrument(Instrument instrument, bint is_change, Step step) except? FAILED
cdef bint is_account_state(long long state) except -1
