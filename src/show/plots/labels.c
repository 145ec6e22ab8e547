/* labels.c - places labels beside their points so that they keep off points, error bars, the frame and
 * each other.
 *
 * Each label has a few places around its point; greedily, then in sweeps that let every label move again,
 * it takes the place with the least overlap (area in pixels, plus a small price for the less usual places).
 * A label that stands on another one, on a point or on the interval of another row wherever it stands is left
 * out.
 * Cost: O(n^2) for n labels, a few rounds. */
#include "show/plots/plot.h"
#include <math.h>

static const double line_height = 18, point = 5, gap = 9, bar = 5, end = 3; /* pixels */

static const struct place {
    int side;      /* as in struct sl_label */
    double dx, dy; /* of the anchor, in gaps and lines */
    double price;
    int beyond; /* 1: above the error bar, -1: below it, 0: beside the point */
} places[] = {
    {1, 1, 0, 0, 0},        {-1, -1, 0, 2, 0},       {0, 0, 1, 4, 0},        {0, 0, -1, 4, 0},
    {1, 0.9, 0.75, 5, 0},   {1, 0.9, -0.75, 5, 0},   {-1, -0.9, 0.75, 6, 0}, {-1, -0.9, -0.75, 6, 0},
    {0, 0, 0.8, 8, 1},      {0, 0, -0.8, 8, -1},     {1, 0.9, 1.5, 30, 0},   {1, 0.9, -1.5, 30, 0},
    {-1, -0.9, 1.5, 30, 0}, {-1, -0.9, -1.5, 30, 0},
};
enum { N_PLACES = sizeof places / sizeof *places, ROUNDS = 4, MOST = 200 };

static double anchor_y(const struct sl_label *label, const struct place *place)
{
    double from = place->beyond > 0 ? label->high : place->beyond < 0 ? label->low : label->y;
    return from + place->dy * line_height;
}

static struct sl_box box_at(const struct sl_label *label, const struct place *place)
{
    double x = label->x + place->dx * gap, y = anchor_y(label, place),
           w = sl_text_pixels(label->text, SL_TEXT);
    struct sl_box box = {x, y - line_height / 2, x, y + line_height / 2};
    box.left -= place->side < 0 ? w : place->side == 0 ? w / 2 : 0;
    box.right += place->side > 0 ? w : place->side == 0 ? w / 2 : 0;
    return box;
}

static double overlap(struct sl_box a, struct sl_box b)
{
    double w = (a.right < b.right ? a.right : b.right) - (a.left > b.left ? a.left : b.left);
    double h = (a.top < b.top ? a.top : b.top) - (a.bottom > b.bottom ? a.bottom : b.bottom);
    return w > 0 && h > 0 ? w * h : 0;
}

static double area(struct sl_box a)
{
    return (a.right - a.left) * (a.top - a.bottom);
}

struct scene {
    const struct sl_label *labels; /* (n) */
    size_t n;
    const struct sl_box *obstacles; /* (m) */
    size_t m;
    double width, height;
    int taken[MOST]; /* (n): the place that label stands at, or -1 */
};

static double cost(const struct scene *scene, size_t i, const struct place *place)
{
    struct sl_box box = box_at(&scene->labels[i], place), frame = {2, 2, scene->width - 2, scene->height - 2};
    double sum = 4 * (area(box) - overlap(box, frame));
    for (size_t j = 0; j < scene->n; j++) {
        const struct sl_label *other = &scene->labels[j];
        struct sl_box dot = {other->x - point, other->y - point, other->x + point, other->y + point};
        struct sl_box stem = {other->x - bar, other->low - end, other->x + bar, other->high + end};
        sum += 3 * overlap(box, dot) + (j == i ? 1 : 3) * overlap(box, stem);
        if (j != i && scene->taken[j] >= 0)
            sum += 3 * overlap(box, box_at(other, &places[scene->taken[j]]));
    }
    for (size_t j = 0; j < scene->m; j++)
        sum += overlap(box, scene->obstacles[j]);
    return sum;
}

static int best_place(const struct scene *scene, size_t i)
{
    int best = 0;
    double least = INFINITY;
    for (int p = 0; p < N_PLACES; p++) {
        double here = cost(scene, i, &places[p]) + places[p].price;
        if (here < least) {
            least = here;
            best = p;
        }
    }
    return best;
}

void sl_labels_place(struct sl_label *labels, size_t n, const struct sl_box *obstacles, size_t m,
                     double width, double height)
{
    struct scene scene = {labels, n < MOST ? n : MOST, obstacles, m, width, height, {0}};
    for (size_t i = MOST; i < n; i++)
        labels[i].shown = 0;
    for (size_t i = 0; i < scene.n; i++)
        scene.taken[i] = -1;
    for (int round = 0; round < ROUNDS; round++)
        for (size_t i = 0; i < scene.n; i++)
            if (labels[i].shown)
                scene.taken[i] = best_place(&scene, i);
    for (size_t i = 0; i < scene.n; i++) {
        if (scene.taken[i] < 0)
            continue;
        const struct place *place = &places[scene.taken[i]];
        labels[i].at_x = labels[i].x + place->dx * gap;
        labels[i].at_y = anchor_y(&labels[i], place);
        labels[i].side = place->side;
        if (cost(&scene, i, place) > 0.15 * area(box_at(&labels[i], place))) {
            labels[i].shown = 0;
            scene.taken[i] = -1;
        }
    }
}
