# The dead man's switch of one command, whose ancestor it is; in a PID namespace, its pid 1.
# sh -c guardian.sh telltale SECONDS KEY CGROUP COMMAND…
# fd 3 brings a line for each beat that the server acknowledged; the first one starts the command, whose stderr is fd 4.
# Without a beat for four times SECONDS (0: no limit), at the line "end", or when the pipe ends (the worker died), all of
# it is killed. It is four waits, not one: a pause of the whole machine, in which every timer runs out, ends only one.
# Replies on fd 5: "ready", then "ended CODE", then "swept" with the pids that could not be killed.
seconds=$1 key=$2 cgroup=$3
shift 3

line() {
  if [ "$seconds" != 0 ] && command -v timeout >/dev/null; then
    for wait in 1 2 3 4; do timeout -s KILL "$seconds" sh -c 'read -r line; echo "$line"' <&3 && break; done
  else
    read -r line <&3 && echo "$line"
  fi
}

processes() { # pid, parent, state
  if [ -d /proc/self ]; then
    cat /proc/[0-9]*/status | awk '/^State:/ { state = $2 } /^Pid:/ { pid = $2 } /^PPid:/ { print pid, $2, state }'
  else
    ps -A -o pid= -o ppid= -o state=
  fi
}

family() { # what lives of the command, parents first: what descends from here, except for this shell, and what carries the key
  { descendants; grep -ls "$key" /proc/[0-9]*/environ | cut -d/ -f3; } | sort -nu
}

descendants() {
  processes | awk -v top=$$ -v self="$self" '
    { parent[$1] = $2 }
    $3 !~ /^Z/ { living[$1] }
    END {
      for (pid in living) {
        for (at = pid; at in parent && at + 0 > 1 && at != top && at != self;) at = parent[at]
        if (at == top && pid != top) print pid
      }
    }'
}

sweep() {
  if [ $$ -eq 1 ]; then kill -KILL -1; return; fi
  # A worker that died reads no stderr: a complaint of kill about a process that is gone would end this shell.
  trap '' PIPE
  exec 2>/dev/null
  self=$(exec sh -c 'echo $PPID')
  [ -z "$cgroup" ] || echo 1 >"$cgroup/cgroup.kill"
  round=0
  while left=$(family) && [ -n "$left" ] && [ "$round" -lt 20 ]; do
    kill -KILL $left || round=$((round + 5)) # another account's, perhaps
    round=$((round + 1))
    [ "$round" -lt 3 ] || sleep 0.02
  done
  [ -z "$cgroup" ] || rmdir "$cgroup"
  echo swept $left >&5
}

trap : HUP INT TERM PIPE # unlike ignored signals, these reach the command as usual
echo ready >&5
[ "$(line)" = beat ] || exit 1
(
  trap '' HUP TERM
  while [ "$(line)" = beat ]; do :; done
  sweep
) >/dev/null 4>&- &
watcher=$!
(
  [ -z "$cgroup" ] || echo 0 >"$cgroup/cgroup.procs"
  export TELLTALE_FENCE_KEY="$key"
  exec "$@" 2>&4 3<&- 4>&- 5>&-
)
code=$?
echo "ended $code" >&5
[ $$ -ne 1 ] || exit $code # the kernel kills whatever the command left behind
kill -KILL $watcher
(sweep) >/dev/null 4>&-
exit $code
