cimport cython

from trading.engine.store cimport Store
from trading.engine.trailing cimport Condition, Trails
from trading.engine.words cimport FAILED, i128

@cython.final
cdef class Asset:
    cdef readonly long long asset_id
    cdef readonly long long index
    cdef readonly long long scale
    cdef readonly bytes code
    cdef readonly long long whole
    cdef readonly i128 supply_units

@cython.final
cdef class Ladder:
    cdef Store store
    cdef bint is_buy
    cdef readonly long long best
    cdef long long _count
    cdef long long _most
    cdef object _room
    cdef long long *_keys

    cdef long long level_at(self, long long ticks) except? FAILED
    cdef long long take(self, long long level, long long order) noexcept
    cdef long long remove(self, long long level) noexcept
    cdef long long _block_of(self, long long key) noexcept
    cdef long long _find(self, long long block, long long key) noexcept
    cdef long long _insert(
        self, long long at, long long block, long long place, long long key, long long level
    ) except? FAILED
    cdef long long _merge(self, long long at) noexcept
    cdef long long _insert_block(self, long long at, long long block, long long key) except? FAILED
    cdef long long _delete_block(self, long long at) noexcept

@cython.final
cdef class Watch:
    cdef readonly long long ticks
    cdef readonly Ladder rising
    cdef readonly Ladder falling
    cdef readonly Trails highs
    cdef readonly Trails lows

    cdef long long follow(self, long long ticks) except? FAILED

@cython.final
cdef class Instrument:
    cdef readonly long long instrument_id
    cdef readonly long long index
    cdef readonly Asset base
    cdef readonly Asset quote
    cdef readonly i128 tick_units
    cdef readonly i128 lot_units
    cdef readonly i128 factor
    cdef readonly long long min_lots
    cdef readonly long long max_lots
    cdef readonly i128 min_notional_units
    cdef readonly i128 max_notional_units
    cdef readonly long long lots_cap
    cdef readonly i128 notional_cap
    cdef readonly long long price_band_bp
    cdef readonly long long maker_ppm
    cdef readonly long long taker_ppm
    cdef readonly long long state
    cdef readonly bytes symbol
    cdef readonly long long last_ticks
    cdef readonly long long reference_ticks
    cdef readonly long long session_ends_ns
    cdef readonly long long reopen_ns
    cdef readonly long long breaker_bp
    cdef readonly long long breaker_window_ns
    cdef readonly long long breaker_halt_ns
    cdef readonly long long breaker_window
    cdef readonly long long breaker_ticks
    cdef readonly long long open_lots
    cdef readonly long long open_orders
    cdef readonly Ladder bids
    cdef readonly Ladder asks
    cdef readonly Ladder rising
    cdef readonly Ladder falling
    cdef readonly Watch last_watch
    cdef readonly Watch mark_watch
    cdef readonly Watch index_watch
    cdef readonly Ladder aside
    cdef readonly Ladder due
    cdef readonly long long waiting_orders
    cdef readonly long long trailing_orders
    cdef readonly long long refreshes
    cdef long long value_rule
    cdef long long valued_at
    cdef Instrument valued_by
    cdef object _rates_room
    cdef long long *rates
    cdef long long rates_known

    cdef Watch watch_of(self, long long source)
    cdef long long price_of(self, long long source) except? FAILED
    @cython.locals(watch=Watch)
    cdef Ladder queue_of(self, long long order_type, bint rises, Condition condition)
    @cython.locals(watch=Watch, trails=Trails)
    cdef long long begin_trailing(
        self, Condition condition, long long order_id, bint is_buy, long long extreme_ticks
    ) except? FAILED
    @cython.locals(watch=Watch, trails=Trails)
    cdef long long stop_trailing(self, Condition condition, bint is_buy) except? FAILED
    cdef long long forget_rates(self, long long classes) except? FAILED

cpdef i128 fee_of(i128 units, long long ppm) except? FAILED
cpdef i128 value_of_units(i128 units, i128 price_units, long long whole) except? FAILED
