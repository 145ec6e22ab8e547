/* test_store.c - a store that is newer, damaged, of something else, or in the way: one clear refusal, and
 * nothing lost. */
#include "faults/studies.h"
#include <sys/wait.h>

static void refuses_a_newer_store(void **state)
{
    (void)state;
    make_store();
    execute("PRAGMA user_version = 1000");
    check_store_refused(SL_EDATA,
                        "version 1000, this program's is 6: a newer shortlist wrote it: use that one");
}

/* Predictions of two bytes become those of one only where they are what was written. */
static void an_upgrade_does_not_mend_damage(void **state)
{
    (void)state;
    make_store();
    execute("UPDATE outcome SET predicted = zeroblob(2 * n_validation); PRAGMA user_version = 5");
    struct sl_study *study;
    struct sl_error err;
    assert_int_equal(sl_study_load(out, NULL, &study, &err), SL_EDATA);
    assert_non_null(strstr(err.text, "does not match its checksum"));
}

static void refuses_another_database(void **state)
{
    (void)state;
    assert_int_equal(mkdir(out, 0777), 0);
    execute("CREATE TABLE mine (x)");
    check_store_refused(SL_EDATA, "not a store of shortlist");
}

static void refuses_what_is_no_database(void **state)
{
    (void)state;
    char path[96];
    assert_int_equal(mkdir(out, 0777), 0);
    snprintf(path, sizeof path, "%s/shortlist.db", out);
    FILE *file = fopen(path, "w");
    for (int i = 0; i < 1000; i++)
        fprintf(file, "this is no database, line %d\n", i);
    fclose(file);
    check_store_refused(SL_EDATA, "not a store, or a damaged one");
}

/* Truncated and overwritten stores: an error or a table, never a crash. */
static void survives_a_damaged_store(void **state)
{
    (void)state;
    make_store();
    char path[96];
    struct stat info;
    snprintf(path, sizeof path, "%s/shortlist.db", out);
    assert_int_equal(stat(path, &info), 0);
    char *good = malloc((size_t)info.st_size);
    FILE *file = fopen(path, "r");
    assert_int_equal(fread(good, 1, (size_t)info.st_size, file), info.st_size);
    fclose(file);
    for (off_t at = 0; at < info.st_size; at += 1021) {
        file = fopen(path, "w");
        fwrite(good, 1, (size_t)info.st_size, file);
        fseek(file, at, SEEK_SET);
        for (int i = 0; i < 40; i++)
            fputc(0xa5 + i, file);
        fclose(file);
        struct sl_study *study;
        struct sl_error err = {0};
        if (sl_study_load(out, NULL, &study, &err))
            assert_true(*err.text && !strchr(err.text, '\n'));
        else
            sl_study_free(study);
    }
    file = fopen(path, "w");
    fwrite(good, 1, (size_t)info.st_size / 2, file);
    fclose(file);
    free(good);
    check_store_refused(SL_EDATA, "damaged");
}

/* Turns the branches of a tree's root, but the first, back to the root.  Returns how many. */
static unsigned make_circle(unsigned char *page, uint32_t number)
{
    const unsigned cells = page[3] * 256U + page[4];
    assert_int_equal(page[0], 5); /* an inner page of a table */
    for (unsigned i = 1; i <= cells; i++) {
        unsigned char *child = i < cells ? page + page[12 + 2 * i] * 256 + page[13 + 2 * i] : page + 8;
        for (int b = 0; b < 4; b++)
            child[b] = (unsigned char)(number >> (24 - 8 * b));
    }
    return cells;
}

/* Pages that do not make a tree but a circle, so that a query finds rows without an end. */
static void refuses_a_circle_of_pages(void **state)
{
    (void)state;
    char path[96];
    sqlite3 *db;
    sqlite3_stmt *query;
    make_store();
    execute("INSERT INTO curve (key, epoch) WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n"
            " WHERE i < 15000) SELECT (SELECT min(key) FROM outcome), i FROM n");
    snprintf(path, sizeof path, "%s/shortlist.db", out);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db,
                                        "SELECT rootpage, (SELECT page_size FROM pragma_page_size) FROM "
                                        "sqlite_master WHERE name = 'curve'",
                                        -1, &query, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_step(query), SQLITE_ROW);
    const uint32_t root = (uint32_t)sqlite3_column_int(query, 0);
    const size_t size = (size_t)sqlite3_column_int(query, 1);
    sqlite3_finalize(query);
    sqlite3_close(db);
    unsigned char *page = malloc(size);
    FILE *file = fopen(path, "r+");
    assert_int_equal(fseek(file, (long)((root - 1) * size), SEEK_SET), 0);
    assert_int_equal(fread(page, 1, size, file), size);
    assert_true(make_circle(page, root) > 10);
    assert_int_equal(fseek(file, (long)((root - 1) * size), SEEK_SET), 0);
    assert_int_equal(fwrite(page, 1, size, file), size);
    fclose(file);
    free(page);
    check_store_refused(SL_EDATA, "damaged one (");
}

/* An index that does not know all of its table's rows, so that queries differ by the way they take. */
static void refuses_an_index_of_another_table(void **state)
{
    (void)state;
    make_store();
    execute("CREATE TABLE kept AS SELECT * FROM sqlite_master WHERE name = 'curve_key';"
            "PRAGMA writable_schema = ON; DELETE FROM sqlite_master WHERE name = 'curve_key'");
    execute("INSERT INTO curve (key, epoch) SELECT min(key), 1 FROM outcome");
    execute("PRAGMA writable_schema = ON; INSERT INTO sqlite_master SELECT * FROM kept; DROP TABLE kept");
    check_store_refused(SL_EDATA, "index curve_key): move it away");
}

/* Whose expressions its maker chose. */
static void refuses_what_is_computed(void **state)
{
    static const char *const computed[] = {
        "CREATE INDEX mine ON curve (epoch) WHERE length(zeroblob(epoch)) = 5",
        "CREATE INDEX mine ON curve (length(zeroblob(epoch)))",
        "ALTER TABLE curve ADD COLUMN mine AS (zeroblob(epoch))",
        "CREATE VIRTUAL TABLE mine USING fts5 (text)",
    };
    (void)state;
    make_store();
    for (size_t i = 0; i < sizeof computed / sizeof *computed; i++) {
        execute(computed[i]);
        check_store_refused(SL_EDATA, "something in it is computed");
        execute(i < 2    ? "DROP INDEX mine"
                : i == 2 ? "ALTER TABLE curve DROP COLUMN mine"
                         : "DROP TABLE mine");
    }
}

static void refuses_damaged_rows(void **state)
{
    static const char *const damage[] = {
        "UPDATE outcome SET predicted = x'0000' WHERE predicted IS NOT NULL",
        "UPDATE outcome SET predicted = zeroblob(98) || x'ffff' WHERE predicted IS NOT NULL",
        "UPDATE truth SET n = 49",
        "UPDATE outcome SET status = 'fine'",
        "UPDATE outcome SET n_validation = 1000000000000",
        "UPDATE data SET classes = '[]'",
        "UPDATE data SET k = 100000000",
        "DELETE FROM study_row WHERE row = 0",
        "UPDATE outcome SET predicted = zeroblob(102) WHERE predicted IS NOT NULL",
        "UPDATE outcome SET predicted = 'a text of as many bytes as two for each row would be, a hundred, "
        "one says?...' || "
        "'...' WHERE predicted IS NOT NULL",
        "UPDATE outcome SET predicted = NULL",
        "UPDATE outcome SET status = 'missing'",
        "UPDATE outcome SET status = x'6f6b'",
        "UPDATE outcome SET n_train = -1",
        "UPDATE outcome SET n_validation = NULL",
        "UPDATE measure SET value = -1 WHERE name = 'fit_time'",
        "UPDATE measure SET value = 9e999 WHERE name = 'fit_time'",
        "UPDATE measure SET value = 'fast' WHERE name = 'fit_time'",
        "UPDATE measure SET value = x'00' WHERE name = 'score_time'",
        "UPDATE measure SET value = -9e999 WHERE name = 'cpu_time'",
        "UPDATE outcome SET shared = 2",
        "UPDATE outcome SET threads = 0",
        "UPDATE outcome SET threads = 2147483649",
        "UPDATE outcome SET threads = 1.5",
        "INSERT OR REPLACE INTO measure SELECT key, 'peak_memory', -1 FROM outcome",
        "INSERT OR REPLACE INTO measure SELECT key, 'model_bytes', 'large' FROM outcome",
        "INSERT OR REPLACE INTO measure SELECT key, 'model_bytes', 0.5 FROM outcome",
        "INSERT OR REPLACE INTO measure SELECT key, 'n_iter', 4294967296 FROM outcome",
        "INSERT OR REPLACE INTO measure SELECT key, 'converged', 2 FROM outcome",
        "INSERT OR REPLACE INTO measure SELECT key, 'objective', 'none' FROM outcome",
        "INSERT OR REPLACE INTO measure SELECT key, 'log_loss', -0.5 FROM outcome",
        "INSERT OR REPLACE INTO measure SELECT key, x'6669', 1 FROM outcome",
        "UPDATE outcome SET reason = x'ff'",
        "UPDATE curve SET epoch = -1",
        "UPDATE curve SET epoch = 4294967297",
        "UPDATE curve SET train_accuracy = 1.01",
        "UPDATE curve SET validation_accuracy = -1e-9",
        "UPDATE curve SET train_loss = 'NaN'",
        "UPDATE curve SET seconds = 9e999",
        "UPDATE truth SET n = -50",
        "UPDATE truth SET n = -9223372036854775758", /* twice that is 100 */
        "UPDATE truth SET n = 0, labels = x''",
        "UPDATE truth SET labels = zeroblob(98) || x'0a00'", /* the eleventh of ten classes */
        "UPDATE truth SET split = split || '0'",
        "UPDATE data SET k = 0",
        "UPDATE data SET k = 65536",
        "UPDATE data SET k = 9",
        "UPDATE data SET classes = '[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]'",
        "UPDATE data SET classes = 'no JSON'",
        "UPDATE study SET seed = -1",
        "UPDATE study SET n_train = 0",
        "UPDATE study SET n_validation = 1e300",
        "UPDATE study SET folds = -3",
        "UPDATE study SET folds = 1000000000",
        "UPDATE study SET repeats = 0",
        "UPDATE study SET final = 3",
        "UPDATE study SET machine = '[]'",
        "UPDATE study SET machine = 'a machine'",
        "UPDATE study SET title = x'00ff'",
        "UPDATE study SET notes = 'note'",
        "UPDATE study SET notes = '[1]'",
        "UPDATE study SET unseen_classes = '{}'",
        "UPDATE study SET unseen_classes = '[null]'",
        "UPDATE study_row SET name = '' WHERE row = 1",
        "UPDATE study_row SET classifier = ''",
        "UPDATE study_row SET params_json = '{'",
        "UPDATE study_row SET published = '0.9'",
        "UPDATE study_row SET scaling = 'huge'",
        "UPDATE study_row SET row = row + 5",
        "UPDATE study_trial SET row = 2 WHERE row = 1",
        "UPDATE study_trial SET row = -1 WHERE row = 1",
        "UPDATE study_trial SET repeat = 1",
        "UPDATE study_trial SET repeat = -1",
        "UPDATE study_trial SET fold = 1",
        "UPDATE study_trial SET fold = 'first'",
        "UPDATE study_trial SET seed = -1",
        "UPDATE study_trial SET split = 'another'",
        /* Tables without the rules that ours have. */
        "CREATE TABLE t AS SELECT * FROM study_trial; DROP TABLE study_trial; ALTER TABLE t RENAME TO "
        "study_trial;"
        "INSERT INTO study_trial SELECT * FROM study_trial",
        "CREATE TABLE t AS SELECT * FROM study_row; DROP TABLE study_row; ALTER TABLE t RENAME TO study_row;"
        "INSERT INTO study_row SELECT * FROM study_row",
        "CREATE TABLE t AS SELECT * FROM study; DROP TABLE study; ALTER TABLE t RENAME TO study;"
        "INSERT INTO study SELECT * FROM study",
        "DROP TABLE curve",
        "DROP TABLE measure",
        "ALTER TABLE outcome DROP COLUMN checksum",
        "ALTER TABLE measure DROP COLUMN value",
        "ALTER TABLE data RENAME TO d; CREATE VIEW data AS SELECT * FROM d",
        "ALTER TABLE data DROP COLUMN classes; ALTER TABLE data ADD COLUMN classes AS "
        "(hex(zeroblob(400000000)))",
    };
    for (size_t i = 0; i < sizeof damage / sizeof *damage; i++) {
        struct sl_study *study;
        struct sl_error err = {0};
        new_store(state);
        make_store();
        execute(damage[i]);
        /* As it is; and by somebody who knows how checksums are made. */
        for (int sealed = 0; sealed < 2; sealed++) {
            if (sl_study_load(out, NULL, &study, &err) != SL_EDATA || strchr(err.text, '\n'))
                fail_msg("%s was not noticed (%d): %s", damage[i], sealed, err.text);
            seal();
        }
    }
}

/* Damage that leaves a store that could be one. */
static void a_checksum_notices_what_looks_sound(void **state)
{
    static const char *const damage[] = {
        "UPDATE measure SET value = value + 1 WHERE name = 'fit_time'",
        "UPDATE measure SET name = 'fitted_time' WHERE name = 'fit_time'",
        "DELETE FROM measure WHERE name = 'fit_time'",
        "UPDATE outcome SET checksum = checksum + 1",
        "UPDATE outcome SET checksum = 'sum'",
        "UPDATE outcome SET predicted = zeroblob(100)",
        "UPDATE outcome SET reason = 'for no reason'",
        "UPDATE outcome SET again = 1 - again",
        "UPDATE outcome SET threads = threads + 1",
        "UPDATE outcome SET shared = 1 - shared",
        "UPDATE outcome SET n_train = n_train + 1",
        "DELETE FROM curve WHERE epoch = 3",
        "UPDATE curve SET train_loss = 7",
        "UPDATE score SET checksum = checksum + 1",
        "DELETE FROM score",
    };
    for (size_t i = 0; i < sizeof damage / sizeof *damage; i++) {
        struct sl_study *study;
        struct sl_error err = {0};
        new_store(state);
        make_store();
        execute(damage[i]);
        if (sl_study_load(out, NULL, &study, &err) != SL_EDATA || !strstr(err.text, "checksum") ||
            !strstr(err.text, "study faults") || strchr(err.text, '\n'))
            fail_msg("%s was not noticed: %s", damage[i], err.text);
        seal();
        sl_study_free(load());
    }
}

/* Scores are read only where they are asked for. */
static void refuses_damaged_scores(void **state)
{
    static const char *const damage[] = {
        "UPDATE score SET codes = x'0000'",
        "UPDATE score SET codes = codes || x'0000'",
        "UPDATE score SET codes = hex(zeroblob(500))",
        "UPDATE score SET codes = 5",
        "UPDATE score SET n = 49",
        "UPDATE score SET n = -50",
        "UPDATE score SET k = 0",
        "UPDATE score SET k = 11, codes = zeroblob(1100)",
        "UPDATE score SET k = 1e300",
        "UPDATE score SET probabilities = 2",
        "UPDATE score SET low = 9e999",
        "UPDATE score SET low = -1e39",
        "UPDATE score SET step = 1e308, probabilities = 0", /* scores of infinity, and margins that are no
                                                               numbers */
        "UPDATE score SET low = 'low'",
        "UPDATE score SET step = -1",
        "UPDATE score SET classes = zeroblob(200)",
        "UPDATE score SET classes = 'a text', codes = zeroblob(200)",
        "UPDATE score SET classes = zeroblob(198) || x'0a00', codes = zeroblob(200)",
        "ALTER TABLE score DROP COLUMN codes",
        "UPDATE score SET codes = zeroblob(1000)", /* sound, but for the checksum: the last one */
    };
    enum { DAMAGES = sizeof damage / sizeof *damage };
    for (size_t i = 0; i < DAMAGES; i++) {
        struct sl_scores scores;
        struct sl_error err = {0};
        new_store(state);
        make_store();
        struct sl_study *study = load();
        const struct sl_outcome *o = &study->rows[0].outcomes[0];
        assert_int_equal(sl_study_scores(out, study, o, &scores, &err), SL_OK);
        assert_int_equal(scores.n, 50);
        assert_int_equal(scores.k, 10);
        sl_scores_free(&scores);
        execute(damage[i]);
        for (int sealed = 0; sealed < (i + 1 < DAMAGES ? 2 : 1); sealed++) {
            if (sl_study_scores(out, study, o, &scores, &err) != SL_EDATA || strchr(err.text, '\n'))
                fail_msg("%s was not noticed (%d): %s", damage[i], sealed, err.text);
            assert_int_equal(scores.n, 0);
            assert_null(scores.codes);
            seal();
        }
        sl_study_free(study);
    }
}

/* A later version's measure stays where it is. */
static void an_unknown_measure_is_left_alone(void **state)
{
    (void)state;
    make_store();
    struct sl_study *before = load();
    execute("INSERT INTO measure SELECT key, 'entropy', -3 FROM outcome");
    seal();
    struct sl_study *study = load();
    check_equal(before, study);
    sl_study_free(before);
    sl_study_free(study);
    make_store(); /* a run finds all done */
    assert_int_equal(count_fits(), 1);
}

/* Keys that are no texts: found, and refused or removed, but never looked for without end. */
static void keys_of_another_type_go(void **state)
{
    (void)state;
    struct sl_study *study;
    struct sl_study_summary *list;
    struct sl_deleted deleted;
    size_t n;
    struct sl_error err = {0};
    make_store();
    execute("UPDATE outcome SET key = CAST(key AS BLOB); UPDATE study_trial SET key = CAST(key AS BLOB)");
    seal();
    assert_int_equal(sl_study_load(out, NULL, &study, &err), SL_EDATA);
    assert_int_equal(sl_study_delete(out, "faults", &deleted, &err), SL_OK);
    assert_int_equal(deleted.outcomes, 2);
    assert_int_equal(sl_study_list(out, &list, &n, &err), SL_OK);
    assert_int_equal(n, 0);
    sl_study_list_free(list, n);
}

/* What a hostile store calls its studies and rows must neither lead out of their folder nor reach a terminal
 * as it stands. */
static void refuses_hostile_names(void **state)
{
    static const char *const names[] = {"../../evil", "/tmp/evil", "..", ".hidden",       "-rf",
                                        "a/b",        "a b",       "",   "\033[2Jcleared"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct sl_study *study;
        struct sl_study_summary *list;
        size_t n;
        char sql[256];
        struct sl_error err = {0};
        new_store(state);
        make_store();
        snprintf(sql, sizeof sql,
                 "UPDATE study SET name = '%s'; UPDATE study_row SET study = '%s'; UPDATE study_trial SET "
                 "study = '%s'",
                 names[i], names[i], names[i]);
        execute(sql);
        for (int given = 0; given < 2; given++) {
            assert_int_equal(sl_study_load(out, given ? names[i] : NULL, &study, &err), SL_EDATA);
            assert_non_null(strstr(err.text, "can not be a study's name"));
            assert_null(strchr(err.text, '\033'));
        }
        assert_int_equal(sl_study_load(out, "another", &study, &err), SL_EUSAGE);
        assert_null(strchr(err.text, '\033'));
        assert_int_equal(sl_study_list(out, &list, &n, &err), SL_OK);
        assert_int_equal(n, 1);
        assert_non_null(strstr(list[0].title, "it is not read"));
        assert_null(strchr(list[0].name, '\033'));
        sl_study_list_free(list, n);
    }
}

static void texts_of_a_store_are_lines(void **state)
{
    (void)state;
    make_store();
    execute(
        "UPDATE study SET title = char(27) || '[2J' || char(10) || 'title', data = 'a' || char(13) || 'b';"
        "UPDATE study_row SET name = 'row' || char(7), params = char(9) || char(127);"
        "UPDATE outcome SET reason = char(27) || 'c'; UPDATE data SET classes = replace(classes, 'frame', "
        "'\\u001b')");
    seal();
    struct sl_study *study = load();
    assert_string_equal(study->title, " [2J title");
    assert_string_equal(study->data, "a b");
    assert_string_equal(study->rows[0].name, "row ");
    assert_string_equal(study->rows[0].params, "  ");
    assert_string_equal(study->rows[0].outcomes[0].reason, " c");
    assert_string_equal(study->classes[3], " ");
    sl_study_free(study);
}

/* As a user who may not write: loads from a store that may only be read, and exits with the error's text on
 * the pipe. */
static void load_as_reader(char *text, size_t size)
{
    int ends[2], status;
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    if (pid == 0) {
        struct sl_study *study;
        struct sl_error err = {0};
        if (geteuid() == 0 && (setegid(65534) || seteuid(65534)))
            _exit(2);
        int code = sl_study_load(out, NULL, &study, &err);
        ssize_t written = write(ends[1], err.text, strlen(err.text) + 1);
        _exit(code == SL_EIO && written > 0 ? 0 : 1);
    }
    close(ends[1]);
    ssize_t n = read(ends[0], text, size - 1);
    text[n > 0 ? n : 0] = 0;
    close(ends[0]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        fail_msg("status %d: %s", status, text);
}

static void copy_store_as(const char *to, const char *file)
{
    char from[160], path[160], bytes[4096];
    snprintf(from, sizeof from, "%s/%s", out, file);
    snprintf(path, sizeof path, "%s/%s", to, file);
    FILE *in = fopen(from, "r"), *copy = fopen(path, "w");
    assert_true(in && copy);
    for (size_t n; (n = fread(bytes, 1, sizeof bytes, in)) > 0;)
        fwrite(bytes, 1, n, copy);
    fclose(in);
    fclose(copy);
    chmod(path, 0444);
}

/* A transaction that was cut off has to be undone, for which the store must be written: the error says what
 * to do. */
static void a_cut_off_write_in_a_read_only_store(void **state)
{
    (void)state;
    make_store();
    char path[160], text[600], copy[80];
    sqlite3 *db;
    snprintf(path, sizeof path, "%s/shortlist.db", out);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(db,
                     "PRAGMA cache_size = 1; BEGIN; UPDATE outcome SET reason = 'x';"
                     "WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 500)"
                     "INSERT INTO curve (key, epoch) SELECT 'x', i FROM c; UPDATE curve SET seconds = 1",
                     NULL, NULL, NULL),
        SQLITE_OK);
    snprintf(copy, sizeof copy, "%s-cut", out);
    assert_int_equal(mkdir(copy, 0777), 0);
    copy_store_as(copy, "shortlist.db");
    copy_store_as(copy, "shortlist.db-journal");
    sqlite3_close(db);
    chmod(folder, 0755);
    chmod(copy, 0555);
    strcpy(out, copy);
    load_as_reader(text, sizeof text);
    assert_non_null(strstr(text, "a run was killed while it wrote"));
    assert_non_null(strstr(text, "shortlist.db-journal"));
    assert_null(strchr(text, '\n'));
    /* Who may write it loads it, and so may everybody from then on. */
    chmod(copy, 0755);
    snprintf(path, sizeof path, "%s/shortlist.db", copy);
    chmod(path, 0644);
    struct sl_study *study = load();
    assert_string_equal(study->rows[0].outcomes[0].reason, "");
    sl_study_free(study);
}

static void says_what_stands_in_the_way(void **state)
{
    (void)state;
    struct sl_study *study;
    struct sl_error err = {0};
    assert_int_equal(sl_study_load(out, NULL, &study, &err), SL_EUSAGE);
    assert_non_null(strstr(err.text, "no store yet"));
    make_store();
    assert_int_equal(sl_study_load(out, "fault", &study, &err), SL_EUSAGE);
    assert_non_null(strstr(err.text, "did you mean faults?"));
    struct sl_study_summary *list;
    size_t n;
    assert_int_equal(sl_study_list(out, &list, &n, &err), SL_OK);
    assert_int_equal(n, 1);
    assert_string_equal(list[0].name, "faults");
    assert_int_equal(list[0].trials, 2);
    assert_int_equal(list[0].done, 2);
    assert_int_equal(list[0].failed, 0);
    sl_study_list_free(list, n);
    /* A file where the folder should be. */
    struct sl_experiment *e = experiment("majority");
    struct sl_run_options o = options();
    struct sl_run_summary summary;
    o.out = doubles_log;
    assert_int_equal(sl_run(e, &o, &summary, &err), SL_EIO);
    assert_non_null(strstr(err.text, doubles_log));
    sl_experiment_free(e);
}

static void two_runs_share_a_store(void **state)
{
    struct sl_study *whole = undisturbed(state, SLOW_ROWS);
    struct sl_experiment *e = experiment(SLOW_ROWS);
    struct sl_run_options o = options();
    pid_t other = fork();
    if (other == 0) {
        struct sl_run_summary summary;
        _exit(sl_run(e, &o, &summary, NULL) != SL_OK || summary.failed);
    }
    run_with(e, &o);
    int status;
    assert_int_equal(waitpid(other, &status, 0), other);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    struct sl_study *study = load();
    check_equal(whole, study);
    sl_study_free(study);
    sl_study_free(whole);
    sl_experiment_free(e);
}

#define TEST(name) cmocka_unit_test_setup(name, new_store)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(refuses_a_newer_store),
        TEST(refuses_another_database),
        TEST(an_upgrade_does_not_mend_damage),
        TEST(refuses_what_is_no_database),
        TEST(survives_a_damaged_store),
        TEST(refuses_a_circle_of_pages),
        TEST(refuses_an_index_of_another_table),
        TEST(refuses_what_is_computed),
        TEST(refuses_damaged_rows),
        TEST(a_checksum_notices_what_looks_sound),
        TEST(refuses_damaged_scores),
        TEST(an_unknown_measure_is_left_alone),
        TEST(keys_of_another_type_go),
        TEST(refuses_hostile_names),
        TEST(texts_of_a_store_are_lines),
        TEST(a_cut_off_write_in_a_read_only_store),
        TEST(says_what_stands_in_the_way),
        TEST(two_runs_share_a_store),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
