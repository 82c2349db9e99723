-- Roles with the least they need. Run once by an administrator, in the database of Motcua, before its first migration:
--   psql -d motcua -v ON_ERROR_STOP=1 -f deploy/postgres/roles.sql
-- Then give each role its password (\password motcua_owner …), or certificates in pg_hba.conf.
--
-- role           used by                                  may
-- motcua_owner   migrations, restore                      own the tables
-- motcua_app     the gateways                             read and write rows; nothing else
-- motcua_rasa    Rasa (TRACKER_DATABASE_URL)              its trackers, in a schema of its own; no row of ours
-- motcua_backup  pg_dump                                  read everything
CREATE ROLE motcua_owner LOGIN;
CREATE ROLE motcua_app LOGIN;
CREATE ROLE motcua_rasa LOGIN;
CREATE ROLE motcua_backup LOGIN;

DO $$
BEGIN
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format(
    'GRANT CONNECT ON DATABASE %I TO motcua_owner, motcua_app, motcua_rasa, motcua_backup', current_database());
END $$;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO motcua_owner;
GRANT USAGE ON SCHEMA public TO motcua_app;
ALTER DEFAULT PRIVILEGES FOR ROLE motcua_owner IN SCHEMA public
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO motcua_app;
ALTER DEFAULT PRIVILEGES FOR ROLE motcua_owner IN SCHEMA public GRANT USAGE ON SEQUENCES TO motcua_app;

-- Rasa makes its table `events` at its first start; the gateway erases conversations there.
CREATE SCHEMA rasa AUTHORIZATION motcua_rasa;
GRANT USAGE ON SCHEMA rasa TO motcua_app;
ALTER ROLE motcua_rasa SET search_path = rasa;
ALTER ROLE motcua_app SET search_path = public, rasa;
ALTER DEFAULT PRIVILEGES FOR ROLE motcua_rasa IN SCHEMA rasa GRANT SELECT, DELETE ON TABLES TO motcua_app;

GRANT pg_read_all_data TO motcua_backup;

-- A statement that hangs must not hold a replica's connections for ever.
ALTER ROLE motcua_app SET statement_timeout = '30s';
ALTER ROLE motcua_app SET idle_in_transaction_session_timeout = '60s';
