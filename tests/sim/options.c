#include "options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX_BYTES ((size_t)64 << 20)

const char *const options_help =
    "Usage: tokenflex-sim [serve] [OPTIONS]\n"
    "       tokenflex-sim dump --query BODY.json --contract N [--config FILE] [--set KEY=JSON]...\n"
    "\n"
    "A simulator of the Autodesk Token Flex usage API. See README.md beside its source.\n"
    "\n"
    "  --port N            API port; 0 (the default) is any free one\n"
    "  --download-port N   port of the presigned download host\n"
    "  --bind ADDR         address to listen on; 127.0.0.1 by default\n"
    "  --config FILE       settings as a JSON object\n"
    "  --set KEY=JSON      one setting, such as rows=1000 or csv.header=friendly\n"
    "  --access-token T    a token that is always accepted (setting access_token)\n"
    "  --script FILE       fault rules as a JSON list\n"
    "  --ready-file FILE   gets {\"port\":...,\"download_port\":...,\"pid\":...} once it listens\n"
    "  --query FILE        dump: the query's body (- is stdin)\n"
    "  --contract N        dump: the contract number\n"
    "  --help              this text\n";

char *options_file(const char *path)
{
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
    struct buf text = BUF_MAX(FILE_MAX_BYTES);
    char bytes[65536];
    size_t count;

    if (file == NULL)
        return NULL;
    while ((count = fread(bytes, 1, sizeof bytes, file)) > 0)
        buf_add(&text, bytes, count);
    bool failed = ferror(file) != 0 || text.overflowed;
    if (file != stdin)
        fclose(file);
    if (failed) {
        buf_free(&text);
        return NULL;
    }
    return buf_take(&text);
}

/* Replaces options->config by itself with change (taken over) merged in. */
static bool merge(struct options *options, struct json_object *change, const char *from, char **reason)
{
    char *why = NULL;
    struct config *config = config_change(options->config, change, &why);

    json_object_put(change);
    if (config == NULL) {
        *reason = mem_format("%s: %s", from, why);
        free(why);
        return false;
    }
    config_release(options->config);
    options->config = config;
    return true;
}

static bool merge_file(struct options *options, const char *path, char **reason)
{
    char *text = options_file(path);

    if (text == NULL) {
        *reason = mem_format("%s: %s", path, strerror(errno));
        return false;
    }
    struct json_object *change = json_read(text);
    free(text);
    return merge(options, change, path, reason);
}

/* KEY=JSON, KEY being name or group.name; a value that is no JSON is a text. */
static bool merge_set(struct options *options, const char *setting, char **reason)
{
    const char *equals = strchr(setting, '=');
    const char *dot = strchr(setting, '.');
    struct json_object *change = json_object_new_object(), *place = change;
    const char *name = setting;

    if (equals == NULL) {
        json_object_put(change);
        *reason = mem_format("--set %s: KEY=JSON is needed", setting);
        return false;
    }
    if (dot != NULL && dot < equals) {
        char *group = mem_text_part(setting, (size_t)(dot - setting));

        place = json_object_new_object();
        json_object_object_add(change, group, place);
        free(group);
        name = dot + 1;
    }
    struct json_object *value = json_read(equals + 1);
    char *key = mem_text_part(name, (size_t)(equals - name));
    json_object_object_add(place, key, value != NULL ? value : json_object_new_string(equals + 1));
    free(key);
    return merge(options, change, setting, reason);
}

static bool merge_token(struct options *options, const char *token, char **reason)
{
    struct json_object *change = json_object_new_object();

    json_object_object_add(change, "access_token", json_object_new_string(token));
    return merge(options, change, "--access-token", reason);
}

static bool read_script(struct options *options, const char *path, char **reason)
{
    char *text = options_file(path), *why = NULL;

    if (text == NULL) {
        *reason = mem_format("%s: %s", path, strerror(errno));
        return false;
    }
    struct script *script = script_make(json_read(text), &why);
    free(text);
    if (script == NULL) {
        *reason = mem_format("%s: %s", path, why);
        free(why);
        return false;
    }
    script_release(options->script);
    options->script = script;
    return true;
}

static bool read_port(const char *text, uint16_t *port, char **reason)
{
    char *end;
    long number = strtol(text, &end, 10);

    *port = (uint16_t)number;
    if (*text != '\0' && *end == '\0' && number >= 0 && number <= 65535)
        return true;
    *reason = mem_format("%s is no port", text);
    return false;
}

static bool read_option(struct options *options, const char *name, const char *value, char **reason)
{
    if (strcmp(name, "--port") == 0)
        return read_port(value, &options->server.port, reason);
    if (strcmp(name, "--download-port") == 0)
        return read_port(value, &options->server.download_port, reason);
    if (strcmp(name, "--config") == 0)
        return merge_file(options, value, reason);
    if (strcmp(name, "--set") == 0)
        return merge_set(options, value, reason);
    if (strcmp(name, "--access-token") == 0)
        return merge_token(options, value, reason);
    if (strcmp(name, "--script") == 0)
        return read_script(options, value, reason);
    if (strcmp(name, "--bind") == 0)
        options->server.bind = value;
    else if (strcmp(name, "--ready-file") == 0)
        options->ready_file = value;
    else if (strcmp(name, "--query") == 0)
        options->query_file = value;
    else if (strcmp(name, "--contract") == 0)
        options->contract = value;
    else {
        *reason = mem_format("unknown option %s", name);
        return false;
    }
    return true;
}

enum options_outcome options_read(int argc, char **argv, struct options *options, char **reason)
{
    int at = 1;

    *options = (struct options){.server = {.bind = "127.0.0.1"}, .config = config_default()};
    options->script = script_make(json_object_new_array(), reason);
    if (at < argc && (strcmp(argv[at], "dump") == 0 || strcmp(argv[at], "serve") == 0))
        options->dump = strcmp(argv[at++], "dump") == 0;
    /* --config first, so that --set wins wherever it stands */
    for (int pass = 0; pass < 2; pass++) {
        for (int i = at; i < argc; i += 2) {
            bool is_config = strcmp(argv[i], "--config") == 0;

            if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
                return OPTIONS_HELP;
            if (i + 1 >= argc) {
                *reason = mem_format("%s: an option or its value is missing", argv[i]);
                return OPTIONS_WRONG;
            }
            if (is_config == (pass == 0) && !read_option(options, argv[i], argv[i + 1], reason))
                return OPTIONS_WRONG;
        }
    }
    if (options->dump && (options->query_file == NULL || options->contract == NULL)) {
        *reason = mem_text("dump needs --query and --contract");
        return OPTIONS_WRONG;
    }
    return OPTIONS_RUN;
}
