/*
 * The logins that hosts share, in tokenflex_etl.login: one row for each account and client. The caller
 * encrypts the login (api/token_database.h).
 */
#ifndef STATE_LOGIN_ROW_H
#define STATE_LOGIN_ROW_H

#include "base/buf.h"
#include "base/err.h"
#include "wire/pg/pg.h"

#include <stdint.h>

/* Borrowed texts. */
struct login_row_key {
    const char *account; /* the service's user, as state/budget.h names it */
    const char *client_id;
};

/* Owned: login_row_cleanup(). */
struct login_row {
    bool has_table; /* the migration that creates it has been applied */
    bool exists;
    struct buf sealed; /* hexadecimal digits */
    struct buf key_id;
    int64_t now_ms; /* the database's clock, read after the row */
};

#define LOGIN_ROW_MAX_DIGITS ((size_t)1 << 20)

struct login_row login_row_make(void);
void login_row_cleanup(struct login_row *row);

/*
 * Begins a transaction whose commit is durable, and reads and locks the row until the transaction ends. Waits
 * for the lock until the deadline of the connection: ERR_LATER. Locks nothing if the row or the table does
 * not exist. If the table does not exist, returns true with has_table false; then the transaction has failed
 * and can only be rolled back, now_ms is not set, and err has the server's error. ERR_AUTH if the row is
 * longer than any login. The caller ends the transaction, also after a failure.
 */
MUST_CHECK bool login_row_lock(struct pg *pg, const struct login_row_key *key, struct login_row *row,
                               struct err *err);

/* Reads the row without its lock, outside a transaction. has_table, now_ms, err and ERR_AUTH as above. */
MUST_CHECK bool login_row_read(struct pg *pg, const struct login_row_key *key, struct login_row *row,
                               struct err *err);

/* Writes the row, in the transaction of login_row_lock(). A row that did not exist is locked afterwards.
 * ERR_CREATE where a trigger, rule or policy has kept the row out. */
struct login_row_content {
    const char *sealed; /* hexadecimal digits */
    const char *key_id;
};
MUST_CHECK bool login_row_store(struct pg *pg, const struct login_row_key *key,
                                const struct login_row_content *content, struct err *err);

/* Deletes the row, which exists, in the transaction of login_row_lock(). ERR_CREATE where it stays. */
MUST_CHECK bool login_row_delete(struct pg *pg, const struct login_row_key *key, struct err *err);

#endif
