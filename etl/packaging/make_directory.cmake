# make_directory(PATH): makes a directory below $DESTDIR during an installation. Everybody may enter it, whatever the umask
# is. install() only passes a mode to mkdir, also with CMAKE_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS, and the umask reduces it.
function(make_directory path)
  execute_process(COMMAND sh -c "umask 022; mkdir -p \"$0\"" "$ENV{DESTDIR}${path}" COMMAND_ERROR_IS_FATAL ANY)
endfunction()
