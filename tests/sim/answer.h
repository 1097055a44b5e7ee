/*
 * The answer to a query or an export: the records of the world, as it is known when the query is submitted,
 * that its categories and its filter let through, grouped by its fields. It is made period by period (days or
 * months, where the fields tell these), so that no more than a period is in memory.
 */
#ifndef SIM_ANSWER_H
#define SIM_ANSWER_H

#include "body.h"
#include "buf.h"
#include "groups.h"
#include "known.h"
#include "table.h"

struct answer;

/* config, contract and body outlive it. The body has been checked. */
struct answer *answer_make(const struct config *config, const struct contract *contract,
                           const struct query_body *body);
void answer_free(struct answer *answer); /* NULL too */

uint64_t answer_total(const struct answer *answer);

/* The period that has row number `row`, and which of its rows that is. */
size_t answer_find(const struct answer *answer, uint64_t row, size_t *in_period);

/* The rows of a period; groups_release() when done. From any thread. */
struct groups *answer_period(struct answer *answer, size_t period);

/* Adds the value of a column (fields, then metrics) of one of these rows. */
void answer_write(const struct answer *answer, const struct groups *groups, size_t row, size_t column,
                  enum format format, const char *null_text, struct buf *out);

#endif
