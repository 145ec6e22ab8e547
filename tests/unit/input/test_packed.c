/* Packed files: the same data set as from a plain one, and every way of being broken. */
#include "unit/packed_fixture.h"
#include <shortlist/dataset.h>

typedef void pack(const void *bytes, size_t n, struct packed *out);

static const struct {
    const char *name;
    pack *pack;
    size_t magic;
    int joins; /* members one behind the other are one stream */
} kinds[] = {{"gzip", pack_gzip, 2, 1},
             {"xz", pack_xz, 6, 1},
             {"bzip2", pack_bzip2, 3, 1},
             {"zstd", pack_zstd, 4, 1},
             {"zip", pack_zip, 4, 0}};

enum { KINDS = sizeof kinds / sizeof *kinds };

static char text[6000]; /* a table of 500 rows */
static struct packed packed, other;

static int make_files(void **state)
{
    size_t n = 0;
    for (int i = 0; i < 500; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%d,%d,%c\n", i, i * i % 97, "ab"[i % 2]);
    return make_folder(state);
}

static int open_bytes(const void *bytes, size_t n, struct sl_dataset **data, struct sl_error *err)
{
    return sl_dataset_open(write_file("a.csv", bytes, n), SL_PART_TRAIN, NULL, data, err);
}

static void hash_of(const void *bytes, size_t n, char hash[33])
{
    struct sl_dataset *data;
    struct sl_error err = {0};
    if (open_bytes(bytes, n, &data, &err))
        fail_msg("%s", err.text);
    strcpy(hash, sl_dataset_hash(data));
    sl_dataset_free(data);
}

static void expect_error(const void *bytes, size_t n, const char *part)
{
    struct sl_dataset *data;
    struct sl_error err = {0};
    assert_int_equal(open_bytes(bytes, n, &data, &err), SL_EDATA);
    assert_null(data);
    if (!strstr(err.text, part))
        fail_msg("\"%s\" does not hold \"%s\"", err.text, part);
}

static void test_same(void **state)
{
    char plain[33], hash[33];
    (void)state;
    hash_of(text, strlen(text), plain);
    for (size_t i = 0; i < KINDS; i++) {
        kinds[i].pack(text, strlen(text), &packed);
        hash_of(packed.bytes, packed.n, hash);
        assert_string_equal(hash, plain);
    }
}

/* Two members are one stream; what is no member behind one is an error. */
static void test_members(void **state)
{
    char plain[33], hash[33];
    size_t half = strlen(text) / 2;
    (void)state;
    hash_of(text, strlen(text), plain);
    for (size_t i = 0; i < KINDS; i++) {
        if (!kinds[i].joins)
            continue;
        kinds[i].pack(text, half, &packed);
        kinds[i].pack(text + half, strlen(text) - half, &other);
        memcpy(packed.bytes + packed.n, other.bytes, other.n);
        hash_of(packed.bytes, packed.n + other.n, hash);
        assert_string_equal(hash, plain);
        expect_error(packed.bytes, packed.n + other.n - 1, "cut off");
        packed.bytes[packed.n + other.n] = 'x';
        expect_error(packed.bytes, packed.n + other.n + 1, kinds[i].name);
    }
}

static void test_truncated(void **state)
{
    char part[40];
    (void)state;
    for (size_t i = 0; i < KINDS; i++) {
        kinds[i].pack(text, strlen(text), &packed);
        snprintf(part, sizeof part, strcmp(kinds[i].name, "zip") == 0 ? "broken zip" : "%s data is cut off",
                 kinds[i].name);
        for (size_t n = kinds[i].magic; n < packed.n; n += 1 + n / 64)
            expect_error(packed.bytes, n, part);
    }
}

/* A byte that has changed is found, or was of no consequence. */
static void test_changed(void **state)
{
    char plain[33];
    (void)state;
    hash_of(text, strlen(text), plain);
    for (size_t i = 0; i < KINDS; i++) {
        kinds[i].pack(text, strlen(text), &packed);
        for (size_t at = kinds[i].magic; at < packed.n; at += 1 + at / 64) {
            struct sl_dataset *data;
            struct sl_error err = {0};
            packed.bytes[at] ^= (unsigned char)(1 + at % 255);
            int code = open_bytes(packed.bytes, packed.n, &data, &err);
            packed.bytes[at] ^= (unsigned char)(1 + at % 255);
            assert_true(code == SL_OK || code == SL_EDATA);
            if (code == SL_OK)
                assert_string_equal(sl_dataset_hash(data), plain);
            sl_dataset_free(data);
        }
    }
}

/* A line of 17 MiB is refused as it is where it stands in the open, whatever it is packed with. */
static void test_large(void **state)
{
    enum { LONG = 17 << 20 };
    char *line = malloc(LONG);
    (void)state;
    assert_non_null(line);
    memset(line, '1', LONG);
    for (size_t i = 0; i < KINDS; i++) {
        kinds[i].pack(line, LONG, &packed);
        expect_error(packed.bytes, packed.n, "longer than 16777216 bytes");
    }
    free(line);
}

/* A header that announces more than a small packed file can hold is refused before memory is taken. */
static void test_announced(void **state)
{
    static const unsigned char head[] = {0, 0, 8, 2, 0x40, 0, 0, 0, 0, 0, 0, 7, 1, 2, 3};
    (void)state;
    for (size_t i = 0; i < KINDS; i++) {
        if (strcmp(kinds[i].name, "bzip2") == 0)
            continue; /* a block may hold 46 MB, and is found to be short */
        kinds[i].pack(head, sizeof head, &packed);
        struct sl_dataset *data;
        struct sl_error err = {0};
        struct sl_read_options options = {.no_label = 1};
        assert_int_equal(
            sl_dataset_open(write_file("head", packed.bytes, packed.n), SL_PART_TRAIN, &options, &data, &err),
            SL_EDATA);
        assert_non_null(strstr(err.text, "more than the file can hold"));
    }
}

static void test_windows(void **state)
{
    ZSTD_CCtx *context = ZSTD_createCCtx();
    (void)state;
    assert_non_null(context);
    ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, 28);
    ZSTD_inBuffer in = {text, strlen(text), 0};
    ZSTD_outBuffer out = {packed.bytes, sizeof packed.bytes, 0};
    ZSTD_compressStream2(context, &out, &in, ZSTD_e_flush); /* without its size in the header */
    ZSTD_compressStream2(context, &out, &in, ZSTD_e_end);
    ZSTD_freeCCtx(context);
    expect_error(packed.bytes, out.pos, "more than 128 MiB: unpack it first with zstd -d --long=31");
}

/* Archives --------------------------------------------------------------------------------------- */

static void expect_zip_error(const struct zipped *files, size_t n, const char *part)
{
    struct sl_dataset *data;
    struct sl_error err = {0};
    assert_int_equal(sl_dataset_open(write_zip("a.zip", files, n), SL_PART_TRAIN, NULL, &data, &err),
                     SL_EDATA);
    if (!strstr(err.text, part))
        fail_msg("\"%s\" does not hold \"%s\"", err.text, part);
}

static void test_archives(void **state)
{
    static const struct zipped two[] = {{"one/a.csv", "1,a\n", 4}, {"b.csv", "1,a\n", 4}};
    static const struct zipped sheet[] = {{"[Content_Types].xml", "<a/>", 4}, {"xl/workbook.xml", "<a/>", 4}};
    static const struct zipped mac[] = {{"one/a.csv", "1,a\n2,b\n", 8}, {"__MACOSX/one/._a.csv", "\0\5", 2}};
    struct sl_dataset *data;
    struct sl_error err;
    (void)state;
    if (sl_dataset_open(write_zip("mac.zip", mac, 2), SL_PART_TRAIN, NULL, &data, &err))
        fail_msg("%s", err.text);
    assert_int_equal(sl_dataset_view(data).n, 2);
    sl_dataset_free(data);
    expect_zip_error(two, 2, "a zip archive of 2 files: \"one/a.csv\", \"b.csv\": unpack it first");
    expect_zip_error(sheet, 2, "a spreadsheet (xlsx, ods): save the sheet as CSV");
    expect_error("PK\3\4__", 6, "a broken zip archive");
}

/* Text of two bytes a unit. */
static void test_utf16(void **state)
{
    static const char little[] = "\xff\xfe"
                                 "1\0,\0\xe4\0\n\0"
                                 "2\0,\0\x3d\xd8\x00\xde\n\0";
    static const char big[] = "\xfe\xff"
                              "\0"
                              "1\0,\0\xe4\0\n\0"
                              "2\0,\xd8\x3d\xde\x00\0\n";
    static const char bare[] = "1\0,\0a\0\n\0";
    (void)state;
    const struct {
        const char *bytes;
        size_t n;
    } good[] = {{little, sizeof little - 1}, {big, sizeof big - 1}};
    for (size_t i = 0; i < 2; i++) {
        struct sl_dataset *data;
        struct sl_error err = {0};
        if (open_bytes(good[i].bytes, good[i].n, &data, &err))
            fail_msg("%s", err.text);
        assert_int_equal(sl_dataset_view(data).n, 2);
        assert_string_equal(sl_dataset_class(data, 0), "\xc3\xa4");
        assert_string_equal(sl_dataset_class(data, 1), "\xf0\x9f\x98\x80");
        assert_string_equal(sl_dataset_note(data, 1), "text in UTF-16");
        sl_dataset_free(data);
    }
    char hash[33];
    hash_of(bare, sizeof bare - 1, hash);
    expect_error(little, sizeof little - 2, "cut off within a character");
    expect_error(little, 16, "cut off within a character"); /* between two surrogates */
    expect_error("\xff\xfe"
                 "1\0,\0\0\xde\n\0",
                 10, "half a character");
    expect_error("\xff\xfe"
                 "1\0,\0\x3d\xd8\n\0",
                 10, "half a character");
    expect_error("\xff\xfe"
                 "1\0,\0\0\0\n\0",
                 10, ":1:2: a NUL byte");
    expect_error("\xff\xfe\0\0"
                 "1\0\0\0",
                 8, "UTF-32");
    hash_of("\xef\xbb\xbf"
            "1,a\n",
            7, hash);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same),    cmocka_unit_test(test_members),  cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_changed), cmocka_unit_test(test_large),    cmocka_unit_test(test_announced),
        cmocka_unit_test(test_windows), cmocka_unit_test(test_archives), cmocka_unit_test(test_utf16),
    };
    return cmocka_run_group_tests(tests, make_files, remove_folder);
}
