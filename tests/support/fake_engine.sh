#!/bin/sh
# Stands in for finescope-engine: says what it was told to do, reports progress, and waits to be stopped.
# The file ending.txt beside it chooses how it ends: complete, fail, die, or wait until SIGTERM.
printf '%s\n' "$*" >> "$(dirname "$0")/arguments.txt"
progress() { printf '{"event":"progress","stage":"%s","step":%s,"total_steps":%s,"epoch":%s,"seconds_left":%s}\n' "$@"; }
trap 'kill $sleeper; printf "{\"event\":\"done\",\"status\":\"cancelled\",\"output\":\"\",\"message\":\"\"}\n"; exit 1' TERM
progress probing 3 0 0 null
progress fine_tuning 50 200 2.5 95
case "$(cat "$(dirname "$0")/ending.txt")" in
complete) printf '{"event":"done","status":"complete","output":"r.h5","message":""}\n' ;;
fail)
    printf '{"event":"done","status":"failed","output":"","message":"the loss is NaN at step 50"}\n'
    exit 1
    ;;
die)
    echo 'finescope-engine: out of memory' >&2
    exit 1
    ;;
*)
    # `wait` returns at once when TERM comes, unlike a plain sleep, which must not keep the pipes open either.
    while :; do
        sleep 30 >/dev/null 2>&1 &
        sleeper=$!
        wait $sleeper
    done
    ;;
esac
