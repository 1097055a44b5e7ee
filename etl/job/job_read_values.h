/*
 * The `read` functions of the keys of a job (struct key). The member is the one of the key's row: the value
 * itself, or the struct that has several members for it.
 */
#ifndef JOB_JOB_READ_VALUES_H
#define JOB_JOB_READ_VALUES_H

#include "job/keys.h"

void job_read_name(const struct key_value *value, void *name);             /* const char * */
void job_read_contract(const struct key_value *value, void *job);          /* struct job */
void job_read_where(const struct key_value *value, void *where);           /* const char * */
void job_read_dataset(const struct key_value *value, void *dataset);       /* const struct dataset * */
void job_read_window_field(const struct key_value *value, void *field);    /* const char * */
void job_read_last(const struct key_value *value, void *window);           /* struct job_window */
void job_read_until(const struct key_value *value, void *window);          /* struct job_window */
void job_read_full_every(const struct key_value *value, void *window);     /* struct job_window */
void job_read_identifier(const struct key_value *value, void *identifier); /* const char * */
void job_read_types(const struct key_value *value, void *target);          /* struct job_target */
void job_read_rename(const struct key_value *value, void *target);         /* struct job_target */

#endif
