# The first step of an installation: the directories of what install() installs.
string(JOIN " " directories ${CMAKE_INSTALL_BINDIR} ${CMAKE_INSTALL_DOCDIR}/examples
  ${CMAKE_INSTALL_MANDIR}/man1 ${CMAKE_INSTALL_MANDIR}/man5 ${CMAKE_INSTALL_DATADIR}/tokenflex-etl/jobs
  ${CMAKE_INSTALL_DATADIR}/bash-completion/completions ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
install(CODE "
  include(\"${CMAKE_CURRENT_SOURCE_DIR}/etl/packaging/make_directory.cmake\")
  foreach(directory ${directories})
    make_directory(\"\${CMAKE_INSTALL_PREFIX}/\${directory}\")
  endforeach()")
