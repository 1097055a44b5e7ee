# cmake -DSOURCE_ROOT=… -DREVISION=… -DOUT=… -P revision.cmake
#
# Writes a C file with the version and the revision: REVISION where it is given, else git's commit, with -dirty behind it where a file has
# been changed. Empty outside a checkout, even where a tarball was unpacked within somebody else's.
if(NOT REVISION)
  set(REVISION "")
  find_program(GIT git)
  if(GIT AND EXISTS ${SOURCE_ROOT}/.git)
    execute_process(COMMAND ${GIT} --no-optional-locks describe --always --dirty --abbrev=12 --exclude=*
      WORKING_DIRECTORY ${SOURCE_ROOT} RESULT_VARIABLE failed OUTPUT_VARIABLE described
      OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
    if(NOT failed)
      set(REVISION ${described})
    endif()
  endif()
endif()

if(REVISION)
  set(behind " (${REVISION})")
endif()
file(CONFIGURE OUTPUT ${OUT} @ONLY CONTENT [[/* Made by revision.cmake. */
#include "cli/about.h"
#include "version.h"

const char about_revision[] = "@REVISION@";
const char about_version[] = TOKENFLEX_ETL_VERSION "@behind@";
]])
