#!/usr/bin/env bash
# One entry for building and testing: build (default), demo, test [full], bench [name], clean, help.
set -euo pipefail
cd "$(dirname "$0")"
root=$PWD
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
# Python as the distribution ships it: the one that has NumPy.
python=${PYTHON:-/usr/bin/python3}
rid=${RID:-linux-x64}

# The x86-64 level of this machine, which the ahead-of-time builds then need: v4 (AVX-512), v3 (AVX2) or v2.
# SIMD_LEVEL=v3 makes files for others.
simd_level() {
  local flags
  flags=$(grep -m1 '^flags' /proc/cpuinfo 2>/dev/null) || true
  has() { local f; for f in "$@"; do [[ " $flags " == *" $f "* ]] || return 1; done; }
  if has avx512f avx512bw avx512cd avx512dq avx512vl avx2 fma bmi1 bmi2 movbe; then echo v4
  elif has avx2 fma bmi1 bmi2 movbe || [ -z "$flags" ]; then echo v3
  else echo v2; fi
}
simd=${SIMD_LEVEL:-$(simd_level)}

say() { printf '\n== %s\n' "$*" >&2; }
die() { echo "build.sh: $*" >&2; exit 1; }

# need PACKAGE TEST...: runs TEST; where it fails, installs the Debian package as root, or says what to
# install.
need() {
  local package=$1; shift
  "$@" >/dev/null 2>&1 && return
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    say "installing $package"
    local install=(env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends)
    install+=("$package")
    [ -n "$(find /var/lib/apt/lists -name '*Packages*' -print -quit 2>/dev/null)" ] || apt-get update -q >&2
    "${install[@]}" >&2 || { apt-get update -q >&2 && "${install[@]}" >&2; }
    "$@" >/dev/null 2>&1 || die "$package was installed, but this still fails: $*"
  else
    die "this needs $package: install it with: sudo apt-get install $package"
  fi
}

need_build_tools() {
  command -v dotnet >/dev/null || die "this needs the .NET SDK 10: see https://dotnet.microsoft.com/download"
  need gcc command -v gcc
  need libsqlite3-dev test -f /usr/include/sqlite3.h
  need zlib1g-dev test -f /usr/include/zlib.h
}

need_test_tools() {
  need g++ command -v g++
  need curl command -v curl
  need python3-numpy "$python" -c 'import numpy'
  need python3-pytest "$python" -c 'import pytest'
  # The tests that watch system calls are skipped where there is no strace.
  [ "$(id -u)" != 0 ] || (need strace command -v strace) || say "no strace: some tests are skipped"
}

# The analyzers take three quarters of a compilation. Whoever only wants the files does without; the tests,
# which CI runs, build with them.
quick=(-p:RunAnalyzers=false)
[ "${1:-build}" != test ] || quick=()

build() {
  need_build_tools
  say "managed library"
  dotnet build src/EmbedEngine -c Release -v quiet --nologo "${quick[@]}"
  say "native library (ahead of time, $rid, x86-64-$simd)"
  dotnet publish src/EmbedEngine.Native -c Release -r "$rid" -p:SimdLevel="$simd" "${quick[@]}" \
    -v quiet --nologo -o out/native
  say "command line (ahead of time)"
  dotnet publish src/EmbedEngine.Cli -c Release -r "$rid" -p:SimdLevel="$simd" "${quick[@]}" \
    -v quiet --nologo -o out/cli
  mkdir -p out/bin out/lib out/include
  cp out/native/libembedengine.so out/lib/
  cp out/cli/EmbedEngine.Cli out/bin/embedengine
  # Where SQLite could not be linked in, its library lies beside.
  for so in libe_sqlite3.so; do
    [ -f "out/native/$so" ] && cp "out/native/$so" out/lib/ || true
    [ -f "out/cli/$so" ] && cp "out/cli/$so" out/bin/ || true
  done
  cp include/embed_engine.h out/include/
  rm -rf out/native out/cli
}

# Builds unless everything is there and no source is newer.
build_if_needed() {
  if [ -f out/lib/libembedengine.so ] && [ -f out/bin/embedengine ] && [ -f out/include/embed_engine.h ]; then
    [ -n "$(find src include build.sh Directory.*.props -newer out/lib/libembedengine.so -type f \
      -not -path '*/obj/*' -not -path '*/bin/*' -print -quit)" ] || return 0
  fi
  build
}

compile_c() { # compile_c PROGRAM SOURCE...
  local program=$1; shift
  gcc -std=c99 -D_DEFAULT_SOURCE -O2 -Wall -Wextra -Wpedantic -Werror -Iout/include "$@" -o "$program" \
    -Lout/lib -lembedengine -Wl,-rpath,"$root/out/lib" -lpthread -lm -ldl
}

demo() {
  build_if_needed
  out/bin/embedengine demo out/demo
  say "the same store through the C ABI (tests/c/demo.c)"
  compile_c out/demo/c_demo tests/c/demo.c
  out/demo/c_demo out/demo/shop.ee
}

passed=0 failed=0 skipped=0
count() { # count PASSED FAILED SKIPPED
  passed=$((passed + ${1:-0})); failed=$((failed + ${2:-0})); skipped=$((skipped + ${3:-0}))
}

test_dotnet() { # test_dotnet [ENV=VALUE...]
  say ".NET tests $*"
  local log=out/test-dotnet.log ok=0
  env "$@" dotnet test tests/EmbedEngine.Tests -c Release --nologo -v quiet 2>&1 | tee "$log" || ok=1
  local line
  line=$(grep -E '(Passed|Failed)! +- Failed:' "$log" | tail -n 1) || true
  [ -n "$line" ] || { count 0 1 0; return; }
  after() { sed "s/.*$1: *\([0-9]*\).*/\1/" <<<"$line"; }
  count "$(after Passed)" "$(after Failed)" "$(after Skipped)"
  [ $ok = 0 ] || [ "$failed" -gt 0 ] || count 0 1 0
}

test_c() {
  say "C tests"
  mkdir -p out/tests
  g++ -std=c++11 -Wall -Wextra -Wpedantic -Werror -fsyntax-only -x c++ include/embed_engine.h || count 0 1 0
  if ! gcc -std=c99 -O2 -Wall -Wextra -Wpedantic -Werror -Iout/include tests/c/first_call.c \
    -o out/tests/first_call -ldl ||
    ! compile_c out/tests/fork_child tests/c/fork_child.c ||
    ! compile_c out/tests/c_tests tests/c/main.c tests/c/check.c tests/c/test_*.c; then
    count 0 1 0
    return
  fi
  local log=out/test-c.log
  timeout 3600 out/tests/c_tests tests/Fixtures out/tests/first_call out/lib/libembedengine.so \
    out/tests/fork_child 2>&1 | tee "$log" || true
  local line
  line=$(grep -E '^[0-9]+ passed, [0-9]+ failed' "$log" | tail -n 1) || true
  [ -n "$line" ] || { count 0 1 0; return; }
  count "$(cut -d' ' -f1 <<<"$line")" "$(cut -d' ' -f3 <<<"$line")" 0
}

test_python() {
  say "Python tests"
  local log=out/test-python.log
  PYTHONPATH=$root/bindings/python EMBEDENGINE_LIBRARY=$root/out/lib/libembedengine.so \
    EMBEDENGINE_CLI=$root/out/bin/embedengine "$python" -m pytest -q -p no:cacheprovider tests/python 2>&1 |
    tee "$log" || true
  local line
  line=$(tail -n 5 "$log" | grep -E '(passed|failed|error)' | tail -n 1) || true
  [ -n "$line" ] || { count 0 1 0; return; }
  number() { grep -oE "[0-9]+ $1" <<<"$line" | cut -d' ' -f1 | head -n 1; }
  count "$(number passed)" "$(( $(number failed || echo 0) + $(number error || echo 0) ))" "$(number skipped)"
}

# Reports in a headless Chromium, which is not needed for anything else: where it, node or npm is missing, or
# no package can be had, a line says so.
test_browser() {
  say "reports in a browser"
  local chromium
  chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || true
  if [ -z "$chromium" ] || ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    say "no chromium, node or npm: reports are not opened in a browser (apt-get install chromium nodejs npm)"
    count 0 0 1
    return
  fi
  if ! (cd tests/browser && npm ci --no-audit --no-fund --silent); then
    say "npm cannot install tests/browser/package-lock.json: reports are not opened in a browser"
    count 0 0 1
    return
  fi
  local dir=out/browser log=out/test-browser.log ee=out/bin/embedengine
  rm -rf "$dir" && mkdir -p "$dir"
  local tiny=(--preset fast --set dimensions=16 --set epochs=2 --set ranker_trees=8 --set svd_rank=8 --json)
  if ! { $ee generate "$dir/shop.jsonl" --events 20000 --items 400 --json &&
    $ee import "$dir/shop.ee" "$dir/shop.jsonl" --json &&
    $ee import "$dir/shop.ee" --catalog "$dir/shop.jsonl.items.csv" --json &&
    $ee train "$dir/shop.ee" "${tiny[@]}" && $ee train "$dir/shop.ee" "${tiny[@]}" --seed 7 &&
    $ee report "$dir/shop.ee" --out "$dir/shop.html" --json &&
    $ee evaluate "$dir/shop.ee" --html "$dir/quality.html" --json &&
    $ee inspect "$dir/shop.ee" --random --seed 1 --html "$dir/session.html" --json &&
    awk 'BEGIN { srand(5); print "user,item,time,category"; for (e = 0; e < 4000; e++) {
      u = int(rand() * 200); c = (rand() < .8) ? u % 4 : int(rand() * 4)
      print "u" u ",i" (c * 20 + int(rand() * rand() * 20)) "," (1700000000 + e * 300) ",c" c } }' \
      > "$dir/users.csv" &&
    $ee import "$dir/users.ee" "$dir/users.csv" --json &&
    $ee train "$dir/users.ee" "${tiny[@]}" --set traits=4 &&
    $ee report "$dir/users.ee" --out "$dir/users.html" --json; } > "$dir/commands.log" 2>&1; then
    tail -n 5 "$dir/commands.log" >&2
    count 0 1 0
    return
  fi
  timeout 1800 node tests/browser/check.mjs "$chromium" "$dir"/*.html 2>&1 | tee "$log" || true
  local line
  line=$(grep -E '^[0-9]+ passed, [0-9]+ failed' "$log" | tail -n 1) || true
  [ -n "$line" ] || { count 0 1 0; return; }
  count "$(cut -d' ' -f1 <<<"$line")" "$(cut -d' ' -f3 <<<"$line")" 0
}

test_all() {
  need_test_tools
  build_if_needed
  mkdir -p out
  test_dotnet EMBEDENGINE_CLI="$root/out/bin/embedengine"
  if [ "${1:-}" = full ]; then
    test_dotnet EMBEDENGINE_CLI="$root/out/bin/embedengine" DOTNET_EnableAVX512=0
    test_dotnet EMBEDENGINE_CLI="$root/out/bin/embedengine" DOTNET_EnableAVX2=0
    test_dotnet EMBEDENGINE_CLI="$root/out/bin/embedengine" DOTNET_EnableHWIntrinsic=0
    # The large counts: CONTRIBUTING.md, "On demand". Their sum is meant to stay below an hour on two cores.
    test_dotnet EMBEDENGINE_CLI="$root/out/bin/embedengine" EMBEDENGINE_FULL=1 EMBEDENGINE_FUZZ_SECONDS=30
  fi
  test_c
  test_python
  [ "${1:-}" != full ] || test_browser
  echo
  echo "$passed passed, $failed failed, $skipped skipped"
  [ "$failed" = 0 ] && [ "$passed" -gt 0 ]
}

# bench kernels [options of BenchmarkDotNet], bench quality [options of bench/readme_tables.py],
# bench [part[,part]] [options of bench/peers/run.py]
bench() {
  if [ "${1:-}" = kernels ]; then
    shift
    say "kernels at each SIMD level"
    dotnet run --project bench/EmbedEngine.Benchmarks -c Release -- "$@"
    return
  fi
  if [ "${1:-}" = quality ]; then
    shift
    build_if_needed
    say "import, train and evaluate of every data set; then the tables of README.md and docs"
    "$python" bench/readme_tables.py "$@"
    return
  fi
  need python3-numpy "$python" -c 'import numpy'
  build_if_needed
  local only=()
  case "${1:-}" in '' | -*) ;; *) only=(--only "$1"); shift ;; esac
  say "ours and the peers, in turn"
  "$python" bench/peers/run.py "${only[@]}" "$@"
}

case "${1:-build}" in
  build) build; say "done: out/bin/embedengine, out/lib/libembedengine.so, out/include/embed_engine.h" ;;
  demo) demo ;;
  test) test_all "${2:-}" ;;
  bench) shift; bench "$@" ;;
  clean) rm -rf out; find src tests bench -type d \( -name bin -o -name obj \) -prune -exec rm -rf {} + ;;
  help | --help | -h)
    sed -n '2p' "$0"
    echo "usage: ./build.sh [build | demo | test [full] | bench [kernels | quality | part] | clean]" ;;
  *)
    echo "build.sh: unknown verb '$1'; verbs are build, demo, test [full], bench [name], clean" >&2
    exit 2 ;;
esac
