#include "load/proof.h"

#include "base/mem.h"
#include "load/totals_line.h"

#include <inttypes.h>
#include <stdlib.h>

struct proof {
    const struct target *target;
    struct figures now;
    struct figures kept;
    struct totals_line totals_line;
};

struct proof *proof_make(const struct target *target)
{
    struct proof *proof = mem_alloc(1, sizeof *proof);
    proof->target = target;
    proof->now = figures_make(target);
    proof->kept = figures_make(target);
    proof->totals_line = totals_line_make(target);
    return proof;
}

void proof_release(struct proof *proof)
{
    if (!proof)
        return;
    figures_release(&proof->now, proof->target);
    figures_release(&proof->kept, proof->target);
    totals_line_release(&proof->totals_line, proof->target);
    free(proof);
}

bool proof_add(struct proof *proof, const struct value *values, const unsigned char *key, struct err *err)
{
    const struct target *target = proof->target;
    bool added = figures_add(&proof->now, target, values, key) &&
                 totals_line_note(&proof->totals_line, target, values, proof->now.rows);
    return added ||
           err_set(err, ERR_DATA, "row %" PRIu64 " has a number that cannot be added up", proof->now.rows);
}

void proof_keep(struct proof *proof)
{
    figures_copy(&proof->kept, &proof->now, proof->target);
}

void proof_restore(struct proof *proof)
{
    figures_copy(&proof->now, &proof->kept, proof->target);
    totals_line_remove_part(&proof->totals_line, proof->now.rows);
}

bool proof_refuse_totals_line(const struct proof *proof, struct err *err)
{
    return totals_line_refuse(&proof->totals_line, proof->target, &proof->now, err);
}

const struct figures *proof_figures(const struct proof *proof)
{
    return &proof->now;
}
