#include "job/distribute_by.h"

#include <stddef.h>

const char *const job_distribute_choices[] = {
    [JOB_DISTRIBUTE_NONE] = "none",
    [JOB_DISTRIBUTE_BY_CONTRACT] = "contract_number",
    [JOB_DISTRIBUTE_BY_ROW_KEY] = "_row_key",
    NULL,
};

const char *job_distribute_column(enum job_distribute_by by)
{
    switch (by) {
    case JOB_DISTRIBUTE_BY_CONTRACT:
    case JOB_DISTRIBUTE_BY_ROW_KEY:
        return job_distribute_choices[by];
    case JOB_DISTRIBUTE_NONE:
    case JOB_DISTRIBUTE_AS_DATABASE:
        break;
    }
    return NULL;
}
