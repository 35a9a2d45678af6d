#!/bin/bash
# Stands in for sbatch --parsable: runs every index of the script's array at once, one after the other, and prints a
# job number. submitted.txt beside it gets a line per call: the arguments, then the number of tasks that failed.
here=$(cd "$(dirname "$0")" && pwd)
script=${*: -1}
number=$(($(cat "$here/submitted.txt" 2>/dev/null | wc -l) + 41))
range=$(sed -n 's/^#SBATCH --array=//p' "$script")
failed=0
for part in ${range//,/ }; do
    for index in $(seq "${part%-*}" "${part#*-}"); do
        SLURM_ARRAY_TASK_ID=$index SLURM_CPUS_PER_TASK=1 bash "$script" >&2 || failed=$((failed + 1))
    done
done
printf '%s failed=%s\n' "$*" "$failed" >>"$here/submitted.txt"
echo "$number"
