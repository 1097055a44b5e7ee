-- From now on, in this transaction, a lock is waited for $1 milliseconds.
select set_config('lock_timeout', $1, true)
