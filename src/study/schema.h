/* schema.h - the store's tables, and how those of an older version become today's. */
#ifndef SL_STUDY_SCHEMA_H
#define SL_STUDY_SCHEMA_H

#include "study/db.h"

enum { SL_STORE_APPLICATION = 0x53484c54 /* "SHLT" */, SL_STORE_VERSION = 6, SL_STORE_OLDEST = 1 };

/* Makes the tables of an empty database, inside a transaction. */
int sl_schema_make(struct sl_db *db, struct sl_error *err);
/* From an older version's, inside a transaction, and without foreign keys: nothing that it holds is lost, and
 * keys stay. */
int sl_schema_upgrade(struct sl_db *db, int64_t from, struct sl_error *err);

#endif
