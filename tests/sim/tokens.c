#include "tokens.h"

#include "buf.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

static char *copy(const char *text)
{
    return text != NULL ? mem_text(text) : NULL;
}

const char *tokens_give(struct tokens *tokens, const struct grant_terms *terms)
{
    size_t *count = &tokens->counts[terms->kind];
    struct grant **grants = &tokens->grants[terms->kind];

    if ((*count & (*count - 1)) == 0)
        *grants = mem_grow(*grants, *count == 0 ? 1 : *count * 2, sizeof **grants);
    struct grant *grant = &(*grants)[(*count)++];
    *grant = (struct grant){.text = terms->text != NULL ? mem_text(terms->text) : text_random_hex(20),
                            .client = copy(terms->client),
                            .scopes = mem_text(terms->scopes != NULL ? terms->scopes : ""),
                            .redirect_uri = copy(terms->redirect_uri),
                            .code_challenge = copy(terms->code_challenge),
                            .two_legged = terms->two_legged,
                            .until_ms = terms->until_ms};
    return grant->text;
}

struct grant *tokens_find(struct tokens *tokens, enum grant_kind kind, const char *text)
{
    for (size_t i = tokens->counts[kind]; text != NULL && i-- > 0;)
        if (strcmp(tokens->grants[kind][i].text, text) == 0)
            return &tokens->grants[kind][i];
    return NULL;
}

void tokens_forget(struct tokens *tokens, enum grant_kind kind)
{
    for (size_t i = 0; i < tokens->counts[kind]; i++) {
        struct grant *grant = &tokens->grants[kind][i];

        free(grant->text);
        free(grant->client);
        free(grant->scopes);
        free(grant->redirect_uri);
        free(grant->code_challenge);
    }
    free(tokens->grants[kind]);
    tokens->grants[kind] = NULL;
    tokens->counts[kind] = 0;
}
