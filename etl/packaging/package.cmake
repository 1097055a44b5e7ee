# The Debian package: cpack --config build/release/CPackConfig.cmake
#
# What `cmake --install` installs, with the prefix /usr, and what only a package may bring: files in /etc.
set(TOKENFLEX_MAINTAINER "The tokenflex-etl authors <maintainers@tokenflex-etl.invalid>" CACHE STRING
  "Who makes the Debian package: NAME <ADDRESS>")

install(FILES etl/docs/tokenflex-etl.example.yaml DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples RENAME tokenflex-etl.yaml)

# The pages, with the README beside them: its links to what else is installed lead there.
file(READ README.md readme)
string(REPLACE "](etl/docs/tokenflex-etl.example.yaml)" "](examples/tokenflex-etl.yaml)" readme "${readme}")
string(REPLACE "](etl/docs/" "](" readme "${readme}")
string(REPLACE "](jobs/systemd/crontab.example)" "](examples/crontab.example)" readme "${readme}")
string(REPLACE "](LICENSE)" "](copyright)" readme "${readme}")
file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/README.md "${readme}")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS README.md etl/packaging/install_packages.sh)
file(GLOB pages CONFIGURE_DEPENDS etl/docs/*.md)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/README.md ${pages} DESTINATION ${CMAKE_INSTALL_DOCDIR})
# Dashboards, their provisioning and the alert rules, in a place that provisioning/dashboards names.
install(DIRECTORY etl/grafana DESTINATION ${CMAKE_INSTALL_DATADIR}/tokenflex-etl)
install(FILES etl/container/cronjob.yaml DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME copyright)

execute_process(COMMAND date --utc --rfc-email --date=${TOKENFLEX_DATE} OUTPUT_VARIABLE rfc_date
  OUTPUT_STRIP_TRAILING_WHITESPACE)
configure_file(etl/packaging/debian/changelog.in debian/changelog @ONLY)
add_custom_command(OUTPUT debian/changelog.gz COMMAND gzip -9nc debian/changelog > debian/changelog.gz
  DEPENDS ${CMAKE_CURRENT_BINARY_DIR}/debian/changelog VERBATIM)
add_custom_target(debian_changelog ALL DEPENDS debian/changelog.gz)

install(FILES ${CMAKE_CURRENT_BINARY_DIR}/debian/changelog.gz DESTINATION ${CMAKE_INSTALL_DOCDIR}
  COMPONENT debian EXCLUDE_FROM_ALL)
# CPack has made /usr already, with its umask.
install(CODE "
  include(\"${CMAKE_CURRENT_SOURCE_DIR}/etl/packaging/make_directory.cmake\")
  make_directory(/etc/default)
  make_directory(/etc/tokenflex-etl)
  file(CHMOD \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}\"
    PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)"
  COMPONENT debian EXCLUDE_FROM_ALL)
install(FILES etl/packaging/debian/tokenflex-etl.yaml DESTINATION /etc/tokenflex-etl COMPONENT debian EXCLUDE_FROM_ALL)
install(DIRECTORY DESTINATION /etc/tokenflex-etl/jobs COMPONENT debian EXCLUDE_FROM_ALL)
install(DIRECTORY DESTINATION /etc/credstore COMPONENT debian EXCLUDE_FROM_ALL
  DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE)
install(FILES etl/packaging/debian/default DESTINATION /etc/default RENAME tokenflex-etl COMPONENT debian EXCLUDE_FROM_ALL
  PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ)

set(CPACK_GENERATOR DEB)
set(CPACK_PROJECT_CONFIG_FILE ${CMAKE_CURRENT_SOURCE_DIR}/etl/packaging/package_tools.cmake)
set(CPACK_POST_BUILD_SCRIPTS ${CMAKE_CURRENT_SOURCE_DIR}/etl/packaging/package_path.cmake)
set(CPACK_PACKAGE_NAME tokenflex-etl)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT ${TOKENFLEX_MAINTAINER})
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "loads Autodesk Token Flex usage into PostgreSQL")
set(CPACK_PACKAGE_DESCRIPTION
"Runs the queries of YAML job definitions through the service's asynchronous,
tightly rate-limited REST API, every night, and upserts the rows into tables
made from the results' columns, for charge-back and forecasts.
.
With units for systemd, one timer for each tag of jobs.")
set(CPACK_STRIP_FILES ON)
# As `make install DESTDIR=…`, so that files in /etc are where they belong, and the units name /usr/bin.
set(CPACK_SET_DESTDIR ON)
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_ALL Unspecified debian)
set(CPACK_COMPONENTS_GROUPING ALL_COMPONENTS_IN_ONE)

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION database)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
execute_process(COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/etl/packaging/install_packages.sh list depends
  OUTPUT_VARIABLE depends OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
string(REPLACE " " ", " CPACK_DEBIAN_PACKAGE_DEPENDS "${depends}")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "postgresql (>= 15), default-mta | mail-transport-agent, mailx")
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
  ${CMAKE_CURRENT_SOURCE_DIR}/etl/packaging/debian/conffiles ${CMAKE_CURRENT_SOURCE_DIR}/etl/packaging/debian/postinst
  ${CMAKE_CURRENT_SOURCE_DIR}/etl/packaging/debian/prerm ${CMAKE_CURRENT_SOURCE_DIR}/etl/packaging/debian/postrm)
include(CPack)
