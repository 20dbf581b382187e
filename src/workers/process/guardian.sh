# The dead-man's switch: pid 1 of the task's namespace, or the leader of its process group where there is none.
# sh -c guardian.sh telltale SECONDS KEY COMMAND… ; fd 3 brings a line for each beat that the server acknowledged.
# The first line starts the command. Four times SECONDS without one, or the end of the pipe (the worker died), ends
# everything. It is four waits, not one: a pause of the whole machine, in which every timer runs out, ends only one.
seconds=$1 key=$2
shift 2
exec 4>&2 2>/dev/null # so that the shell's own "Killed" is not taken for output
command -v timeout >/dev/null || timeout() { shift 3; "$@"; } # without it, only the worker's death is noticed

beat() { for wait in 1 2 3 4; do timeout -s KILL "$seconds" head -n 1 <&3 && break; done; }

sweep() {
  [ $$ -ne 1 ] || kill -KILL -1
  while pids=$(grep -ls "$key" /proc/[0-9]*/environ | cut -d/ -f3) && [ -n "$pids" ]; do kill -KILL $pids; done
  kill -KILL 0
}

trap : HUP INT TERM # a cancel's TERM is for the command, which would inherit a signal that is ignored by ''
[ -n "$(beat)" ] || exit 1
(
  trap '' HUP TERM
  while [ -n "$(beat)" ]; do :; done
  sweep
) >/dev/null 4>&- &
(
  export TELLTALE_FENCE_KEY="$key"
  exec "$@" 2>&4 3<&- 4>&-
)
exit $? # pid 1 ends here, and the kernel kills whatever the command left behind
