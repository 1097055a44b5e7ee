/* A warning for root on a host where a systemd unit runs the program. */
#ifndef CLI_SERVICE_HINT_H
#define CLI_SERVICE_HINT_H

/*
 * Logs a warning where root uses the settings that the unit tokenflex-etl@.service uses, but not its
 * variables, secret and login, with the command that does.
 */
void service_hint(const char *settings_file);

#endif
