/* shortlist.h - all of the library.
 *
 * It reads numbers with a point in every locale, and writes them as printf does: a program that has called
 * setlocale leaves LC_NUMERIC at "C", or files and tables that it makes have commas in their numbers. */
#ifndef SHORTLIST_SHORTLIST_H
#define SHORTLIST_SHORTLIST_H

#include <shortlist/audit.h>
#include <shortlist/calibration.h>
#include <shortlist/classifier.h>
#include <shortlist/cpu.h>
#include <shortlist/dataset.h>
#include <shortlist/diff.h>
#include <shortlist/embed.h>
#include <shortlist/encoding.h>
#include <shortlist/ensemble.h>
#include <shortlist/error.h>
#include <shortlist/errors.h>
#include <shortlist/estimate.h>
#include <shortlist/experiment.h>
#include <shortlist/explain.h>
#include <shortlist/figures.h>
#include <shortlist/measures.h>
#include <shortlist/metrics.h>
#include <shortlist/model.h>
#include <shortlist/network.h>
#include <shortlist/outcome.h>
#include <shortlist/pack.h>
#include <shortlist/param.h>
#include <shortlist/pictures.h>
#include <shortlist/plan.h>
#include <shortlist/plot.h>
#include <shortlist/report.h>
#include <shortlist/rng.h>
#include <shortlist/robustness.h>
#include <shortlist/run.h>
#include <shortlist/scaling.h>
#include <shortlist/scores.h>
#include <shortlist/search.h>
#include <shortlist/show.h>
#include <shortlist/spent.h>
#include <shortlist/split.h>
#include <shortlist/study.h>
#include <shortlist/text.h>
#include <shortlist/version.h>
#include <shortlist/view.h>
#include <shortlist/warnings.h>

#endif
