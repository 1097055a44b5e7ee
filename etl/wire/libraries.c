#include "wire/libraries.h"

#include "base/mem.h"

#include <curl/curl.h>
#include <json-c/json.h>
#include <libpq-fe.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <yaml.h>
#include <zlib.h>

static void *allocate(size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return mem_resize(NULL, size, 1);
}

static void *resize(void *old, size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    if (size > 0)
        return mem_resize(old, size, 1);
    free(old);
    return NULL;
}

static void release(void *memory, const char *file, int line)
{
    (void)file;
    (void)line;
    free(memory);
}

void libraries_prepare(void)
{
    CRYPTO_set_mem_functions(allocate, resize, release);
}

/* libpq has numbers: 150013 is 15.13. */
static const char *pq_version(struct arena *arena)
{
    int version = PQlibVersion();
    return arena_print(arena, "%d.%d", version / 10000, version % 10000);
}

void libraries_list(struct arena *arena, struct library *libraries)
{
    const curl_version_info_data *curl = curl_version_info(CURLVERSION_NOW);
    const char *tls = curl->ssl_version ? curl->ssl_version : "no TLS";
    const struct library found[LIBRARIES] = {
        {"libcurl", LIBCURL_VERSION, arena_print(arena, "%s with %s", curl->version, tls)},
        {"json-c", JSON_C_VERSION, json_c_version()},
        /* The headers of these two libraries have no version: this is the one that pkg-config gave when they
         * were found.
         */
        {"libpq", LIBPQ_HEADERS, pq_version(arena)},
        {"libyaml", LIBYAML_HEADERS, yaml_get_version_string()},
        {"zlib", ZLIB_VERSION, zlibVersion()},
    };
    for (size_t i = 0; i < LIBRARIES; i++)
        libraries[i] = found[i];
}
