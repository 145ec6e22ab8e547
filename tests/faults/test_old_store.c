/* test_old_store.c - a store of version 1: its upgrade is whole or is not at all, whenever it is killed. */
#include "faults/studies.h"
#include <errno.h>
#include <sys/wait.h>

/* A store that a program wrote which knew no other version. */
static void copy_version_1(void)
{
    char from[256], to[96], bytes[4096];
    assert_true(mkdir(out, 0777) == 0 || errno == EEXIST);
    snprintf(from, sizeof from, "%s/store1/shortlist.db", SL_SAMPLES);
    snprintf(to, sizeof to, "%s/shortlist.db", out);
    FILE *in = fopen(from, "r"), *copy = fopen(to, "w");
    assert_true(in && copy);
    for (size_t n; (n = fread(bytes, 1, sizeof bytes, in)) > 0;)
        assert_int_equal(fwrite(bytes, 1, n, copy), n);
    fclose(in);
    assert_int_equal(fclose(copy), 0);
}

static int version_of_store(void)
{
    char path[96];
    sqlite3 *db;
    sqlite3_stmt *query;
    snprintf(path, sizeof path, "%s/shortlist.db", out);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &query, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(query), SQLITE_ROW);
    int version = sqlite3_column_int(query, 0);
    sqlite3_finalize(query);
    sqlite3_close(db);
    return version;
}

static int statements_left;

static int count_statement(unsigned kind, void *context, void *statement, void *text)
{
    (void)kind, (void)context, (void)statement, (void)text;
    if (statements_left-- == 0)
        kill(getpid(), SIGKILL);
    return 0;
}

/* Every connection from now on is killed at a statement, and keeps nothing in memory that it could write. */
static int doom_connection(sqlite3 *db, char **text, const struct sqlite3_api_routines *api)
{
    (void)text, (void)api;
    sqlite3_exec(db, "PRAGMA cache_size = 1", NULL, NULL, NULL);
    return sqlite3_trace_v2(db, SQLITE_TRACE_STMT, count_statement, NULL);
}

static int load_and_die_at(int statement)
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        struct sl_study *study;
        statements_left = statement;
        sqlite3_auto_extension((void (*)(void))doom_connection);
        _exit(sl_study_load(out, "folded", &study, NULL) != SL_OK);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

static void a_killed_upgrade_leaves_version_1(void **state)
{
    int status, old = 0, at = 0;
    copy_version_1();
    struct sl_study *whole, *study;
    assert_int_equal(sl_study_load(out, "folded", &whole, NULL), SL_OK);
    assert_int_equal(version_of_store(), SL_STORE_VERSION);
    execute("CREATE TEMP TABLE t (x CHECK (x)); INSERT INTO t SELECT length(predicted) = n_validation FROM "
            "outcome "
            "WHERE predicted IS NOT NULL");
    do {
        new_store(state);
        copy_version_1();
        status = load_and_die_at(at);
        int version = version_of_store();
        assert_true(version == 1 || version == SL_STORE_VERSION);
        old += version == 1;
        struct sl_error err = {0};
        if (sl_study_load(out, "folded", &study, &err))
            fail_msg("killed at statement %d: %s", at, err.text);
        check_equal(whole, study);
        sl_study_free(study);
        at += 5;
    } while (WIFSIGNALED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_in_range(old, 10, at / 5 - 2); /* some were killed before it was done, some after */
    sl_study_free(whole);
}

/* Who may not write a store reads it all the same. */
static void a_read_only_store_of_version_1_is_read(void **state)
{
    (void)state;
    char path[96];
    int status;
    copy_version_1();
    snprintf(path, sizeof path, "%s/shortlist.db", out);
    chmod(path, 0444);
    chmod(folder, 0755);
    chmod(out, 0555);
    pid_t pid = fork();
    if (pid == 0) {
        struct sl_study *study;
        struct sl_study_summary *list;
        size_t n;
        struct sl_error err = {0};
        if (geteuid() == 0 && (setegid(65534) || seteuid(65534)))
            _exit(2);
        if (sl_study_load(out, "folded", &study, &err) || study->n_rows != 3 ||
            !study->rows[1].outcomes[0].predicted || sl_study_list(out, &list, &n, &err) || n != 3) {
            fprintf(stderr, "%s\n", err.text);
            _exit(1);
        }
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_int_equal(version_of_store(), 1);
    chmod(out, 0755);
}

static void refuses_damaged_stores_of_version_1(void **state)
{
    static const char *const damage[] = {
        "UPDATE outcome SET fit_time = 'fast'",
        "UPDATE outcome SET fit_time = -1",
        "UPDATE outcome SET n_iter = 4294967296",
        "UPDATE outcome SET peak_memory = -2",
        "UPDATE outcome SET model_bytes = x'00'",
        "UPDATE outcome SET converged = 0.5",
        "UPDATE outcome SET predicted = x'0000' WHERE predicted IS NOT NULL",
        "UPDATE study SET machine = 'a machine'",
        "UPDATE study SET machine = json_set(machine, '$.notes', 'one')",
        "UPDATE study SET machine = json_set(machine, '$.unseen_classes', 3)",
        "DROP TABLE curve",
        "DROP TABLE outcome",
        "ALTER TABLE outcome DROP COLUMN log_loss",
        "CREATE TABLE measure (x)",
        ("CREATE TABLE t AS SELECT * FROM outcome; DROP TABLE outcome; ALTER TABLE t RENAME TO outcome;"
         "INSERT INTO outcome SELECT * FROM outcome"),
        "UPDATE outcome SET key = CAST(key AS BLOB); UPDATE study_trial SET key = CAST(key AS BLOB)",
        "CREATE VIEW score AS SELECT 1",
    };
    for (size_t i = 0; i < sizeof damage / sizeof *damage; i++) {
        struct sl_study *study;
        struct sl_error err = {0};
        new_store(state);
        copy_version_1();
        execute(damage[i]);
        if (sl_study_load(out, "folded", &study, &err) != SL_EDATA || strchr(err.text, '\n'))
            fail_msg("%s was not noticed: %s", damage[i], err.text);
    }
}

#define TEST(name) cmocka_unit_test_setup(name, new_store)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_killed_upgrade_leaves_version_1),
        TEST(a_read_only_store_of_version_1_is_read),
        TEST(refuses_damaged_stores_of_version_1),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
