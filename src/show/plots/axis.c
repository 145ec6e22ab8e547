/* axis.c - where an axis begins and ends, and its ticks: as many as their texts have room. */
#include "show/plots/figure.h"
#include <math.h>
#include <string.h>

static void add_tick(struct sl_axis *axis, double at, const char *text)
{
    double room = 1e-9 * fabs(axis->high - axis->low);
    if (axis->n == SL_TICKS || at < axis->low - room || at > axis->high + room)
        return;
    axis->at[axis->n] = at;
    snprintf(axis->text[axis->n++], sizeof *axis->text, "%s", text);
}

/* 1, 2 or 5 times a power of ten: the next one above. */
static double nice_above(double step)
{
    double power = pow(10, floor(log10(step)));
    for (int i = 0; i < 3; i++) {
        static const double times[] = {1, 2, 5};
        if (times[i] * power >= step * (1 - 1e-9))
            return times[i] * power;
    }
    return 10 * power;
}

static void print_tick(double value, double step, char *buf, size_t size)
{
    int decimals = step >= 1 ? 0 : (int)ceil(-log10(step) - 1e-9);
    if (fabs(value) < step * 1e-6)
        value = 0;
    if (fabs(value) >= 1e6 || decimals > 7)
        snprintf(buf, size, "%.3g", value);
    else
        snprintf(buf, size, "%.*f", decimals, value);
}

/* Ticks step apart; their texts' greatest width. */
static double put_ticks(struct sl_axis *axis, double step)
{
    double first = ceil(axis->low / step - 1e-9);
    axis->n = 0;
    for (double i = first; i * step <= axis->high + 1e-9 * step && axis->n < SL_TICKS; i++) {
        char text[24];
        print_tick(i * step, step, text, sizeof text);
        add_tick(axis, i * step, text);
    }
    return sl_axis_texts(axis);
}

static void choose_ticks(struct sl_axis *axis, double pixels, int is_x, double least)
{
    double span = axis->high - axis->low, step = nice_above(fmax(span / SL_TICKS, least));
    for (int round = 0; round < 40; round++, step = nice_above(step * 1.5)) {
        double width = put_ticks(axis, step), room = step / span * pixels;
        if (room >= (is_x ? width + 14 : 34) || axis->n < 2)
            return;
    }
}

void sl_axis_linear(struct sl_axis *axis, double low, double high, double floor, double ceiling,
                    double pixels, int is_x)
{
    if (!isfinite(low) || !isfinite(high)) {
        low = isfinite(floor) ? floor : 0;
        high = isfinite(ceiling) ? ceiling : low + 1;
    }
    double pad = high > low ? 0.05 * (high - low) : fmax(fabs(high) * 0.05, 0.005);
    axis->log = 0;
    axis->low = low - pad >= floor || !isfinite(floor) ? low - pad : fmin(low, floor);
    axis->high = high + pad <= ceiling || !isfinite(ceiling) ? high + pad : fmax(high, ceiling);
    if (!(axis->high > axis->low))
        axis->high = axis->low + 1;
    choose_ticks(axis, pixels, is_x, 0);
}

void sl_axis_whole(struct sl_axis *axis, double pixels, int is_x)
{
    choose_ticks(axis, pixels, is_x, 1);
}

void sl_axis_count(struct sl_axis *axis, size_t n, double pixels)
{
    axis->log = 0;
    axis->low = n > 1 ? 1 : 0.5;
    axis->high = n > 1 ? (double)n : 1.5;
    choose_ticks(axis, pixels, 1, 1);
}

void sl_axis_places(struct sl_axis *axis, size_t n, int is_y)
{
    axis->log = axis->n = 0;
    axis->low = is_y ? (double)n - 0.5 : -0.5;
    axis->high = is_y ? -0.5 : (double)n - 0.5;
}

/* 0.001, 1, 10,000, and 10⁻⁵ where that would be long. */
static void print_power(double mantissa, int power, char *buf, size_t size)
{
    static const char *const digits[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
    char exponent[8];
    size_t used = 0;
    if (power >= -3 && power <= 4) {
        snprintf(buf, size, "%.*f", power < 0 ? -power : 0, mantissa * pow(10, power));
        return;
    }
    snprintf(exponent, sizeof exponent, "%d", power);
    if (mantissa != 1)
        used = (size_t)snprintf(buf, size, "%g×", mantissa);
    used += (size_t)snprintf(buf + used, size - used, "10");
    for (const char *c = exponent; *c && used + 4 < size; c++)
        used += (size_t)snprintf(buf + used, size - used, "%s", *c == '-' ? "⁻" : digits[*c - '0']);
}

static int fits(const struct sl_axis *axis, double pixels, int is_x)
{
    for (int i = 1; i < axis->n; i++) {
        double apart =
            fabs(sl_axis_at(axis, axis->at[i], 0, pixels) - sl_axis_at(axis, axis->at[i - 1], 0, pixels));
        double texts =
            (sl_text_pixels(axis->text[i], SL_TEXT) + sl_text_pixels(axis->text[i - 1], SL_TEXT)) / 2;
        if (apart < (is_x ? texts + 12 : 24))
            return 0;
    }
    return 1;
}

/* Powers of ten, every `apart`-th of them, and their multiples. */
static void put_powers(struct sl_axis *axis, const double *times, int n, int apart)
{
    int from = (int)floor(log10(axis->low)), to = (int)ceil(log10(axis->high));
    axis->n = 0;
    for (int power = from; power <= to; power++)
        for (int i = 0; i < n && power % apart == 0; i++) {
            char text[24];
            print_power(times[i], power, text, sizeof text);
            add_tick(axis, times[i] * pow(10, power), text);
        }
}

void sl_axis_log(struct sl_axis *axis, double low, double high, double pixels, int is_x)
{
    static const double all[] = {1, 2, 3, 4, 5, 6, 7, 8, 9}, few[] = {1, 2, 5}, one[] = {1};
    if (!(low > 0) || !isfinite(low) || !isfinite(high)) {
        low = 0.1;
        high = 10;
    }
    double pad = fmax(0.05 * log10(high / low), high > low ? 0.06 : 0.3);
    axis->log = 1;
    axis->low = low * pow(10, -pad);
    axis->high = high * pow(10, pad);
    if (axis->high / axis->low < 8) {
        put_powers(axis, all, 9, 1);
        if (fits(axis, pixels, is_x))
            return;
    }
    put_powers(axis, few, 3, 1);
    for (int apart = 1; !fits(axis, pixels, is_x) && apart < 40; apart++)
        put_powers(axis, one, 1, apart);
    if (axis->n < 2)
        put_powers(axis, few, 3, 1);
    for (int i = axis->n; !fits(axis, pixels, is_x) && i-- > 1;)
        axis->n = i;
}

double sl_axis_at(const struct sl_axis *axis, double value, double from, double to)
{
    double low = axis->low, high = axis->high;
    if (axis->log) {
        value = log10(value);
        low = log10(low);
        high = log10(high);
    }
    return from + (value - low) / (high - low) * (to - from);
}

double sl_axis_texts(const struct sl_axis *axis)
{
    double widest = 0;
    for (int i = 0; i < axis->n; i++)
        widest = fmax(widest, sl_text_pixels(axis->text[i], SL_TEXT));
    return widest;
}
