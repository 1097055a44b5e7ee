#include "unit/api/stored_login.h"

#include "api/token_file.h"
#include "base/clock.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void store(const char *path, const struct login *login)
{
    struct err err;
    SCOPED(token_file) struct token_file file;
    must(token_file_open(path, clock_deadline(60000), &file, &err), &err);
    must(token_file_prepare(&file, &err), &err);
    must(token_file_save(&file, login, clock_deadline(60000), &err), &err);
}

void stored_login_begin(struct stored_login *stored, const char *refresh_token)
{
    SCOPED(login) struct login login = login_make();
    way_begin(&stored->way);
    snprintf(stored->folder, sizeof stored->folder, "/tmp/stored_login.XXXXXX");
    assert_non_null(mkdtemp(stored->folder));
    snprintf(stored->path, sizeof stored->path, "%s/token.json", stored->folder);
    stored->way.settings.api.retries = 0;
    stored->way.settings.auth.flow = AUTH_REFRESH_TOKEN;
    stored->way.settings.auth.client_id = "sim-client";
    stored->way.settings.auth.client_secret = "sim-secret";
    stored->way.settings.auth.token_file = stored->path;
    buf_put(&login.client_id, "sim-client");
    buf_put(&login.refresh_token, refresh_token);
    login.refresh_from_ms = 1;
    store(stored->path, &login);
}

void stored_login_end(struct stored_login *stored)
{
    char path[512];
    struct dirent *entry;
    DIR *directory = opendir(stored->folder);
    while ((entry = readdir(directory))) {
        snprintf(path, sizeof path, "%s/%s", stored->folder, entry->d_name);
        remove(path);
    }
    closedir(directory);
    assert_int_equal(rmdir(stored->folder), 0);
    way_cleanup(&stored->way);
}

bool stored_login_use_within(struct stored_login *stored, int64_t wait_ms, struct err *err)
{
    SCOPED(token) struct token token = token_none();
    struct token_source *tokens = token_make(&stored->way.settings, stored->way.api.http);
    bool got = token_get(tokens, clock_deadline(wait_ms), &token, err);
    token_release(tokens);
    return got;
}

bool stored_login_use(struct stored_login *stored, struct err *err)
{
    return stored_login_use_within(stored, 60000, err);
}

static void read_stored(const char *path, struct login *login)
{
    struct err err;
    bool exists;
    must(token_file_read(path, login, &exists, &err), &err);
    assert_true(exists);
}

void stored_login_expire(const char *path)
{
    struct err err;
    SCOPED(token_file) struct token_file file;
    SCOPED(login) struct login login = login_make();
    must(token_file_open(path, clock_deadline(60000), &file, &err), &err);
    read_stored(path, &login);
    login.access_from_ms = 1;
    login.access_until_ms = 2;
    must(token_file_prepare(&file, &err), &err);
    must(token_file_save(&file, &login, clock_deadline(60000), &err), &err);
}

void assert_stored(const char *path, const char *refresh_token)
{
    SCOPED(login) struct login login = login_make();
    read_stored(path, &login);
    assert_string_equal(buf_text(&login.refresh_token), refresh_token);
}

void simulator_accept(const char *refresh_tokens)
{
    char json[256];
    snprintf(json, sizeof json, "{\"refresh_tokens\":%s}", refresh_tokens);
    simulator_control("config", json);
}
