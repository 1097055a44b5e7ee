#include "api/contract.h"
#include "base/clock.h"
#include "base/stop.h"
#include "cli/commands.h"
#include "cli/inputs.h"
#include "cli/output.h"
#include "job/starter.h"
#include "report/discovery.h"
#include "run/service.h"
#include "run/session.h"
#include "state/schema.h"
#include "version.h"

#include <string.h>

/* A user waits for the answer, so the wait for the budget is limited to this time. */
#define ANSWER_TIMEOUT_MS 300000

static const char *const words[] = {"contracts", "fields"};

/* The service, and the database that keeps its request budget. */
struct connection {
    struct service service;
    struct session session;
};

static void connection_cleanup(struct connection *connection)
{
    session_close(&connection->session);
    service_close(&connection->service);
}

/* The budget is a table of the tool's schema. Like `run`, this creates the schema if the role has the right.
 */
static bool open_connection(const struct settings *settings, struct connection *connection, struct err *err)
{
    struct schema_change change;
    struct http_options http = service_http_options(settings, "tokenflex-etl/" TOKENFLEX_ETL_VERSION);
    connection->session.settings = settings;
    return settings_check_auth(settings, err) && stop_install(err) &&
           session_connect_first(&connection->session, err) &&
           schema_upgrade(connection->session.pg, &change, err) &&
           service_open(settings, &http, &connection->service, err);
}

static struct api api_of(const struct connection *connection)
{
    return service_api(&connection->service, connection->session.pg, clock_deadline(ANSWER_TIMEOUT_MS));
}

static bool discover_contracts(const struct options *options, struct inputs *inputs, struct buf *out,
                               struct err *err)
{
    struct contracts contracts;
    SCOPED(connection) struct connection connection = {0};
    if (!open_connection(&inputs->settings, &connection, err))
        return false;
    struct api api = api_of(&connection);
    if (!contract_list(&api, inputs->arena, &contracts, err))
        return false;
    if (options->output == OUTPUT_JSON)
        discovery_put_contracts_json(&contracts, out);
    else
        discovery_put_contracts_table(&contracts, out);
    return true;
}

static bool fetch_names(const char *contract, struct inputs *inputs, struct enrichment *enrichment,
                        struct err *err)
{
    SCOPED(connection) struct connection connection = {0};
    if (!open_connection(&inputs->settings, &connection, err))
        return false;
    struct api api = api_of(&connection);
    return enrichment_fetch(&api, contract, inputs->arena, enrichment, err);
}

static void put_starter(const struct discovered_fields *fields, struct buf *out)
{
    struct starter starter = {.contract = fields->contract};
    memcpy(starter.custom_names, fields->enrichment.names, sizeof starter.custom_names);
    starter_put(&starter, out);
}

static bool discover_fields(const struct options *options, struct inputs *inputs, struct buf *out,
                            struct err *err)
{
    struct discovered_fields fields = {.contract = options->contract};
    if (fields.contract && !fetch_names(fields.contract, inputs, &fields.enrichment, err))
        return false;
    if (options->starter_job)
        put_starter(&fields, out);
    else if (options->output == OUTPUT_JSON)
        discovery_put_fields_json(&fields, out);
    else
        discovery_put_fields_table(&fields, out);
    return true;
}

static bool refuse_word(const struct options *options, struct err *err)
{
    const char *word = options->arguments.count > 0 ? options->arguments.items[0] : NULL;
    const char *nearest = word ? text_nearest(word, words, COUNT_OF(words)) : NULL;
    if (!word) {
        err_set(err, ERR_USAGE, "`discover` is followed by contracts or fields");
        return err_hint(err, "see tokenflex-etl discover --help");
    }
    err_set(err, ERR_USAGE, "`discover` is followed by contracts or fields, not `%s`", word);
    return nearest ? err_hint(err, "did you mean `%s`?", nearest)
                   : err_hint(err, "see tokenflex-etl discover --help");
}

/* Which options may be combined. */
static bool check_words(const struct options *options, bool *of_fields, struct err *err)
{
    const struct text_list *arguments = &options->arguments;
    *of_fields = arguments->count > 0 && text_equal(arguments->items[0], "fields");
    if (arguments->count == 0 || (!*of_fields && !text_equal(arguments->items[0], "contracts")))
        return refuse_word(options, err);
    if (arguments->count > 1)
        return err_set(err, ERR_USAGE, "`discover %s` takes no arguments, found `%s`", arguments->items[0],
                       arguments->items[1]);
    if (!*of_fields && (options->contract || options->starter_job))
        return err_set(err, ERR_USAGE, "`discover contracts` takes no --%s: `discover fields` does",
                       options->contract ? "contract" : "job");
    bool named = options->contract && job_is_contract_number(options->contract) &&
                 !text_equal(options->contract, "active") && !text_equal(options->contract, "all");
    if (options->contract && !named) {
        err_set(err, ERR_USAGE, "--contract takes one contract's number such as 11000000001, not `%s`",
                options->contract);
        return err_hint(err, "`tokenflex-etl discover contracts` lists them");
    }
    if (options->starter_job && !options->contract) {
        err_set(err, ERR_USAGE, "--job needs --contract: the job is made for one");
        return err_hint(err, "`tokenflex-etl discover contracts` lists them");
    }
    if (options->starter_job && options->output == OUTPUT_JSON)
        return err_set(err, ERR_USAGE, "--job writes YAML: leave --output json out");
    return true;
}

int command_discover(const struct options *options)
{
    struct err err = {0};
    bool of_fields;
    SCOPED(inputs) struct inputs inputs = {0};
    SCOPED(buf) struct buf out = buf_make_result();
    if (!check_words(options, &of_fields, &err))
        return output_fail("usage", &err);
    bool offline = of_fields && !options->contract;
    if (!offline)
        inputs_read_settings(options, INPUTS_NEED_SECRETS, &inputs);
    if (!offline && inputs_have_errors(&inputs, NULL)) {
        inputs_refuse(&inputs, NULL, &err);
        return output_refuse(&err);
    }
    bool found = of_fields ? discover_fields(options, &inputs, &out, &err)
                           : discover_contracts(options, &inputs, &out, &err);
    return found ? output_end(&out, 0) : output_fail("discover", &err);
}
