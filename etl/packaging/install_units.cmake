# Run by `cmake --install` and CPack, with UNITS (where the sources are), WORK (a directory to write in) and PROGRAM: the
# units name the program where it is installed, whatever prefix was asked for.
set(TOKENFLEX_ETL ${PROGRAM})
configure_file(${UNITS}/tokenflex-etl@.service.in ${WORK}/tokenflex-etl@.service @ONLY)
file(INSTALL ${WORK}/tokenflex-etl@.service ${UNITS}/tokenflex-etl@.timer ${UNITS}/tokenflex-etl-failure@.service
  DESTINATION ${CMAKE_INSTALL_PREFIX}/lib/systemd/system)
