/*
 * tokenflex-etl-manual: writes a manual page or a completion to stdout. Runs while the project is built.
 *
 *   tokenflex-etl-manual page program|settings|job
 *   tokenflex-etl-manual completion bash|zsh|fish
 */
#include "base/text.h"
#include "manual/manual.h"

#include <stdio.h>

static bool put_page(const char *name, struct buf *out)
{
    if (text_equal(name, "program")) {
        page_put_program(out);
        return true;
    }
    for (const struct help_topic *topic = help_topics; topic->name; topic++) {
        if (text_equal(name, topic->name)) {
            page_put_file(topic, out);
            return true;
        }
    }
    return false;
}

static bool put_completion(const char *shell, struct buf *out)
{
    static const struct {
        const char *name;
        void (*put)(struct buf *out);
    } shells[] = {{"bash", bash_put}, {"zsh", zsh_put}, {"fish", fish_put}};
    for (size_t i = 0; i < COUNT_OF(shells); i++) {
        if (text_equal(shell, shells[i].name)) {
            shells[i].put(out);
            return true;
        }
    }
    return false;
}

int main(int argc, char **argv)
{
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    bool is_page = argc == 3 && text_equal(argv[1], "page");
    bool is_completion = argc == 3 && text_equal(argv[1], "completion");
    bool put = (is_page && put_page(argv[2], &out)) || (is_completion && put_completion(argv[2], &out));
    if (!put) {
        fputs("usage: tokenflex-etl-manual page program|settings|job | completion bash|zsh|fish\n", stderr);
        return 64;
    }
    return fwrite(buf_text(&out), 1, out.length, stdout) == out.length && fflush(stdout) == 0 ? 0 : 69;
}
