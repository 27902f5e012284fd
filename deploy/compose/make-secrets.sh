#!/bin/sh
# Makes the secrets that compose.yaml names, each once. Keep a copy of both keys elsewhere: without them no backup can be read.
set -eu
cd "$(dirname "$0")"
umask 077
mkdir -p secrets
random() { head -c 32 /dev/urandom | base64 | tr '+/' '-_' | tr -d '=\n'; }
[ -e secrets/master-key ] || random > secrets/master-key
[ -e secrets/secrets-key ] || random > secrets/secrets-key
if [ ! -e secrets/database-password ]; then
  password=$(random)
  printf '%s' "$password" > secrets/database-password
  # In clear on a network that nobody else is on.
  printf 'postgresql://countersign:%s@postgres:5432/countersign?sslmode=disable' "$password" > secrets/database-url
fi
# The gateway runs as user 1000 and has to read its own; the folder keeps others of this machine out.
chmod 0644 secrets/database-url secrets/database-password secrets/master-key secrets/secrets-key
chmod 0700 secrets
