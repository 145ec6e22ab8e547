/* Whole files and folders. */
#include "core/file.h"
#include "core/memory.h"
#include "core/resource.h"
#include "unit/check.h"
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[] = "test-file-XXXXXX";

static int enter(void **state)
{
    (void)state;
    return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int leave(void **state)
{
    (void)state;
    return chdir("..") == 0 && rmdir(folder) == 0 ? 0 : -1;
}

static void round_trip(void **state)
{
    static const size_t sizes[] = {0, 1, 65535, 65536, 65537, 300000};
    (void)state;
    struct sl_error err = {0};
    for (size_t s = 0; s < 6; s++) {
        unsigned char *bytes = sl_alloc(sizes[s], 1), *back = NULL;
        size_t size = 1;
        for (size_t i = 0; i < sizes[s]; i++)
            bytes[i] = (unsigned char)(i * 31 + i / 256);
        assert_int_equal(sl_file_write("file", bytes, sizes[s], &err), SL_OK);
        assert_int_equal(sl_file_read("file", &back, &size, &err), SL_OK);
        assert_int_equal(size, sizes[s]);
        assert_memory_equal(bytes, back, size);
        assert_int_equal(back[size], 0);
        free(bytes);
        free(back);
    }
    assert_int_equal(unlink("file"), 0);
}

static void errors_name_the_path(void **state)
{
    (void)state;
    struct sl_error err = {0};
    unsigned char *bytes = NULL;
    size_t size = 0;
    assert_int_equal(sl_file_read("missing", &bytes, &size, &err), SL_EIO);
    assert_string_equal(err.text, "cannot open missing: No such file or directory");
    assert_int_equal(sl_file_read(".", &bytes, &size, &err), SL_EIO);
    assert_int_equal(sl_file_write("missing/file", "x", 1, &err), SL_EIO);
    assert_holds(err.text, "missing/file");
    assert_null(bytes);
}

/* Nothing waits for who might write to a pipe, nor reads from what never ends. */
static void only_files_are_read(void **state)
{
    (void)state;
    struct sl_error err = {0};
    unsigned char *bytes = NULL;
    size_t size = 0;
    assert_int_equal(mkfifo("pipe", 0666), 0);
    assert_int_equal(sl_file_read("pipe", &bytes, &size, &err), SL_EIO);
    assert_string_equal(err.text, "pipe: is a pipe, not a file: write what it holds to a file first");
    assert_int_equal(sl_file_read("/dev/zero", &bytes, &size, &err), SL_EIO);
    assert_holds(err.text, "/dev/zero: is a device");
    assert_int_equal(sl_file_read(".", &bytes, &size, &err), SL_EIO);
    assert_string_equal(err.text, ".: is a folder, not a file");
    assert_null(bytes);
    assert_int_equal(unlink("pipe"), 0);
}

/* Fewer bytes than the size that was asked for. */
static void a_file_that_shrinks(void **state)
{
    (void)state;
    struct sl_error err = {0};
    unsigned char *bytes = NULL;
    uint64_t length;
    int file;
    assert_int_equal(sl_file_write("file", "12345", 5, &err), SL_OK);
    assert_int_equal(sl_file_open("file", &file, &length, &err), SL_OK);
    assert_int_equal(length, 5);
    assert_int_equal(truncate("file", 3), 0);
    assert_int_equal(sl_file_take(file, "file", length, &bytes, &err), SL_EIO);
    assert_string_equal(err.text, "file: it became shorter while it was read");
    assert_null(bytes);
    assert_int_equal(unlink("file"), 0);
}

/* A path that can not be replaced keeps what it holds, and no temporary file stays behind. */
static void failed_write_leaves_nothing(void **state)
{
    (void)state;
    struct sl_error err = {0};
    assert_int_equal(mkdir("taken", 0777), 0);
    assert_int_equal(sl_file_write("taken", "x", 1, &err), SL_EIO);
    assert_int_equal(rmdir("taken"), 0); /* leave's rmdir finds whatever else there is */
}

static void touch(const char *format, long pid)
{
    char path[64];
    snprintf(path, sizeof path, format, pid);
    close(open(path, O_WRONLY | O_CREAT, 0666));
}

static int is_there(const char *format, long pid)
{
    char path[64];
    snprintf(path, sizeof path, format, pid);
    int there = access(path, F_OK) == 0;
    unlink(path);
    return there;
}

/* Only our own names, only of processes that are no more. */
static void what_the_dead_left_is_removed(void **state)
{
    (void)state;
    pid_t dead = fork();
    if (dead == 0)
        _exit(0);
    waitpid(dead, NULL, 0);
    assert_int_equal(mkdir("left", 0777), 0);
    static const char *const kept[] = {"left/a.slm",        "left/a.txt.tmp-%ld", "left/a.slm.tmp-%ldx",
                                       "left/.slm.tmp-%ld", "left/a.slm.tmp-",    "left/a.slm-%ld"};
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        touch(kept[i], dead);
    touch("left/a.slm.tmp-%ld", dead);
    touch("left/b.tmp-1.slm.tmp-%ld", dead);
    touch("left/mine.slm.tmp-%ld", getpid());
    touch("left/locked.slm.tmp-%ld", dead); /* another machine's process writes it */
    char path[64];
    snprintf(path, sizeof path, "left/locked.slm.tmp-%ld", (long)dead);
    int fd = open(path, O_RDONLY);
    assert_int_equal(flock(fd, LOCK_EX), 0);
    sl_file_clean("left", ".slm");
    sl_file_clean("nowhere", ".slm");
    close(fd);
    assert_false(is_there("left/a.slm.tmp-%ld", dead));
    assert_false(is_there("left/b.tmp-1.slm.tmp-%ld", dead));
    assert_true(is_there("left/mine.slm.tmp-%ld", getpid()));
    assert_true(is_there("left/locked.slm.tmp-%ld", dead));
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        assert_true(is_there(kept[i], dead));
    assert_int_equal(rmdir("left"), 0);
}

static void folders(void **state)
{
    (void)state;
    struct sl_error err = {0};
    struct stat status;
    assert_int_equal(sl_folder_make("a/b//c/", &err), SL_OK);
    assert_int_equal(sl_folder_make("a/b/c", &err), SL_OK);
    assert_true(stat("a/b/c", &status) == 0 && S_ISDIR(status.st_mode));
    assert_int_equal(sl_folder_make("", &err), SL_EUSAGE);
    assert_int_equal(sl_folder_make("/", &err), SL_OK);
    assert_int_equal(sl_file_write("a/file", "x", 1, &err), SL_OK);
    assert_int_equal(sl_folder_make("a/file", &err), SL_EIO);
    assert_holds(err.text, "a/file");
    assert_int_equal(sl_folder_make("a/file/d", &err), SL_EIO);
    unlink("a/file");
    rmdir("a/b/c");
    rmdir("a/b");
    rmdir("a");
}

static void resources(void **state)
{
    (void)state;
    char here[4096];
    assert_non_null(getcwd(here, sizeof here));
    const char *before = getenv("SHORTLIST_HOME");
    char *saved = sl_strdup(before);
    setenv("SHORTLIST_HOME", here, 1);
    assert_int_equal(sl_file_write("only-here", "x", 1, NULL), SL_OK);
    char *path = sl_resource_find("only-here"), *shipped = sl_resource_find("CMakeLists.txt");
    assert_non_null(path);
    assert_memory_equal(path, here, strlen(here));
    assert_non_null(shipped); /* the source tree comes last */
    assert_null(sl_resource_find("nowhere-at-all"));
    unlink("only-here");
    free(path);
    free(shipped);
    if (saved)
        setenv("SHORTLIST_HOME", saved, 1);
    else
        unsetenv("SHORTLIST_HOME");
    free(saved);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(round_trip),
        cmocka_unit_test(errors_name_the_path),
        cmocka_unit_test(only_files_are_read),
        cmocka_unit_test(a_file_that_shrinks),
        cmocka_unit_test(failed_write_leaves_nothing),
        cmocka_unit_test(what_the_dead_left_is_removed),
        cmocka_unit_test(folders),
        cmocka_unit_test(resources),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
