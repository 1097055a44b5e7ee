-- Comments on every table, view and column of the tool's schema. The page etl/docs/tool-tables.md is made from them. A
-- migration that adds a column sets its comment.
comment on table tokenflex_etl.contract is
    'Contracts as the service listed them, one row for each account and contract. `tokenflex-etl plan`, and a run that cannot '
    'get the list from the service, read the newest list from this table';
comment on column tokenflex_etl.contract.account is
    'Account of the request budget: `api.rate_limit.account`, or the client id if that setting is empty';
comment on column tokenflex_etl.contract.contract_number is 'Contract number, as the service writes it';
comment on column tokenflex_etl.contract.is_active is 'Whether the service said that the contract is active';
comment on column tokenflex_etl.contract.listed_at is
    'When the service listed the contract. All rows of one list have the same time. A contract with an older time than others '
    'of its account is no longer listed';

comment on table tokenflex_etl.login is
    'Logins at the service that several hosts share (`auth.token_store: database`), one row for each account and client. They '
    'are encrypted with the key of `auth.token_key_file`';
comment on column tokenflex_etl.login.account is
    'Account of the request budget: `api.rate_limit.account`, or the client id if that setting is empty';
comment on column tokenflex_etl.login.client_id is 'Client id of the application at the service (`auth.client_id`)';
comment on column tokenflex_etl.login.sealed is
    'The encrypted login: version 1 (1 byte), nonce (12 bytes), ciphertext of AES-256-GCM, tag (16 bytes). It can be decrypted '
    'only together with its `account` and `client_id`';
comment on column tokenflex_etl.login.key_id is
    'Identifies the key that encrypted the login. The key cannot be derived from it';
comment on column tokenflex_etl.login.stored_at is 'When the login was last written';

comment on table tokenflex_etl.migration is 'Migrations that were applied to this schema, one row for each';
comment on column tokenflex_etl.migration.number is 'Number of the migration. The largest number is the level of the schema';
comment on column tokenflex_etl.migration.name is 'Name of the migration: the name of its file without `.sql`';
comment on column tokenflex_etl.migration.applied_at is 'When the migration was applied';

comment on table tokenflex_etl.reconciliation is
    'Comparisons of tables with the service''s own totals (`tokenflex-etl reconcile`), one row for each figure. Rows of one '
    'comparison of a table and contract have the same `checked_at`. Rows that are older than `run.keep_runs` days are deleted, '
    'except the last comparison of each table and contract';
comment on column tokenflex_etl.reconciliation.reconciliation_id is 'Number of the row, in the order of writing';
comment on column tokenflex_etl.reconciliation.checked_at is 'When the comparison was made';
comment on column tokenflex_etl.reconciliation.contract_number is 'Contract number';
comment on column tokenflex_etl.reconciliation.job is 'Job that loads the table';
comment on column tokenflex_etl.reconciliation.schema_name is 'Schema of the table';
comment on column tokenflex_etl.reconciliation.table_name is 'Name of the table';
comment on column tokenflex_etl.reconciliation.usage_month is 'First day of the month';
comment on column tokenflex_etl.reconciliation.contract_year is
    'Contract year. Null: the figures are the sum of all contract years, because the table has no column for the year';
comment on column tokenflex_etl.reconciliation.usage_category is
    'Usage category, by the name that the service uses now. Null: the figures are the sum of all categories that the job '
    'requests, because the table has no column for the category';
comment on column tokenflex_etl.reconciliation.loaded is
    'Tokens that the table has for the month. 0 if it has no rows of the month';
comment on column tokenflex_etl.reconciliation.service is 'Tokens of the month in the service''s summary';
comment on column tokenflex_etl.reconciliation.difference is '`loaded` minus `service`';
comment on column tokenflex_etl.reconciliation.status is
    '`equal`: the figures are equal within the tolerance. `differs`: they differ, and the service''s figure has not changed '
    'since both were equal, or both were never equal. `moved_on`: they differ, and the service''s figure has changed since '
    'both were last equal. `running`: the month is not over. `not_loaded`: the table does not have the complete month. The '
    'last two never count as a difference';
comment on column tokenflex_etl.reconciliation.was_reloaded is
    'Whether the months with a difference had been loaded again directly before this comparison. If true and the row still has '
    'a difference, another load would not help while both figures stay the same';
comment on column tokenflex_etl.reconciliation.invocation_id is
    'Invocation that made the comparison: a start of `tokenflex-etl reconcile` or `run`. Null: not known';

comment on table tokenflex_etl.request_budget is
    'The rate limit of the service, as a token bucket that all hosts, processes and jobs of an account share, one row for each '
    'account';
comment on column tokenflex_etl.request_budget.account is
    'Account of the request budget: `api.rate_limit.account`, or the client id if that setting is empty';
comment on column tokenflex_etl.request_budget.tokens is
    'Requests in the bucket at `refilled_at`. Since then the bucket has refilled, which this column does not show. Below zero: '
    'so many requests are promised to runs that wait for them';
comment on column tokenflex_etl.request_budget.refilled_at is
    'When `tokens` was last computed, as a rule because a request was taken';
comment on column tokenflex_etl.request_budget.blocked_until is
    'Until this time no request is sent, because of a 429 response. Null: no 429 response was received, or the block was '
    'removed';
comment on column tokenflex_etl.request_budget.max_page_size is
    'Largest page, in rows, that the service allows, as learnt when it refused a larger one. Null: it has refused none';
comment on column tokenflex_etl.request_budget.max_page_size_at is
    'When `max_page_size` was learnt; it counts for 30 days. Null: `max_page_size` is null';
comment on column tokenflex_etl.request_budget.burst_at is
    'When the last burst began. For `api.rate_limit.period` after this time the bucket refills only up to one request more '
    'than it had after the last request. Null: none';
comment on column tokenflex_etl.request_budget.rate_share is
    'The rate at `refilled_at`, as a share of `api.rate_limit.per_minute`. A 429 response halves it, down to 0.125. Then it '
    'rises by 0.1 an hour. Null: 1';

comment on table tokenflex_etl.request_reservation is
    'Requests that are reserved for results in progress at the service, one row for each. A query is submitted only if the '
    'budget also has the requests that are reserved here';
comment on column tokenflex_etl.request_reservation.reservation_id is 'Number of the reservation';
comment on column tokenflex_etl.request_reservation.account is 'Account of the request budget whose requests are reserved';
comment on column tokenflex_etl.request_reservation.requests is 'Number of reserved requests';
comment on column tokenflex_etl.request_reservation.expires_at is
    'Until this time the reservation counts. The result is gone then at the latest';
comment on column tokenflex_etl.request_reservation.reserved_at is 'When the reservation was made';
comment on column tokenflex_etl.request_reservation.application is
    '`application_name` of the database session that made the reservation. It ends with the word `run` and the `run_id`';

comment on table tokenflex_etl.restatement is
    'Changes of figures that an earlier load had stored, one row for each run, month and metric. Only days count that an '
    'earlier load has covered after they were over. Rows are never deleted';
comment on column tokenflex_etl.restatement.restatement_id is 'Number of the row, in the order of writing';
comment on column tokenflex_etl.restatement.run_id is
    'Run that loaded the change. Its row in `tokenflex_etl.run` may have been deleted since';
comment on column tokenflex_etl.restatement.job is 'Job that loaded the change';
comment on column tokenflex_etl.restatement.schema_name is 'Schema of the table';
comment on column tokenflex_etl.restatement.table_name is 'Name of the table';
comment on column tokenflex_etl.restatement.contract_number is 'Contract number';
comment on column tokenflex_etl.restatement.window_start is
    'First day of the window, for a table whose rows have no date. Null: the rows have a date, or the job has no window';
comment on column tokenflex_etl.restatement.window_end is
    'First day after the window, for a table whose rows have no date. Null: the rows have a date, or the job has no window';
comment on column tokenflex_etl.restatement.month is 'First day of the month. Null: the rows have no date';
comment on column tokenflex_etl.restatement.metric is 'API name of the metric';
comment on column tokenflex_etl.restatement.before is
    'Sum of the metric before the load, over the contract''s rows of the days in `days`. If the rows have no date: over the '
    'rows of the window, or over all rows. Null: the metric cannot be summed over several rows, or no row had a value';
comment on column tokenflex_etl.restatement.after is
    'The same sum after the load. Null: the metric cannot be summed over several rows, or no row has a value';
comment on column tokenflex_etl.restatement.rows_changed is
    'Rows in which the metric, or a field outside the key, has a new value';
comment on column tokenflex_etl.restatement.rows_added is 'Rows that the table did not have before';
comment on column tokenflex_etl.restatement.rows_vanished is 'Rows that were deleted because the answer no longer has them';
comment on column tokenflex_etl.restatement.days is
    'Days of the month that an earlier load had covered after they were over: `before` and `after` are sums over these days. '
    'Null: the rows have no date';
comment on column tokenflex_etl.restatement.restated_at is
    'Start of the transaction of the load. The rows that the load wrote have the same time as `_synced_at`';

comment on table tokenflex_etl.run is
    'The run history: one row for each chunk of a job that was begun, skipped or refused. Rows that are older than '
    '`run.keep_runs` days are deleted, except those that a later run or `status` needs';
comment on column tokenflex_etl.run.run_id is 'Number of the run. The rows of the tables that jobs load have it as `_run_id`';
comment on column tokenflex_etl.run.job is 'Name of the job';
comment on column tokenflex_etl.run.contract_number is 'Contract number';
comment on column tokenflex_etl.run.window_start is 'First requested day. Null: the job has no window';
comment on column tokenflex_etl.run.window_end is 'First day after the requested days. Null: the job has no window';
comment on column tokenflex_etl.run.source is
    'How the rows come, or would come: `query`, `export`, or `contract` (from the service''s record of the contract). A run '
    'that changes from a query to an export changes this value';
comment on column tokenflex_etl.run.status is '`running`, `succeeded`, `failed` or `skipped`';
comment on column tokenflex_etl.run.started_at is 'When the run began';
comment on column tokenflex_etl.run.finished_at is 'When the run ended. Null: it has not ended';
comment on column tokenflex_etl.run.rows_read is 'Rows of the service''s answer. 0 until the run has succeeded';
comment on column tokenflex_etl.run.rows_inserted is 'Rows that were new in the table. 0 unless the run succeeded';
comment on column tokenflex_etl.run.rows_updated is 'Rows of the table that got new values. 0 unless the run succeeded';
comment on column tokenflex_etl.run.rows_unchanged is
    'Rows of the answer that the table had already. 0 unless the run succeeded';
comment on column tokenflex_etl.run.rows_deleted is 'Rows that were deleted from the table. 0 unless the run succeeded';
comment on column tokenflex_etl.run.requests is
    'Requests to the service that counted against the rate limit, including polls and retries. Written when the run ends: 0 '
    'before, and 0 if its process ended without finishing';
comment on column tokenflex_etl.run.error is 'Message of the failure. Null: the run has not failed';
comment on column tokenflex_etl.run.host is 'Name of the host that ran it';
comment on column tokenflex_etl.run.pid is 'Process id on that host';
comment on column tokenflex_etl.run.target is
    'Schema and table of the job, joined by a dot. The lock that the run holds has this name and the contract number. Null for '
    'rows of older versions';
comment on column tokenflex_etl.run.remote is
    'Address of the query at the service, from which another run can resume it. Null: no query was submitted, the service '
    'named no address, the rows come by export, or the query can no longer be used';
comment on column tokenflex_etl.run.body_hash is
    'SHA-256 of the body of the request, in hexadecimal. A run resumes a query or an export of another run only if the body is '
    'the same. Null: no query was submitted and no export requested';
comment on column tokenflex_etl.run.submitted_at is
    'When the query was submitted or the export requested, by this run or by the run from which it was resumed. If there were '
    'several, the last one. Null: none';
comment on column tokenflex_etl.run.ready_at is
    'When the run saw that the result is ready. If there were several, the last one. Null: no result is ready';
comment on column tokenflex_etl.run.ready_ms is
    'Milliseconds from the request to the result, by which later runs plan their polls. Null: not measured, for example '
    'because the service had the result at once, the query or export was resumed, or the query was for a part of the window';
comment on column tokenflex_etl.run.target_id is
    'The table that has the rows, as in `tokenflex_etl.target`. It is also set if the chunk was skipped because its usage is '
    'unchanged. Null: no rows were loaded, or an older version wrote the row';
comment on column tokenflex_etl.run.question_hash is
    'SHA-256 of the request and its column names, in hexadecimal; the same for a query and for an export. A backfill skips a '
    'chunk only if its request is still the same. Null for rows of older versions';
comment on column tokenflex_etl.run.source_reason is
    'Why the rows come by export, or by one query for each part of the window. Null: by a single query, or from the '
    'contract''s record';
comment on column tokenflex_etl.run.export_name is
    'File name of the export, which is unique. A run that resumes the export finds it by this name. Null: no export was '
    'requested, it was deleted after the load, or it can no longer be used';
comment on column tokenflex_etl.run.export_key is
    'Key of the export at the service. Null: no export was requested, its key is not known, it was deleted after the load, or '
    'it can no longer be used';
comment on column tokenflex_etl.run.query_hash is
    'SHA-256 of the request body without the window, in hexadecimal: the same for all windows of an unchanged job. Null for '
    'skipped runs and for rows of older versions';
comment on column tokenflex_etl.run.timed_out_at is
    'When a query of this run last exceeded the service''s time limit. Null: none did';
comment on column tokenflex_etl.run.timed_out_days is
    'Number of days of the shortest query of this run that exceeded the service''s time limit; 2147483647 if the job has no '
    'window. Null: none did';
comment on column tokenflex_etl.run.requests_before is
    'How many of the requests were for the list of contracts. They are counted for the first chunk that was made from the '
    'list. 0 for a skipped run: all its requests are of this kind';
comment on column tokenflex_etl.run.error_kind is
    'Kind of the failure, from which the exit code follows: `data`, `unavailable`, `bug`, `cannot-create`, `try-later`, '
    '`stopped`, `auth` or `config`; `died`: the process ended without finishing. Null: the run has not failed, or an older '
    'version wrote the row';
comment on column tokenflex_etl.run.error_hint is 'What the message of the failure advises to do. Null: no advice';
comment on column tokenflex_etl.run.requests_export is 'How many of the requests were for an export';
comment on column tokenflex_etl.run.invocation_id is
    'Identifies the invocation: one start of the program, or one round of hosts that share the work. Null for rows of version '
    '0.1, each of which counts as an invocation of its own';
comment on column tokenflex_etl.run.chunk is
    'Position of this chunk among the chunks of the invocation, job and contract, from 1. Null for rows of older versions';
comment on column tokenflex_etl.run.chunks is
    'Number of chunks of the invocation, job and contract. All are done when each has a row with the status `succeeded` or '
    '`skipped`. Null for rows of older versions';
comment on column tokenflex_etl.run.rows_vanished is
    'Rows of the contract and window that the answer no longer has. They were deleted, or are still in the table with '
    '`vanished: keep`. 0 unless the run succeeded';
comment on column tokenflex_etl.run.schema_changes is
    'What the load changed in the definition of the table, one text for each change: table created, column added, column '
    'widened. Null: nothing';
comment on column tokenflex_etl.run.accepted is 'Failed checks that `run --accept` accepted, one text for each. Null: none';
comment on column tokenflex_etl.run.figures is
    'Figures of the table''s rows of the contract and window after the load: the number of rows, a checksum of values and keys '
    '(`weighted`), and the sum and the number of values of each numeric column outside the key. A later run compares them with '
    'the table. Null: the run has not succeeded, there was no table, or an older version wrote the row';
comment on column tokenflex_etl.run.asked_at is
    'The answer shows the service''s data as of this time or later: the start of the run that first requested the rows. '
    '`-infinity`: an answer came from the service''s cache, so the age of its data is not known. Null: not known';
comment on column tokenflex_etl.run.skip_reason is
    'Why the usage of a skipped chunk is known to be unchanged (`window.skip_unchanged`). Null: the chunk was not skipped, or '
    'it was skipped because an earlier run had finished it';
comment on column tokenflex_etl.run.requested_at is
    'When the first of the loaded requests was submitted, by this run or by the run from which it was resumed. Null: no query '
    'was submitted and no export requested, or an older version wrote the row';
comment on column tokenflex_etl.run.window_given is
    'Whether the days are not those of the job''s own window: `--from` and `--to` gave them, or `reconcile` loads months again';

comment on table tokenflex_etl.service_summary is
    'When the service''s summary of usage was last requested, one row for each contract. Runs request it at most once a day '
    '(UTC) for a contract';
comment on column tokenflex_etl.service_summary.contract_number is 'Contract number';
comment on column tokenflex_etl.service_summary.asked_at is
    'When a run last claimed the request for the summary. If the request fails, the row is deleted';

comment on table tokenflex_etl.source_change is
    'When the usage of a contract last changed at the service: the newest answer of `GET usage/:n/last`, one row for each '
    'contract, usage category and charge category';
comment on column tokenflex_etl.source_change.contract_number is 'Contract number';
comment on column tokenflex_etl.source_change.usage_category is 'Usage category, by the name that the service uses now';
comment on column tokenflex_etl.source_change.charge_category is 'Charge category. Empty if the usage category has none';
comment on column tokenflex_etl.source_change.last_usage_date is
    'Latest day with usage, as the service says. Null: the service named none';
comment on column tokenflex_etl.source_change.last_process_date is
    'Day on which the service last processed usage. Null: the service named none';
comment on column tokenflex_etl.source_change.seen_at is
    'When the program first saw these values, or first saw that the service no longer lists this pair of categories. Equal '
    'answers do not change it';
comment on column tokenflex_etl.source_change.is_listed is
    'Whether the newest answer has this pair of categories. If false, the dates are those of the last answer that had it';

comment on table tokenflex_etl.target is 'Tables that the program created, with the meaning of their rows, one row for each';
comment on column tokenflex_etl.target.schema_name is 'Schema of the table';
comment on column tokenflex_etl.target.table_name is 'Name of the table';
comment on column tokenflex_etl.target.job is 'Job that created the table';
comment on column tokenflex_etl.target.grain is
    'API names of the query''s fields, sorted. An answer has one row for each combination of their values';
comment on column tokenflex_etl.target.key is
    'API names of the fields that identify a row, sorted. `_row_key` is a hash of the contract, the window if `windowed` is '
    'true, and the values of these fields. `_run_id` before them: the table keeps the rows of every run (`mode: append`)';
comment on column tokenflex_etl.target.windowed is
    'Whether rows have no date and belong to a window as a whole (columns `window_start` and `window_end`)';
comment on column tokenflex_etl.target.created_at is 'When the table was created';
comment on column tokenflex_etl.target.target_id is
    'Number of the table. A table that is created again under the same name gets a new number';
comment on column tokenflex_etl.target.rebuilds is
    'Name of the table in the same schema that this table will replace: `run --rebuild` is in progress or was interrupted. '
    'Null: none';
comment on column tokenflex_etl.target.comments is
    'Comments that the program wrote when it created the table: of each column by its name, and of the table by an empty name. '
    'Other comments were made by users, and a rebuild keeps them. Null: not recorded, or none';
comment on column tokenflex_etl.target.columns is
    'Fields and metrics that were ever loaded: of each its API name, a blank, and the name of its column. Null: an older '
    'version created the table';

comment on table tokenflex_etl.target_filter is
    'Which usage the rows of a table were requested for, one row for each table and contract. Jobs with another filter may not '
    'load the same table and contract';
comment on column tokenflex_etl.target_filter.target_id is 'The table, as in `tokenflex_etl.target`';
comment on column tokenflex_etl.target_filter.contract_number is 'Contract number';
comment on column tokenflex_etl.target_filter.job is 'Job that loaded the first rows of the contract';
comment on column tokenflex_etl.target_filter.filter is
    'Condition and usage categories in a normal form: jobs that request the same usage have the same text. Empty: no '
    'condition, and all categories';
comment on column tokenflex_etl.target_filter."where" is
    'Condition of the job (`where`), with its variables replaced. Null: none';
comment on column tokenflex_etl.target_filter.usage_categories is 'Usage categories of the job. Empty: all';
comment on column tokenflex_etl.target_filter.remembered_at is 'When this row was written: at the first load of the contract';
comment on column tokenflex_etl.target_filter.covered is
    'Days that a load has covered after they were over (UTC). For rows by month, days of months that were over';

comment on table tokenflex_etl.target_history is
    'Tables that keep old versions of rows (`target.history: true`), one row for each';
comment on column tokenflex_etl.target_history.schema_name is 'Schema of both tables';
comment on column tokenflex_etl.target_history.history_table is 'Name of the table with the old versions';
comment on column tokenflex_etl.target_history.table_name is 'Name of the table whose old versions these are';
comment on column tokenflex_etl.target_history.grain is
    'API names of the fields whose combination of values is one row, sorted, as in `tokenflex_etl.target`';
comment on column tokenflex_etl.target_history.complete_since is
    'Since when the history has all versions. Null: a load without history has changed rows, so that versions are missing';
comment on column tokenflex_etl.target_history.ended_at is
    'When the table was replaced by one with another grain, key or filter, and this history got no more versions. Null: it is '
    'in use';

comment on table tokenflex_etl.target_window is
    'Windows in the tables whose rows have no date, one row for each table, contract and window. A window in such a table that '
    'is not listed here counts as one that does not move';
comment on column tokenflex_etl.target_window.target_id is 'The table, as in `tokenflex_etl.target`';
comment on column tokenflex_etl.target_window.contract_number is 'Contract number';
comment on column tokenflex_etl.target_window.window_start is 'First day of the window';
comment on column tokenflex_etl.target_window.window_end is 'First day after the window';
comment on column tokenflex_etl.target_window.job is 'Job that last loaded the window';
comment on column tokenflex_etl.target_window.as_of is
    'Day (UTC) for which the window was computed, if it moves with the current day (`until: today`): a later window may '
    'replace it. Null: the window does not move';
comment on column tokenflex_etl.target_window.loaded_at is 'When the window was last loaded';

comment on table tokenflex_etl.usage_last is
    'When the service was asked what has changed (`GET usage/:n/last`), one row for each contract';
comment on column tokenflex_etl.usage_last.contract_number is 'Contract number';
comment on column tokenflex_etl.usage_last.first_asked_at is
    'When it was first asked: since then `tokenflex_etl.source_change` is kept';
comment on column tokenflex_etl.usage_last.asked_at is 'When it was last asked, and answered';

comment on view tokenflex_etl.usage_table is
    'Which usage the loaded tables have, and whether their tokens can be summed, one row for each table and contract. '
    'Forecast, report, budgets and report views are made from it';
comment on column tokenflex_etl.usage_table.target_id is 'The table, as in `tokenflex_etl.target`';
comment on column tokenflex_etl.usage_table.table_id is 'Object identifier (oid) of the table in PostgreSQL';
comment on column tokenflex_etl.usage_table.schema_name is 'Schema of the table';
comment on column tokenflex_etl.usage_table.table_name is 'Name of the table';
comment on column tokenflex_etl.usage_table.contract_number is 'Contract number';
comment on column tokenflex_etl.usage_table.usage_categories is 'Usage categories that were requested. Empty: all';
comment on column tokenflex_etl.usage_table.kind is
    'Kind of usage that was requested: `desktop`, `cloud` or `manual`. Null: several kinds, or all';
comment on column tokenflex_etl.usage_table.has_manual is 'Whether manual entries were requested, alone or with other usage';
comment on column tokenflex_etl.usage_table.days is
    'Days whose usage the table has: a load has covered them after they were over, or their chunk was skipped because its '
    'usage was unchanged';
comment on column tokenflex_etl.usage_table.counts_once is
    'Whether each use is in only one row. False: the table keeps the rows of every run (`mode: append`), or its windows may '
    'overlap';
comment on column tokenflex_etl.usage_table.problem is
    'Why the sum of the table''s tokens is not the usage of the contract, in words. Null: it is the usage of the requested '
    'categories';
comment on column tokenflex_etl.usage_table.stands_for is
    'Kind of usage that the shipped job with this table name loads: `desktop`, `cloud` or `manual`. Null: no shipped job has '
    'this table name';
comment on column tokenflex_etl.usage_table.shipped_problem is
    '`problem`, or else that the table has another kind of usage than the shipped job with this table name, in words. Null: '
    'neither';
comment on column tokenflex_etl.usage_table.usable_days is 'The same as `days`, but empty if `shipped_problem` is not null';
comment on column tokenflex_etl.usage_table.kept is
    'That the table still has rows which the service no longer has (`vanished: keep`), in words. Null: it has no such rows';
comment on column tokenflex_etl.usage_table.remark is
    '`shipped_problem` and `kept`, joined by a semicolon. Null: both are null';

comment on table tokenflex_etl.work is
    'Chunks of the rounds that hosts share (`run.share`), one row for each. Each is loaded by one host at a time';
comment on column tokenflex_etl.work.work_id is 'Number of the chunk, in the order of the round';
comment on column tokenflex_etl.work.share is 'Name of the share (`run.share`)';
comment on column tokenflex_etl.work.round is 'Number of the round in the share';
comment on column tokenflex_etl.work.job is 'Name of the job';
comment on column tokenflex_etl.work.contract_number is 'Contract number';
comment on column tokenflex_etl.work.window_start is 'First day of the chunk. Null: the job has no window';
comment on column tokenflex_etl.work.window_end is 'First day after the chunk. Null: the job has no window';
comment on column tokenflex_etl.work.chunk is 'Position of the chunk, as in `tokenflex_etl.run`';
comment on column tokenflex_etl.work.chunks is 'Number of chunks, as in `tokenflex_etl.run`';
comment on column tokenflex_etl.work.requests_before is 'Requests for the list of contracts, as in `tokenflex_etl.run`';
comment on column tokenflex_etl.work.state is
    '`waiting`, `running`, `succeeded`, `skipped` (nothing to load), `failed`, or `not_begun` (an earlier chunk of the job and '
    'contract failed, or the round was given up)';
comment on column tokenflex_etl.work.host is 'Host that last took the chunk. Null: none did';
comment on column tokenflex_etl.work.lease_until is
    'Until this time no other host takes the running chunk. The host that works on it renews this lease. Null: no host works '
    'on the chunk';
comment on column tokenflex_etl.work.member_id is
    'Process that last took the chunk, as in `tokenflex_etl.work_host`. Null: none did';
comment on column tokenflex_etl.work.claim is
    'How often a host has taken the chunk. A host that lost the chunk to another host recognizes it by this number';
comment on column tokenflex_etl.work.claimed_at is 'When a host last took the chunk. Null: none did';
comment on column tokenflex_etl.work.ended_at is
    'When the chunk ended: succeeded, was skipped, failed, or will not be begun. Null: not yet';
comment on column tokenflex_etl.work.run_id is
    'Run that works on the chunk or ended it. Null: no run has begun since the chunk was last taken';
comment on column tokenflex_etl.work.failed_host is
    'First host on which the chunk failed because of its network or login, so that another host may try. Null: none';
comment on column tokenflex_etl.work.error is
    'Message of the last failure. A chunk that waits for another host has it too. Null: the chunk has not failed, or it has '
    'succeeded on another host';
comment on column tokenflex_etl.work.error_kind is 'Kind of the last failure, as in `tokenflex_etl.run`. Null: as for `error`';
comment on column tokenflex_etl.work.error_hint is 'What the message of the last failure advises to do. Null: no advice';

comment on table tokenflex_etl.work_host is 'Processes that have joined a round of a share, one row for each';
comment on column tokenflex_etl.work_host.member_id is 'Number of the process in this table';
comment on column tokenflex_etl.work_host.share is 'Name of the share (`run.share`)';
comment on column tokenflex_etl.work_host.round is 'Number of the round in the share';
comment on column tokenflex_etl.work_host.host is 'Name of the host';
comment on column tokenflex_etl.work_host.pid is 'Process id on that host';
comment on column tokenflex_etl.work_host.joined_at is 'When the process joined the round';
comment on column tokenflex_etl.work_host.lease_until is
    'Until this time the process counts as present; it renews the lease while it works';
comment on column tokenflex_etl.work_host.left_at is
    'When the process left the round. Null: it has not left, or ended without writing this';

comment on table tokenflex_etl.work_round is
    'Rounds of a share: one common run of several hosts, one row for each. A host joins the open round of its share and '
    'command, or opens a new one. Rounds are deleted 30 days after they ended';
comment on column tokenflex_etl.work_round.share is 'Name of the share (`run.share`)';
comment on column tokenflex_etl.work_round.round is 'Number of the round in the share, from 1';
comment on column tokenflex_etl.work_round.task is
    'The command that all hosts of the round were started with: `run`, its options and job names';
comment on column tokenflex_etl.work_round.today is 'Day (UTC) for which the windows of the round are computed';
comment on column tokenflex_etl.work_round.facts is
    'What must be equal on all hosts, one element for each: its name, a tab, its value. They are the version, the account, the '
    'schema and a digest of each job';
comment on column tokenflex_etl.work_round.invocation_id is
    'Identifies the round in `tokenflex_etl.run`: the runs of all its hosts have this `invocation_id`';
comment on column tokenflex_etl.work_round.opened_at is 'When the first host opened the round';
comment on column tokenflex_etl.work_round.filler is
    'Process that lists the chunks or has listed them, as in `tokenflex_etl.work_host`. Null: none yet';
comment on column tokenflex_etl.work_round.filled_at is 'When the chunks were listed in `tokenflex_etl.work`. Null: not yet';
comment on column tokenflex_etl.work_round.asked is
    'Contracts for which the round has asked the service what has changed (`window.skip_unchanged`). Null: the chunks are not '
    'listed yet';
comment on column tokenflex_etl.work_round.closed_at is
    'When nothing was left to do, or the round was given up. Null: the round is open';
comment on column tokenflex_etl.work_round.handed_on is
    'Processes that could not list the chunks, because the service did not give them its list of contracts';
