-- What `serve` may read. Run as feedback_owner after `feedback-service init`, and again after each update; repeating is safe:
--   psql -d feedback -U feedback_owner -f grants.sql

\set ON_ERROR_STOP on
BEGIN;

-- First nothing at all: a right that isn't on the list below goes, also one that was once given by hand.
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, feedback_web;
REVOKE ALL (mixing_key) ON round FROM PUBLIC, feedback_web;
-- Partitions of envelope are made later, one a round: they start without any right for anybody else.
ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM PUBLIC, feedback_web;

GRANT USAGE ON SCHEMA public TO feedback_web;
GRANT SELECT ON region, survey, release, reply, quote, themes, alembic_version TO feedback_web;
-- All columns but mixing_key, which tells which receipt belongs to which row. The pepper is needed: codes are hashed where they
-- arrive.
GRANT SELECT (number, survey, round, state, closes, fingerprint, public_key, pepper, mixed, contested) ON round TO feedback_web;
-- Nothing on envelope, tombstone, access_code, comment, comment_batch, ledger, machine, drained, recipient and delivery.

COMMIT;
