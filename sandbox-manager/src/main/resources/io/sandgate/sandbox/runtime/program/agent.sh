# The first process of a sandbox. Starts and signals what the replica asks for: each line of the pipe `calls` is a request,
#   run <folder>            starts the script `run` in a folder here, as a child of the sandbox' init
#   kill <signal> <pid>     sends a signal
# Its one argument is the folder that the requests are about; what it writes first is its own number.
cd "$1" || exit 1
umask 022
exec 3<>calls </dev/null
echo $$
exec >/dev/null 2>&1
# what a shell starts in the background ignores an interrupt, unless its program is told otherwise (coreutils 8.31)
signals=
env --default-signal=INT true && signals=--default-signal=INT,QUIT
while read -r verb first second <&3; do
    case $verb in
        run) ( { exec 3>&-; . "./$first/run"; } & ) ;;
        kill) kill -s "$first" "$second" ;;
    esac
done
