#include "api/export_answer.h"

#include "api/document.h"
#include "api/export_answer_inner.h"
#include "base/date.h"
#include "base/secret.h"
#include "base/text.h"
#include "wire/json/json.h"

#include <stdio.h>
#include <string.h>

/* As the service writes them. */
static const char *const status_names[] = {
    [EXPORT_REQUESTED] = "Requested",
    [EXPORT_DOWNLOAD] = "Download",
    [EXPORT_ERROR] = "Error",
    [EXPORT_GONE] = "gone",
};

const char *export_status_name(enum export_status status)
{
    return status_names[status];
}

/* Reads `22:43:13`, with or without a fraction and a Z. False if the text has anything else. */
static bool read_time(const char *text, int64_t *seconds)
{
    int hour;
    int minute;
    int second;
    int length = 0;
    if (sscanf(text, "%2d:%2d:%2d%n", &hour, &minute, &second, &length) != 3 || length != 8)
        return false;
    const char *end = text + length;
    if (*end == '.')
        end += 1 + strspn(end + 1, "0123456789");
    *seconds = hour * 3600 + minute * 60 + second;
    return hour < 24 && minute < 60 && second <= 60 && (*end == '\0' || text_equal(end, "Z"));
}

int64_t export_moment_ms(const char *text)
{
    date_t day;
    int64_t seconds;
    if (strlen(text) < 19 || !date_parse(text, 10, &day) || (text[10] != 'T' && text[10] != ' ') ||
        strspn(text + 11, "0123456789:") < 8 || !read_time(text + 11, &seconds))
        return 0;
    return ((int64_t)day * 86400 + seconds) * 1000;
}

static size_t length_without_csv(const char *name)
{
    size_t length = strlen(name);
    return length > 4 && strcasecmp(name + length - 4, ".csv") == 0 ? length - 4 : length;
}

/* Compares two names; one of them may lack its `.csv`. */
static bool same_file_name(const char *left, const char *right)
{
    size_t length = length_without_csv(left);
    return length == length_without_csv(right) && memcmp(left, right, length) == 0;
}

static bool read_status(json_object *object, enum export_status *status, struct err *err)
{
    const char *name = json_text_of(object, "requestStatus");
    if (!name)
        return err_set(err, ERR_DATA, "the answer has no requestStatus");
    for (enum export_status known = EXPORT_REQUESTED; known < EXPORT_GONE; known++) {
        if (!text_same_name(name, status_names[known]))
            continue;
        *status = known;
        return true;
    }
    char shown[40];
    return err_set(err, ERR_DATA,
                   "the answer has the requestStatus `%s`, which the service does not document",
                   text_excerpt(name, strlen(name), shown, sizeof shown));
}

/* A text member, bounded; NULL where it is missing or empty. */
static bool read_text(json_object *object, const char *member, size_t most, struct arena *arena,
                      const char **text, struct err *err)
{
    const char *value = json_text_of(object, member);
    if (value && strlen(value) > most)
        return err_set(err, ERR_DATA, "the answer's %s is longer than %zu bytes", member, most);
    *text = value && *value ? arena_copy_text(arena, value) : NULL;
    return true;
}

static int64_t read_moment(json_object *object, const char *member)
{
    const char *text = json_text_of(object, member);
    return text ? export_moment_ms(text) : 0;
}

static bool read_rest(json_object *object, struct arena *arena, struct export_answer *answer, struct err *err)
{
    answer->requested_at_ms = read_moment(object, "exportRequestDate");
    answer->url_ends_at_ms = read_moment(object, "downloadUrlExpireDate");
    const char *file_name = json_text_of(object, "downloadFileName");
    answer->file_name = file_name ? arena_copy_text(arena, file_name) : NULL;
    secret_remember_address(json_text_of(object, "downloadUrl"));
    return read_text(object, "downloadUrl", EXPORT_MAX_URL, arena, &answer->download_url, err);
}

static bool read_request(json_object *object, struct arena *arena, struct export_answer *answer,
                         struct err *err)
{
    *answer = (struct export_answer){0};
    if (!read_text(object, "requestKey", EXPORT_MAX_KEY, arena, &answer->key, err))
        return false;
    if (!answer->key)
        return err_set(err, ERR_DATA, "the answer has no requestKey");
    return read_status(object, &answer->status, err) && read_rest(object, arena, answer, err);
}

bool export_answer_read(const char *bytes, size_t length, struct arena *arena, struct export_answer *answer,
                        struct err *err)
{
    SCOPED(json) json_object *document = document_read(bytes, length, json_type_object, "the answer", err);
    return document && read_request(document, arena, answer, err);
}

bool export_answer_read_url(const char *bytes, size_t length, struct arena *arena,
                            struct export_answer *answer, struct err *err)
{
    *answer = (struct export_answer){0};
    SCOPED(json) json_object *document = document_read(bytes, length, json_type_object, "the answer", err);
    if (!document || !read_rest(document, arena, answer, err))
        return false;
    return answer->download_url || err_set(err, ERR_DATA, "the answer has no downloadUrl");
}

bool export_answer_find(const char *bytes, size_t length, const char *file_name, struct arena *arena,
                        struct export_answer *answer, bool *found, struct err *err)
{
    *found = false;
    SCOPED(json)
    json_object *list =
        document_read(bytes, length, json_type_array, "the answer about export requests", err);
    if (!list)
        return false;
    for (size_t i = 0; i < json_object_array_length(list); i++) {
        json_object *entry = json_object_array_get_idx(list, i);
        const char *name = json_text_of(entry, "downloadFileName");
        struct export_answer candidate;
        if (!name || !same_file_name(name, file_name))
            continue;
        if (!read_request(entry, arena, &candidate, err))
            return err_wrap(err, "entry %zu of the list of export requests", i + 1);
        if (!*found || candidate.requested_at_ms >= answer->requested_at_ms)
            *answer = candidate;
        *found = true;
    }
    return true;
}
