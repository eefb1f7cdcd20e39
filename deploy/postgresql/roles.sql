-- Two roles, split by what they may hold. Run once as a superuser, before `feedback-service init`:
--   psql -v owner_password=… -v web_password=… -f roles.sql
-- feedback_owner  init, mix, and every command: owns the tables, and makes a partition for each round.
-- feedback_web    serve: reads what is public, writes nothing. An answer goes from it into its local spool.

\set ON_ERROR_STOP on
-- The passwords below must not stand in the server's log, whatever it is set to.
SET log_statement = none;
SET log_min_error_statement = panic;
SET log_min_duration_statement = -1;

-- INHERIT: what is granted to it below holds by itself.
CREATE ROLE feedback_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS INHERIT
    PASSWORD :'owner_password';
CREATE ROLE feedback_web LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT
    PASSWORD :'web_password';

CREATE DATABASE feedback OWNER feedback_owner ENCODING 'UTF8' TEMPLATE template0;

-- After each mix the old segments of the write-ahead log are removed: they would show with which mix an answer came.
GRANT pg_checkpoint TO feedback_owner;

-- By default every role may connect to every database and make temporary tables in it.
REVOKE ALL ON DATABASE feedback FROM PUBLIC;
GRANT CONNECT ON DATABASE feedback TO feedback_web;

-- A second fence, should a right ever be granted by mistake; and no transaction may stay open and hold back a mix.
ALTER ROLE feedback_web IN DATABASE feedback SET default_transaction_read_only = on;
ALTER ROLE feedback_web IN DATABASE feedback SET idle_in_transaction_session_timeout = '30s';

\connect feedback
-- Before version 15 everybody could make tables here.
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT ALL ON SCHEMA public TO feedback_owner;
GRANT EXECUTE ON FUNCTION pg_switch_wal() TO feedback_owner;
-- A mix waits for these locks: whoever took over the web process must not be able to hold it up with them.
REVOKE EXECUTE ON FUNCTION pg_advisory_lock(bigint), pg_advisory_lock_shared(bigint), pg_advisory_xact_lock(bigint),
    pg_advisory_xact_lock_shared(bigint), pg_try_advisory_lock(bigint), pg_try_advisory_lock_shared(bigint),
    pg_try_advisory_xact_lock(bigint), pg_try_advisory_xact_lock_shared(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION pg_advisory_lock(bigint), pg_advisory_xact_lock(bigint) TO feedback_owner;
-- Large objects belong to nobody's table, and everybody could make them.
REVOKE EXECUTE ON FUNCTION lo_create(oid), lo_creat(integer), lo_from_bytea(oid, bytea) FROM PUBLIC;
