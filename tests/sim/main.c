#include "dump.h"
#include "options.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXIT_USAGE 64
#define EXIT_UNAVAILABLE 69
#define EXIT_CANNOT_CREATE 73

static int complain(int code, char *reason)
{
    fprintf(stderr, "tokenflex-sim: %s\n", reason != NULL ? reason : "failed");
    free(reason);
    return code;
}

static int run_dump(const struct options *options)
{
    char *body = options_file(options->query_file), *reason = NULL;
    struct csv_stream *stream;
    bool written;

    if (body == NULL)
        return complain(EXIT_USAGE, mem_format("%s cannot be read", options->query_file));
    stream = dump_stream(options->config, options->contract, body, &reason);
    free(body);
    if (stream == NULL)
        return complain(EXIT_USAGE, reason);
    written = dump_write(stream, stdout);
    csv_stream_free(stream);
    return written ? 0 : complain(EXIT_CANNOT_CREATE, mem_text("stdout cannot be written"));
}

/* Writes text beside path and renames it there: a reader sees all of it or nothing. */
static bool write_whole(const char *path, const char *text)
{
    char *temporary = mem_format("%s.%ld", path, (long)getpid());
    FILE *file = fopen(temporary, "w");
    bool good = file != NULL && fputs(text, file) >= 0;

    good = file != NULL && fclose(file) == 0 && good;
    good = good && rename(temporary, path) == 0;
    free(temporary);
    return good;
}

static bool tell_ready(const struct sim *sim, const char *ready_file)
{
    char *text = mem_format("{\"port\":%u,\"download_port\":%u,\"pid\":%ld}\n", sim->port, sim->download_port,
                            (long)getpid());
    bool good = ready_file == NULL || write_whole(ready_file, text);

    fputs(text, stdout);
    fflush(stdout);
    free(text);
    return good;
}

static int run_serve(struct options *options)
{
    struct sim *sim = mem_zero(1, sizeof *sim);
    sigset_t signals;
    int code = 0, received;
    char *reason = NULL;

    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
    sim_init(sim, options->config, options->script);
    options->config = NULL;
    options->script = NULL;
    struct server *server = server_start(sim, &options->server, &reason);
    if (server == NULL) {
        code = complain(EXIT_UNAVAILABLE, reason);
    } else if (!tell_ready(sim, options->ready_file)) {
        code = complain(EXIT_CANNOT_CREATE, mem_format("%s cannot be written", options->ready_file));
    } else {
        sigwait(&signals, &received);
    }
    if (server != NULL)
        server_stop(server);
    sim_free(sim);
    free(sim);
    return code;
}

int main(int argc, char **argv)
{
    struct options options;
    char *reason = NULL;
    int code = 0;

    switch (options_read(argc, argv, &options, &reason)) {
    case OPTIONS_WRONG:
        code = complain(EXIT_USAGE, reason);
        break;
    case OPTIONS_HELP:
        fputs(options_help, stdout);
        break;
    case OPTIONS_RUN:
        code = options.dump ? run_dump(&options) : run_serve(&options);
        break;
    }
    config_release(options.config);
    script_release(options.script);
    return code;
}
