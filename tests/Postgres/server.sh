#!/usr/bin/env bash
# Runs a PostgreSQL server for tests until its input ends: even if the tests are killed, the server stops and its folder is removed.
# Arguments: an empty folder, which is removed at the end; the folder of PostgreSQL's programs; a port; further lines of postgresql.conf.
folder=$1 bin=$2 port=$3 settings=$4

# PostgreSQL refuses to run as root.
if [ "$(id -u)" = 0 ]; then
    chown postgres "$folder" || exit 1
    run() { setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; }
else
    run() { "$@"; }
fi

export HOME=$folder PGDATA=$folder/data LC_ALL=C
cd / && run "$bin/initdb" -U postgres -A trust -E UTF8 --locale=C --no-sync >"$folder/initdb.log" 2>&1 || exit 1
cat >"$PGDATA/postgresql.conf" <<END
port = $port
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
fsync = off
max_connections = 60
shared_buffers = 32MB
$settings
END

# Everybody needs a password, but the administrator and the role with which the nodes of a cluster talk to each other.
cat >"$PGDATA/pg_hba.conf" <<'END'
host all postgres,node_app,node_app_north,node_app_south,"node_app_store-07" 127.0.0.1/32 trust
host all all 127.0.0.1/32 scram-sha-256
END
run "$bin/postgres" >"$folder/log" 2>&1 &
tries=600
until run "$bin/pg_isready" -q -h 127.0.0.1 -p "$port"; do
    ((tries--)) || exit 1
    sleep 0.1
done
echo started
cat >/dev/null
kill -QUIT "$(head -n 1 "$PGDATA/postmaster.pid")" 2>/dev/null
wait
rm -rf "$folder"
