/*
 * The name of the temporary table that a load's rows are staged in (load/stage).
 */
#ifndef LOAD_STAGE_TABLE_H
#define LOAD_STAGE_TABLE_H

#define STAGE_TABLE "tokenflex_stage"

#endif
