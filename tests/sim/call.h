/* The kinds of requests, as stats count them and rules name them. */
#ifndef SIM_CALL_H
#define SIM_CALL_H

enum call {
    CALL_TOKEN,
    CALL_AUTHORIZE,
    CALL_SUBMIT,
    CALL_POLL, /* GET of a query that had not answered DONE before */
    CALL_PAGE, /* any later one */
    CALL_CONTRACT,
    CALL_ENRICHMENT,
    CALL_VALUES,
    CALL_SUMMARY,
    CALL_LAST,
    CALL_EXPORT_SUBMIT,
    CALL_EXPORT_STATUS,
    CALL_EXPORT_LIST,
    CALL_EXPORT_RETRY,
    CALL_EXPORT_REFRESH_URL,
    CALL_EXPORT_MARK_READ,
    CALL_EXPORT_DELETE,
    CALL_SCHEDULES,
    CALL_DOWNLOAD,
    CALL_OTHER, /* nothing that the service knows */
    CALL_CONTROL,
    CALL_COUNT
};

const char *call_name(enum call call);

/* The call of that name, or CALL_COUNT. */
enum call call_find(const char *name);

#endif
