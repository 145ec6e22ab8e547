/* winograd_lines.h - one line of Winograd's transforms T X, T written out with what its rows share: part of
 * winograd_tile.h, which says what NAME, TARGET and VECTOR are. */

TARGET SL_INLINE void NAME(input_6)(const VECTOR *d, VECTOR *v)
{
    VECTOR even = d[4] - 4 * d[2], odd = d[3] - 4 * d[1], e = d[4] - d[2], o = d[3] - d[1];
    v[0] = 4 * d[0] + (d[4] - 5 * d[2]);
    v[1] = even + odd;
    v[2] = even - odd;
    v[3] = e + 2 * o;
    v[4] = e - 2 * o;
    v[5] = 4 * d[1] + (d[5] - 5 * d[3]);
}

TARGET SL_INLINE void NAME(input_6_back)(const VECTOR *v, VECTOR *d)
{
    VECTOR p = v[1] + v[2], q = v[1] - v[2], r = v[3] + v[4], s = v[3] - v[4];
    d[0] = 4 * v[0];
    d[1] = 4 * (v[5] - q) - 2 * s;
    d[2] = -5 * v[0] - 4 * p - r;
    d[3] = q + 2 * s - 5 * v[5];
    d[4] = v[0] + p + r;
    d[5] = v[5];
}

TARGET SL_INLINE void NAME(output_6)(const VECTOR *m, VECTOR *y)
{
    VECTOR p = m[1] + m[2], q = m[1] - m[2], r = m[3] + m[4], s = m[3] - m[4];
    y[0] = m[0] + p + r;
    y[1] = q + 2 * s;
    y[2] = p + 4 * r;
    y[3] = q + 8 * s + m[5];
}

TARGET SL_INLINE void NAME(output_6_back)(const VECTOR *y, VECTOR *m)
{
    VECTOR even = y[0] + y[2], odd = y[1] + y[3], e = y[0] + 4 * y[2], o = y[1] + 4 * y[3];
    m[0] = y[0];
    m[1] = even + odd;
    m[2] = even - odd;
    m[3] = e + 2 * o;
    m[4] = e - 2 * o;
    m[5] = y[3];
}

/* The point -1/2 is a factor x + 1/2 of all other rows: these are those of 6 points behind it. */
TARGET SL_INLINE void NAME(input_7)(const VECTOR *d, VECTOR *v)
{
    VECTOR u[6];
    SL_UNROLL
    for (int j = 0; j < 6; j++)
        u[j] = d[j + 1] + 0.5f * d[j];
    NAME(input_6)(u, v);
    v[6] = v[5];
    v[5] = 4 * d[1] + (d[5] - 5 * d[3]);
}

TARGET SL_INLINE void NAME(input_7_back)(const VECTOR *v, VECTOR *d)
{
    const VECTOR six[6] = {v[0], v[1], v[2], v[3], v[4], v[6]};
    VECTOR u[6];
    NAME(input_6_back)(six, u);
    d[0] = 0.5f * u[0];
    d[1] = 0.5f * u[1] + (u[0] + 4 * v[5]);
    d[2] = 0.5f * u[2] + u[1];
    d[3] = 0.5f * u[3] + (u[2] - 5 * v[5]);
    d[4] = 0.5f * u[4] + u[3];
    d[5] = 0.5f * u[5] + (u[4] + v[5]);
    d[6] = u[5];
}

TARGET SL_INLINE void NAME(output_7)(const VECTOR *m, VECTOR *y)
{
    VECTOR p = m[1] + m[2], q = m[1] - m[2], r = m[3] + m[4], s = m[3] - m[4], h = m[5];
    y[0] = m[0] + p + r + h;
    y[1] = q + 2 * s - 0.5f * h;
    y[2] = p + 4 * r + 0.25f * h;
    y[3] = q + 8 * s - 0.125f * h;
    y[4] = p + 16 * r + 0.0625f * h + m[6];
}

TARGET SL_INLINE void NAME(output_7_back)(const VECTOR *y, VECTOR *m)
{
    VECTOR even = y[0] + y[2] + y[4], odd = y[1] + y[3];
    VECTOR e = y[0] + 4 * y[2] + 16 * y[4], o = y[1] + 4 * y[3];
    m[0] = y[0];
    m[1] = even + odd;
    m[2] = even - odd;
    m[3] = e + 2 * o;
    m[4] = e - 2 * o;
    m[5] = y[0] - 0.5f * y[1] + 0.25f * y[2] - 0.125f * y[3] + 0.0625f * y[4];
    m[6] = y[4];
}

TARGET SL_INLINE void NAME(input_5)(const VECTOR *d, VECTOR *v)
{
    VECTOR a = d[3] - d[1], e = d[3] - d[2];
    v[0] = 2 * (d[0] - d[2]) + a;
    v[1] = e - 2 * d[1];
    v[2] = e + 2 * (d[1] - d[2]);
    v[3] = a;
    v[4] = d[4] - d[2] - 2 * a;
}

TARGET SL_INLINE void NAME(input_5_back)(const VECTOR *v, VECTOR *d)
{
    d[0] = 2 * v[0];
    d[1] = 2 * (v[2] + v[4] - v[1]) - v[0] - v[3];
    d[2] = -2 * v[0] - v[1] - 3 * v[2] - v[4];
    d[3] = v[0] + v[1] + v[2] + v[3] - 2 * v[4];
    d[4] = v[4];
}

TARGET SL_INLINE void NAME(output_5)(const VECTOR *m, VECTOR *y)
{
    VECTOR p = m[1] + m[2];
    y[0] = m[0] + p + m[3];
    y[1] = m[1] - m[2] + 2 * m[3];
    y[2] = p + 4 * m[3] + m[4];
}

TARGET SL_INLINE void NAME(output_5_back)(const VECTOR *y, VECTOR *m)
{
    VECTOR even = y[0] + y[2];
    m[0] = y[0];
    m[1] = even + y[1];
    m[2] = even - y[1];
    m[3] = y[0] + 2 * y[1] + 4 * y[2];
    m[4] = y[2];
}

TARGET SL_INLINE void NAME(transform_line)(const enum line line, const VECTOR *in, VECTOR *out)
{
    switch (line) {
    case INPUT_7:
        NAME(input_7)(in, out);
        break;
    case INPUT_7_BACK:
        NAME(input_7_back)(in, out);
        break;
    case OUTPUT_7:
        NAME(output_7)(in, out);
        break;
    case OUTPUT_7_BACK:
        NAME(output_7_back)(in, out);
        break;
    case INPUT_6:
        NAME(input_6)(in, out);
        break;
    case INPUT_6_BACK:
        NAME(input_6_back)(in, out);
        break;
    case OUTPUT_6:
        NAME(output_6)(in, out);
        break;
    case OUTPUT_6_BACK:
        NAME(output_6_back)(in, out);
        break;
    case INPUT_5:
        NAME(input_5)(in, out);
        break;
    case INPUT_5_BACK:
        NAME(input_5_back)(in, out);
        break;
    case OUTPUT_5:
        NAME(output_5)(in, out);
        break;
    case OUTPUT_5_BACK:
        NAME(output_5_back)(in, out);
        break;
    }
}
