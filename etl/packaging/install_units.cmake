# Run by `cmake --install` and CPack, with UNITS (where the sources are), WORK (a directory to write in), PROGRAM, SBIN and
# LIBEXEC: units and scripts name each other where they are installed, whatever prefix was asked for.
set(TOKENFLEX_ETL ${PROGRAM})
set(TOKENFLEX_LIBEXEC ${LIBEXEC})
set(TOKENFLEX_AS_SERVICE ${SBIN}/tokenflex-etl-as-service)
foreach(file tokenflex-etl@.service tokenflex-etl-failure@.service tokenflex-etl-as-service)
  configure_file(${UNITS}/${file}.in ${WORK}/${file} @ONLY)
endforeach()
set(systemd ${CMAKE_INSTALL_PREFIX}/lib/systemd/system)
foreach(directory ${systemd} ${LIBEXEC} ${SBIN})
  make_directory(${directory})
endforeach()
file(INSTALL ${WORK}/tokenflex-etl@.service ${UNITS}/tokenflex-etl@.timer ${WORK}/tokenflex-etl-failure@.service
  DESTINATION ${systemd})
set(program PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
file(INSTALL ${UNITS}/attempt ${UNITS}/tell-failure DESTINATION ${LIBEXEC} ${program})
file(INSTALL ${WORK}/tokenflex-etl-as-service DESTINATION ${SBIN} ${program})
