# What words.py means, in a few instructions each.

cdef extern from *:
    """
    #include <string.h>
    typedef __int128 marque_i128;
    #define MARQUE_OVER ((((__int128)0x7fffffffffffffffLL) << 64) | 0xffffffffffffffffULL)

    static inline long long marque_word(const char *data, long long at) {
        long long value;
        memcpy(&value, data + at, 8);
        return value;
    }
    static inline long long marque_half(const char *data, long long at) {
        unsigned int value;
        memcpy(&value, data + at, 4);
        return value;
    }
    /* Word by word: what was just written word by word is not handed on to wider reads,
       which would wait until all writes before have reached the cache. */
    static inline void marque_copy_word(long long *target, const char *source) {
        long long value;
        memcpy(&value, source, 8);
        __asm__("" : "+r"(value));
        memcpy(target, &value, 8);
    }
    static inline void marque_copy_four(long long *target, const char *source) {
        marque_copy_word(target, source);
        marque_copy_word(target + 1, source + 8);
        marque_copy_word(target + 2, source + 16);
        marque_copy_word(target + 3, source + 24);
    }
    /* Few words as a rule: a call would cost more than they do. By fours, of which the last may
       lie over the one before: that leaves fewer ways to go on, none of which can be guessed. */
    static inline void marque_copy(long long *target, const char *source, long long count) {
        if (count > 64) {
            memcpy(target, source, count * 8);
            return;
        }
        if (count >= 4) {
            long long *last = target + (count - 4);
            const char *source_of_last = source + (count - 4) * 8;
            while (target < last) {
                marque_copy_four(target, source);
                target += 4;
                source += 32;
            }
            marque_copy_four(last, source_of_last);
            return;
        }
        while (count-- > 0) {
            marque_copy_word(target++, source);
            source += 8;
        }
    }
    static inline long long marque_step(long long one, long long other, long long step) {
        return -(long long)(one < other) & step;
    }
    static inline marque_i128 marque_amount(const char *data, long long at, long long end) {
        marque_i128 value = 0;
        if (at < end)
            memcpy(&value, data + at, end - at < 16 ? 8 : 16);
        return value;
    }
    static __attribute__((noinline, cold)) marque_i128 marque_times_wide(
        marque_i128 one, marque_i128 other
    ) {
        marque_i128 product;
        return __builtin_mul_overflow(one, other, &product) ? MARQUE_OVER : product;
    }
    /* Two words, as nearly always: one multiplication, which cannot overflow. */
    static inline marque_i128 marque_times(marque_i128 one, marque_i128 other) {
        if (__builtin_expect((long long)one == one && (long long)other == other, 1))
            return (marque_i128)(long long)one * (long long)other;
        return marque_times_wide(one, other);
    }
    static inline marque_i128 marque_added(marque_i128 one, marque_i128 other) {
        marque_i128 sum;
        return __builtin_add_overflow(one, other, &sum) ? MARQUE_OVER : sum;
    }
    static inline marque_i128 marque_fee(marque_i128 amount, long long ppm) {
        if (ppm == 0)
            return 0;
        if (amount >= 0 && (amount >> 63) == 0) {
            unsigned long long small = (unsigned long long)amount;
            unsigned long long whole = small / 1000000ULL, part = small % 1000000ULL;
            return (marque_i128)(whole * (unsigned long long)ppm)
                + (marque_i128)((part * (unsigned long long)ppm + 999999ULL) / 1000000ULL);
        }
        return amount / 1000000 * ppm
            + (amount % 1000000 * ppm + 999999) / 1000000;
    }
    static inline marque_i128 marque_valued(
        marque_i128 amount, marque_i128 price, long long whole
    ) {
        marque_i128 product;
        if (!__builtin_mul_overflow(amount, price, &product))
            return (product >> 63) == 0
                ? (marque_i128)((unsigned long long)product / (unsigned long long)whole)
                : product / whole;
        /* In parts: whole is below 2**60, so the last product fits. */
        marque_i128 rest = amount % whole;
        return marque_added(
            marque_added(marque_times(amount / whole, price), marque_times(rest, price / whole)),
            rest * (price % whole) / whole
        );
    }
    static inline long long marque_affordable(
        marque_i128 budget, marque_i128 price, long long most
    ) {
        marque_i128 lots;
        if ((budget >> 63) == 0 && (price >> 63) == 0)
            lots = (unsigned long long)budget / (unsigned long long)price;
        else
            lots = budget / price;
        return lots > most ? most : (long long)lots;
    }
    static inline long long *marque_pointer(PyObject *room) {
        Py_buffer buffer;
        if (PyObject_GetBuffer(room, &buffer, PyBUF_WRITABLE) < 0)
            return 0;
        long long *words = (long long *)buffer.buf;
        PyBuffer_Release(&buffer);
        return words;
    }
    """
    ctypedef long long i128 "marque_i128"
    i128 OVER "MARQUE_OVER"
    # What a function that raises an exception returns; it may mean itself as well.
    enum: FAILED "(-1)"
    long long MASK_16 "0xffffLL"
    long long MASK_31 "0x7fffffffLL"
    long long MASK_32 "0xffffffffLL"
    enum: FETCHES "1"
    long long MASK_62 "0x3fffffffffffffffLL"
    long long MASK_63 "0x7fffffffffffffffLL"
    long long word "marque_word"(const char *data, long long at) noexcept
    long long step_if_less "marque_step"(long long one, long long other, long long step) noexcept
    long long marque_half(const char *data, long long at) noexcept
    i128 amount "marque_amount"(const char *data, long long at, long long end) noexcept
    i128 marque_times(i128 one, i128 other) noexcept
    i128 added "marque_added"(i128 one, i128 other) noexcept
    i128 fee_units "marque_fee"(i128 amount, long long ppm) noexcept
    i128 valued "marque_valued"(i128 amount, i128 price, long long whole) noexcept
    long long affordable "marque_affordable"(i128 budget, i128 price, long long most) noexcept
    long long *marque_pointer(object room) except NULL
    void marque_copy(long long *target, const char *source, long long count) noexcept
    void marque_prefetch "__builtin_prefetch"(const void *place) noexcept
    int memcmp(const void *one, const void *other, size_t size) noexcept
    void *memmove(void *target, const void *source, size_t size) noexcept


cdef inline long long *pointer(object room) except NULL:
    return marque_pointer(room)


cdef inline long long field(const char *data, long long at, long long end) noexcept:
    return word(data, at) if at < end else 0


cdef inline long long half(const char *data, long long at, long long end) noexcept:
    return marque_half(data, at) if at < end else 0


cdef inline long long octet(const char *data, long long at, long long end) noexcept:
    return <unsigned char>data[at] if at < end else 0


cdef inline long long copy_words(
    long long *words, long long place, const char *data, long long at, long long count
) noexcept:
    marque_copy(words + place, data + at, count)
    return place + count


cdef inline long long transfer_words(
    long long *target, long long place, long long *source, long long start, long long count
) noexcept:
    marque_copy(target + place, <const char *>(source + start), count)
    return place + count


cdef inline bint same_words(
    long long *words, const char *data, long long at, long long count
) noexcept:
    return memcmp(words, data + at, count * 8) == 0


cdef inline long long move_words(
    long long *target, long long place, long long *source, long long start, long long count
) noexcept:
    memmove(target + place, source + start, count * 8)
    return place + count


cdef inline long long touch(long long *words, long long place) noexcept:
    marque_prefetch(words + place)
    return 0


cdef inline i128 wide(long long value) noexcept:
    return <i128>value


cdef inline long long low(i128 value) noexcept:
    return <long long>value


cdef inline long long high(i128 value) noexcept:
    return <long long>(value >> 64)


cdef inline i128 join(long long lower, long long upper) noexcept:
    return (<i128>upper << 64) | <unsigned long long>lower


cdef inline i128 units_of(long long lots, i128 lot_units) noexcept:
    return marque_times(lots, lot_units)


cdef inline i128 notional(long long lots, long long ticks, i128 factor) noexcept:
    return marque_times(<i128>lots * ticks, factor)


cdef inline long long min_of(long long one, long long other) noexcept:
    return one if one < other else other


cdef inline bint beyond(long long ticks, long long limit_ticks, bint is_buy) noexcept:
    return ticks > limit_ticks if is_buy else ticks < limit_ticks


cdef inline object exact(i128 value):
    return value


cdef inline bytes text(const char *data, long long at, long long end, long long width):
    cdef bytes found = data[at:min(end, at + width)] if at < end else b""
    return found.ljust(width, b"\0")
