# Run by CPack last: how what it has made is installed.
foreach(package IN LISTS CPACK_PACKAGE_FILES)
  get_filename_component(name ${package} NAME)
  message(STATUS "To install, as root: apt-get install ${CPACK_PACKAGE_DIRECTORY}/${name}")
endforeach()
