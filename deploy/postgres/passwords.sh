#!/bin/sh
# Gives the roles of roles.sql their passwords from the environment, at the first start of the compose file's PostgreSQL.
set -eu
for pair in "motcua_owner:$OWNER_PASSWORD" "motcua_app:$APP_PASSWORD" "motcua_rasa:$RASA_PASSWORD" \
    "motcua_backup:$BACKUP_PASSWORD"; do
    psql -v ON_ERROR_STOP=1 -q -d "$POSTGRES_DB" -U postgres -v role="${pair%%:*}" -v word="${pair#*:}" <<'SQL'
ALTER ROLE :"role" PASSWORD :'word';
SQL
done
