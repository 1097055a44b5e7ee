/* The User-Agent header of every request. */
#ifndef CLI_USER_AGENT_H
#define CLI_USER_AGENT_H

#include "version.h"

#define USER_AGENT "tokenflex-etl/" TOKENFLEX_ETL_VERSION

#endif
