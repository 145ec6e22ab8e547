/* synthetic.c - a small image data set drawn by formula, for tests and for machines without the real one.
 *
 * Ten shapes on 28 x 28 grey pixels, each at a random place, size, turn, stroke width and brightness, on
 * a sloping background, under noise.  Image i of a part depends on (seed, part, i) only: a larger set
 * begins with the rows of a smaller one.  Only +, -, *, / and square roots are used, which round the
 * same everywhere.  Cost: O(n d). */
#include "core/memory.h"
#include "core/text.h"
#include "readers/readers.h"
#include <math.h>
#include <shortlist/rng.h>
#include <stdio.h>
#include <string.h>

enum { SIDE = 28, PIXELS = SIDE * SIDE, CLASSES = 10, DEFAULT_N = 2000, MAX_N = 1000000 };

static const char *const class_names[CLASSES] = {
    "disc", "ring", "square", "frame", "triangle", "plus", "cross", "stripes", "bars", "arrow",
};

/* How one image is drawn: all that is random about it but the noise. */
struct pose {
    float x, y;                     /* of the centre, in pixels */
    float radius;                   /* pixels */
    float cosine, sine;             /* turn */
    float stroke;                   /* half the width of a line, in units of the radius */
    float brightness;               /* of the shape, grey levels */
    float ground, slope_x, slope_y; /* background: grey level, change a pixel */
};

static float between(struct sl_rng *rng, float low, float high)
{
    return low + (high - low) * (float)sl_rng_uniform(rng);
}

static struct pose draw_pose(struct sl_rng *rng)
{
    struct pose pose = {
        .x = between(rng, 10.5f, 16.5f),
        .y = between(rng, 10.5f, 16.5f),
        .radius = between(rng, 6.5f, 11.0f),
        .stroke = between(rng, 0.14f, 0.26f),
        .brightness = between(rng, 70.0f, 190.0f),
        .ground = between(rng, 10.0f, 60.0f),
        .slope_x = between(rng, -1.5f, 1.5f),
        .slope_y = between(rng, -1.5f, 1.5f),
    };
    float turn = between(rng, -0.25f, 0.25f); /* tangent of the angle */
    pose.cosine = 1.0f / sqrtf(1.0f + turn * turn);
    pose.sine = turn * pose.cosine;
    return pose;
}

/* Signed distances, in units of the radius: negative inside. */

static float box(float u, float v, float half_width, float half_height)
{
    return fmaxf(fabsf(u) - half_width, fabsf(v) - half_height);
}

static float triangle(float u, float v)
{
    /* Apex up at (0, -1), base at v = 0.8; the sides have slope 2. */
    return fmaxf(v - 0.8f, (2.0f * fabsf(u) - v - 1.0f) / sqrtf(5.0f));
}

static float shape_distance(int label, float u, float v, float stroke)
{
    const float half_root = sqrtf(0.5f);
    switch (label) {
    case 0:
        return sqrtf(u * u + v * v) - 0.9f;
    case 1:
        return fabsf(sqrtf(u * u + v * v) - 0.75f) - stroke;
    case 2:
        return box(u, v, 0.8f, 0.8f);
    case 3:
        return fabsf(box(u, v, 0.7f, 0.7f)) - stroke;
    case 4:
        return triangle(u, v);
    case 5:
        return fminf(box(u, v, stroke, 0.95f), box(u, v, 0.95f, stroke));
    case 6:
        return fminf(box((u + v) * half_root, (u - v) * half_root, stroke, 1.0f),
                     box((u + v) * half_root, (u - v) * half_root, 1.0f, stroke));
    case 7:
        return box(u, fabsf(v) - 0.55f, 0.9f, stroke);
    case 8:
        return box(fabsf(u) - 0.55f, v, stroke, 0.9f);
    default: /* a shaft and two barbs */
        return fminf(box(u, v, stroke * 0.8f, 0.95f),
                     fmaxf(fabsf(fabsf(u) - v - 0.9f) * half_root - stroke, box(u, v, 0.8f, 0.95f)));
    }
}

/* Two nearly normal numbers of mean 0 and standard deviation 1 a call: sums of four bytes. */
static void draw_noise(struct sl_rng *rng, float noise[2])
{
    uint64_t bits = sl_rng_bits(rng);
    for (int i = 0; i < 2; i++) {
        int sum = 0;
        for (int j = 0; j < 4; j++, bits >>= 8)
            sum += (int)(bits & 255);
        noise[i] = ((float)sum - 510.0f) / 147.8f; /* sqrt(4 (256^2 - 1) / 12) */
    }
}

static void draw_image(int label, struct sl_rng *rng, uint8_t *image /* (28, 28) */)
{
    const float noise_level = 22.0f;
    struct pose pose = draw_pose(rng);
    float noise[2] = {0};
    for (int i = 0; i < PIXELS; i++) {
        float dx = (float)(i % SIDE) - pose.x, dy = (float)(i / SIDE) - pose.y;
        float u = (pose.cosine * dx + pose.sine * dy) / pose.radius;
        float v = (pose.cosine * dy - pose.sine * dx) / pose.radius;
        /* The edge is one pixel wide. */
        float cover = 0.5f - pose.radius * shape_distance(label, u, v, pose.stroke);
        cover = fminf(fmaxf(cover, 0.0f), 1.0f);
        if (i % 2 == 0)
            draw_noise(rng, noise);
        float grey = pose.ground + pose.slope_x * dx + pose.slope_y * dy + pose.brightness * cover +
                     noise_level * noise[i % 2];
        image[i] = (uint8_t)(fminf(fmaxf(grey, 0.0f), 255.0f) + 0.5f);
    }
}

static int bad_spec(const char *spec, struct sl_error *err)
{
    return sl_fail(err, SL_EUSAGE,
                   "%s: expected synthetic[:N[:SEED]] with N from %d to %d and SEED a whole number from 0",
                   spec, 5 * CLASSES, MAX_N);
}

static int parse_spec(const char *spec, size_t *n, uint64_t *seed, struct sl_error *err)
{
    char text[64];
    long value;
    *n = DEFAULT_N;
    *seed = 0;
    const char *colon = strchr(spec, ':');
    if (!colon)
        return SL_OK;
    if (snprintf(text, sizeof text, "%s", colon + 1) >= (int)sizeof text)
        return bad_spec(spec, err);
    char *second = strchr(text, ':');
    if (second)
        *second++ = 0;
    if (sl_parse_long(text, &value) != 0 || value < 5 * CLASSES || value > MAX_N)
        return bad_spec(spec, err);
    *n = (size_t)value;
    if (second && (sl_parse_long(second, &value) != 0 || value < 0))
        return bad_spec(spec, err);
    if (second)
        *seed = (uint64_t)value;
    return SL_OK;
}

/* The classes come in turns of ten, each turn in an order of its own: balanced from the first row. */
static void draw_labels(struct sl_rng *order, size_t n, int32_t *y)
{
    uint32_t turn[CLASSES];
    for (size_t i = 0; i < n; i++) {
        if (i % CLASSES == 0) {
            for (uint32_t c = 0; c < CLASSES; c++)
                turn[c] = c;
            sl_rng_shuffle(order, turn, CLASSES);
        }
        y[i] = (int32_t)turn[i % CLASSES];
    }
}

static int draw(struct sl_rng *rng, size_t n, uint8_t *x, int32_t *y, struct sl_error *err)
{
    struct sl_rng *order = sl_rng_split(rng, UINT64_MAX);
    if (!order)
        return sl_fail_memory(err);
    draw_labels(order, n, y);
    sl_rng_free(order);
    for (size_t i = 0; i < n; i++) {
        struct sl_rng *own = sl_rng_split(rng, i);
        if (!own)
            return sl_fail_memory(err);
        draw_image(y[i], own, x + i * PIXELS);
        sl_rng_free(own);
    }
    return SL_OK;
}

static int same_classes(const struct sl_dataset *like)
{
    for (int c = 0; c < CLASSES && like->view.k == CLASSES; c++) {
        if (strcmp(like->classes[c], class_names[c]) != 0)
            return 0;
    }
    return like->view.k == CLASSES;
}

int sl_synthetic_make(const char *spec, enum sl_part part, const struct sl_dataset *like,
                      struct sl_dataset **out, struct sl_error *err)
{
    size_t n;
    uint64_t seed;
    *out = NULL;
    int code = parse_spec(spec, &n, &seed, err);
    if (code)
        return code;
    if (like && !same_classes(like))
        return sl_fail(err, SL_EDATA, "%s: its classes are not those of %s", spec, like->name);
    if (part == SL_PART_TEST)
        n /= 5;
    struct sl_rng *rng = sl_rng_new(seed, part == SL_PART_TEST ? "synthetic test" : "synthetic train");
    uint8_t *x = sl_alloc(n, PIXELS);
    int32_t *y = sl_alloc(n, sizeof *y);
    code = rng && x && y ? draw(rng, n, x, y, err) : sl_fail_memory(err);
    sl_rng_free(rng);
    if (code) {
        free(x);
        free(y);
        return code;
    }
    struct sl_view view = {
        .dtype = SL_U8, .n = n, .d = PIXELS, .x = x, .y = y, .k = CLASSES, .image = {SIDE, SIDE, 1}};
    return sl_dataset_adopt(&view, spec, class_names, NULL, out, err);
}
