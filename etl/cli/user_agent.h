/*
 * What we call ourselves to servers.
 */
#ifndef CLI_USER_AGENT_H
#define CLI_USER_AGENT_H

#include "version.h"

#define USER_AGENT "tokenflex-etl/" TOKENFLEX_ETL_VERSION

#endif
