/* member_calls.c - which members of a group are fitted by one call.
 *
 * Nested members count as one.  Those that one call may fit are dealt to as many calls as there are threads,
 * unless there are such companies enough for all threads, and to calls of eight at most: more gain nothing,
 * and leave the caches.  They are dealt in turn, so that the values of a sweep, of which one end takes longer
 * than the other, come out about even. */
#include "linear/member_calls.h"
#include "core/memory.h"

enum { ENOUGH = 4 /* companies a thread */, MOST = 8 /* of a call */ };

/* Where a member goes. */
struct place {
    size_t member;
    size_t company, number; /* its company, and its number there, the same for nested members */
    size_t call;
    int leads; /* the first of its number: others are compared with it */
};

struct company {
    size_t n, calls, before; /* numbers; calls, and those of the companies before it */
};

/* Finds the company of member m among the members before it, places (m). */
static void find_company(const struct sl_group *group, const struct sl_members_way *way, struct place *places,
                         size_t m, struct company *companies, size_t *n_companies)
{
    struct place *own = &places[m];
    *own = (struct place){.member = m, .company = *n_companies, .leads = 1};
    for (size_t e = 0; way->company && e < m && own->leads; e++) {
        if (!places[e].leads || group->members[e].part != group->members[m].part)
            continue;
        const enum sl_company found = way->company(way->arg, e, m);
        if (found != SL_ALONE)
            own->company = places[e].company;
        if (found == SL_NESTED) {
            own->number = places[e].number;
            own->leads = 0;
        }
    }
    if (own->company == *n_companies)
        companies[(*n_companies)++] = (struct company){0};
    if (own->leads)
        own->number = companies[own->company].n++;
}

/* Calls of each company. */
static void count_calls(struct company *companies, size_t n, size_t threads)
{
    size_t all = 0;
    for (size_t c = 0; c < n; c++) {
        struct company *company = &companies[c];
        const size_t least = (company->n + MOST - 1) / MOST, wanted = n >= ENOUGH * threads ? 1 : threads;
        const size_t calls = least > wanted ? least : wanted;
        company->before = all;
        company->calls = calls < company->n ? calls : company->n;
        all += company->calls;
    }
}

static int by_call(const void *va, const void *vb)
{
    const struct place *a = va, *b = vb;
    if (a->call != b->call)
        return a->call < b->call ? -1 : 1;
    if (a->number != b->number)
        return a->number < b->number ? -1 : 1;
    return a->member < b->member ? -1 : a->member > b->member;
}

static void list_calls(struct sl_member_calls *calls, struct place *places, size_t n)
{
    qsort(places, n, sizeof *places, by_call);
    calls->n = 0;
    for (size_t i = 0; i < n; i++) {
        calls->member[i] = places[i].member;
        if (i == 0 || places[i].call != places[i - 1].call)
            calls->first[calls->n++] = i;
    }
    calls->first[calls->n] = n;
}

int sl_member_calls_make(struct sl_member_calls *calls, const struct sl_group *group,
                         const struct sl_members_way *way, int threads)
{
    const size_t n = group->n_members;
    struct place *places = sl_alloc(n, sizeof *places);
    struct company *companies = sl_alloc(n, sizeof *companies);
    size_t n_companies = 0;
    *calls = (struct sl_member_calls){sl_alloc(n, sizeof *calls->member),
                                      sl_alloc(n + 1, sizeof *calls->first), 0};
    const int ok = places && companies && calls->member && calls->first;
    for (size_t m = 0; ok && m < n; m++)
        find_company(group, way, places, m, companies, &n_companies);
    if (ok) {
        count_calls(companies, n_companies, (size_t)threads);
        for (size_t m = 0; m < n; m++) {
            const struct company *company = &companies[places[m].company];
            places[m].call = company->before + places[m].number % company->calls;
        }
        list_calls(calls, places, n);
    }
    free(places);
    free(companies);
    return ok;
}

void sl_member_calls_release(struct sl_member_calls *calls)
{
    free(calls->member);
    free(calls->first);
}
