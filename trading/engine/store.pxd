cimport cython

from trading.engine.index cimport Index
from trading.engine.words cimport FAILED, i128

@cython.final
cdef class Store:
    cdef object _orders_room
    cdef object _levels_room
    cdef object _blocks_room
    cdef object _accounts_room
    cdef object _volumes_room
    cdef object _parties_room
    cdef object _balances_room
    cdef object _keys_room
    cdef long long *orders
    cdef long long *levels
    cdef long long *blocks
    cdef long long *accounts
    cdef long long *volumes
    cdef long long *parties
    cdef long long *balances
    cdef long long *keys
    cdef long long orders_end
    cdef long long orders_freed
    cdef long long levels_end
    cdef long long levels_freed
    cdef long long blocks_end
    cdef long long blocks_freed
    cdef long long accounts_end
    cdef long long parties_end
    cdef long long balances_end
    cdef Index order_ids
    cdef Index client_keys
    cdef Index account_ids
    cdef readonly list timers
    cdef readonly list cancel_timers

    cdef bint has_room(self) noexcept
    cdef bint has_room_for_list(self) noexcept
    cdef bint has_room_for_account(self) noexcept
    cdef bint has_room_for_party(self) noexcept
    cdef long long new_order(self) noexcept
    cdef long long free_order(self, long long order) noexcept
    cdef long long new_level(self, long long ticks) noexcept
    cdef long long free_level(self, long long level) noexcept
    cdef long long new_block(self) noexcept
    cdef long long free_block(self, long long block) noexcept
    cdef long long new_account(self) noexcept
    cdef long long new_party(self) noexcept
    cdef long long append(self, long long level, long long order) noexcept
    cdef long long unlink(self, long long level, long long order) noexcept
    cdef long long find_balance(self, long long account, long long asset) noexcept
    cdef long long balance(self, long long account, long long asset) noexcept
    cdef long long _new_balance(self, long long account, long long asset) noexcept
    cdef i128 amount_at(self, long long at) noexcept
    cdef i128 booked(self, long long account, long long asset) noexcept
    cdef i128 available(self, long long account, long long asset) noexcept
    cdef long long add_available(self, long long account, long long asset, i128 units) noexcept
    cdef long long add_held(self, long long account, long long asset, i128 units) noexcept
    cdef long long hold(self, long long account, long long asset, i128 units) noexcept
    cdef long long _add(self, long long at, i128 units) noexcept
