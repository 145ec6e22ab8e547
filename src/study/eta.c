/* eta.c - estimates, scaled by how far those of the trials that have ended were off.
 *
 * A scale from few trials says little: what has ended counts beside a fifth of the whole that ran as
 * estimated.  The time since a trial last ended is taken off what is left, but never more than is there. */
#include "study/eta.h"
#include <math.h>

static const double prior = 0.2, least = 0.02; /* shares */

double sl_eta_left(const struct sl_eta *eta)
{
    const double whole = eta->done + eta->rest, width = eta->width > 1 ? eta->width : 1;
    if (!(whole > 0) || !isfinite(whole))
        return eta->rest == 0 ? 0 : NAN;
    const double believed = prior * whole;
    const double scale = (eta->told * width * (eta->done > 0) + believed) / (eta->done + believed);
    const double left = eta->rest * scale / width;
    return fmax(left - (eta->elapsed - eta->told), least * left);
}
