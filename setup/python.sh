#!/bin/sh
# Runs its arguments with a Python 3.11 that can create environments: `setup/python.sh -m setup serve`.
able='import ensurepip, sys, venv; sys.exit(sys.version_info[:2] != (3, 11))'
for python in "${MOTCUA_PYTHON:-}" python3.11 python3 python "${HOME:-}"/.pyenv/versions/3.11.*/bin/python; do
    if [ -n "$python" ] && "$python" -c "$able" 2>/dev/null; then
        exec "$python" "$@"
    fi
done
echo "Motcua needs Python 3.11 with venv and pip: install it (Debian and Ubuntu: python3.11 and python3.11-venv)," \
    "or say where it is with MOTCUA_PYTHON=/path/to/python3.11." >&2
exit 1
