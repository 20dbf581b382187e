# The leader of a terminal's session, which ends only when told to: nothing that the command printed may be lost.
# sh -c terminal.sh telltale KEY COMMAND…
# After the command it prints KEY and the exit code, and waits for a line KEY, which says that all before it is read.
key=$1
shift
trap : HUP INT QUIT TERM TSTP PIPE # unlike ignored signals, these reach the command as usual
exec 3>&2 2>/dev/null # this shell would print how the command was killed
(exec "$@" 2>&3 3>&-)
code=$?
stty sane -echo
printf '\033]%s;%s\007' "$key" "$code"
while read -r line && [ "$line" != "$key" ]; do :; done
