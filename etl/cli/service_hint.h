/* A warning for root on a host where a systemd unit runs the program. */
#ifndef CLI_SERVICE_HINT_H
#define CLI_SERVICE_HINT_H

/*
 * Logs a warning if root uses the settings of the unit tokenflex-etl@.service, but not its variables, secret
 * and login. The hint has the command that uses them.
 */
void service_hint(const char *settings_file);

#endif
