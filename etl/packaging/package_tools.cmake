# Run by CPack before anything else. Without these tools it would go on, and leave out what the package depends on.
foreach(tool dpkg-shlibdeps file)
  find_program(found_${tool} ${tool})
  if(NOT found_${tool})
    message(FATAL_ERROR "cpack needs ${tool}: sh etl/packaging/install_packages.sh package")
  endif()
endforeach()
