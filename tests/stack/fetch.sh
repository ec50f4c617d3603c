#!/bin/sh
# Fetch the real Kafka and Elasticsearch into .stack/ with Maven. What is there already stays; without Maven or a new
# enough JDK it says so and leaves it at that, for the tests then skip; under CI a missing server is a failure.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
stack=$(cd "$here/../.." && pwd)/.stack
ready="$stack/ready-$(cksum <"$here/pom.xml" | cut -d ' ' -f 1)"
[ -e "$ready" ] && exit 0

give_up() {
    echo "==> No real Kafka and Elasticsearch: $1; their tests are skipped"
    if [ -n "${CI:-}" ]; then
        echo "    under CI that is a failure" >&2
        exit 1
    fi
    exit 0
}

python=$here/../../.venv/bin/python
[ -x "$python" ] || python=python3
command -v mvn >/dev/null 2>&1 || give_up "Maven (mvn) is not installed"
jdk=$("$python" "$here/java.py") || give_up "no JDK 21 or newer was found (JAVA_HOME can name one)"

echo "==> Fetching Kafka and Elasticsearch with Maven into .stack/ (once, about 170 MB)"
rm -rf "$stack"
mkdir -p "$stack"
if ! JAVA_HOME=$jdk mvn --batch-mode --file "$here/pom.xml" -Dstack.dir="$stack" package >"$stack/maven.log" 2>&1; then
    tail -n 20 "$stack/maven.log" >&2
    give_up "Maven failed, see .stack/maven.log"
fi
mv "$stack"/elasticsearch-* "$stack/elasticsearch"
touch "$ready"
