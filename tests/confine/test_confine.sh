#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# claviger-confine from the inside: what a confined program can no longer do. Each case prints its own line.
set -u
confine=$TOP_BUILDDIR/libexec/claviger/claviger-confine
python=/usr/bin/python3	# the system's: a wrapper in a home could not be run in there
[ -x $python ] || { echo "skipped: there is no $python to try the system calls"; exit 77; }
top=$(mktemp -d /tmp/claviger-test.XXXXXX) || exit 1
victim= server=
cleanup() {
	[ -z "$victim" ] || kill "$victim" 2>/dev/null
	[ -z "$server" ] || kill "$server" 2>/dev/null
	rm -rf "$top"
}
trap cleanup EXIT
mkdir "$top/granted" "$top/writable" "$top/other"
echo open >"$top/granted/file"
echo secret >"$top/other/file"
printf '#!/bin/sh\necho ran\n' >"$top/writable/program"
chmod +x "$top/writable/program"
sleep 600 &
victim=$!
# A listening TCP and a listening unix socket outside.
"$python" - "$top" <<'P' &
import socket, sys, time
t = socket.socket(); t.bind(("127.0.0.1", 0)); t.listen()
u = socket.socket(socket.AF_UNIX); u.bind(sys.argv[1] + "/granted/unix"); u.listen()
open(sys.argv[1] + "/port.new", "w").write(str(t.getsockname()[1]))
import os; os.rename(sys.argv[1] + "/port.new", sys.argv[1] + "/port")
time.sleep(600)
P
server=$!
n=0
while [ ! -s "$top/port" ] && [ $n -lt 100 ]; do n=$((n + 1)); sleep 0.1; done
port=$(cat "$top/port")

checks=$("$confine" --check) || { echo "--check failed"; exit 1; }
echo "$checks" | "$python" -c 'import json,sys; d=json.load(sys.stdin); assert set(d)=={"landlock_abi","namespaces","seccomp","mechanism","tcp_rules"}, d' || exit 1

failed=0 mechanism=
run() { "$confine" --require "$mechanism" --ro "$top/granted" --rw "$top/writable" "$@"; }
passes() {
	what=$1
	shift
	if out=$("$@" 2>&1); then echo "[       OK ] $mechanism: $what"; else echo "[  FAILED  ] $mechanism: $what: $out"; failed=1; fi
}
refuses() {
	what=$1
	shift
	if out=$("$@" 2>&1); then echo "[  FAILED  ] $mechanism: $what: $out"; failed=1; else echo "[       OK ] $mechanism: $what"; fi
}
# One Python statement inside: status 0, or 42 if the kernel said no.
try() {
	options=$1
	shift
	run $options -- "$python" -c "import ctypes,os,socket,sys
libc=ctypes.CDLL(None,use_errno=True)
def call(*a):
    if libc.syscall(*a)<0: raise OSError(ctypes.get_errno(),'refused')
try:
    $1
except OSError as e:
    print(e)
    sys.exit(42)"
}
# Only the kernel's no counts, not some other accident.
denies() {
	what=$1
	shift
	out=$(try "$@" 2>&1)
	if [ $? -eq 42 ]; then echo "[       OK ] $mechanism: $what"; else echo "[  FAILED  ] $mechanism: $what: $out"; failed=1; fi
}

all() {
	passes "reads what is granted" run -- /bin/cat "$top/granted/file"
	passes "writes where it may" run -- /bin/sh -c "echo x >$top/writable/new && rm $top/writable/new"
	passes "runs a program of the system" run -- /usr/bin/env true
	passes "connects when the network is granted" try --network "socket.create_connection(('127.0.0.1',$port),5)"
	passes "connects to the port that is granted" try "--network --port $port" "socket.create_connection(('127.0.0.1',$port),5)"
	case $mechanism$checks in landlock*'"tcp_rules":true'*)
		denies "connects to no other port" "--network --port 1" "socket.create_connection(('127.0.0.1',$port),5)"
		denies "listens on no port" "--network --port $port" "s=socket.socket(); s.bind(('127.0.0.1',0)); s.listen()" ;;
	esac
	refuses "reads no file outside the grants" run -- /bin/cat "$top/other/file"
	refuses "lists no folder outside the grants" run -- /bin/ls "$top/other"
	refuses "reads no home" run -- /bin/ls /root /home
	refuses "does not read shadow" run -- /bin/cat /etc/shadow
	refuses "does not write what is granted for reading" run -- /bin/sh -c "echo x >$top/granted/file"
	refuses "does not write where nothing is granted" run -- /bin/sh -c "echo x >$top/other/new"
	refuses "does not link its way out" run -- /bin/sh -c "ln -s $top/other $top/writable/out; cat $top/writable/out/file"
	denies "does not trace another process" "" "call(101,16,$victim,0,0)"
	denies "does not read another's memory" "" "call(310,$victim,None,0,None,0,0)"
	refuses "does not read another's environment" run -- /bin/cat "/proc/$victim/environ"
	denies "does not connect" "" "socket.create_connection(('127.0.0.1',$port),5)"
	denies "makes no internet socket" "" "socket.socket(socket.AF_INET)"
	denies "reaches no unix socket" "" "s=socket.socket(socket.AF_UNIX); s.connect('$top/granted/unix')"
	denies "reaches no unix socket with the network granted" --network "s=socket.socket(socket.AF_UNIX); s.connect('$top/granted/unix')"
	denies "makes no packet socket with the network granted" --network "socket.socket(socket.AF_PACKET,socket.SOCK_RAW)"
	denies "makes no user namespace" "" "call(272,0x10000000)"
	denies "makes no namespace by clone" "" "call(56,0x10000000|17,0,0,0,0)"
	denies "uses no io_uring" "" "call(425,1,None)"
	denies "uses no bpf" "" "call(321,0,None,0)"
	denies "uses no keyring" "" "call(250,0,-3,1)"
	refuses "mounts nothing" run -- /bin/mount -t tmpfs none "$top/writable"
	refuses "leaves no core file" run -- /bin/sh -c 'test "$(ulimit -Hc)" != 0'
	passes "has given up new privileges" try "" "assert libc.prctl(39,0,0,0,0)==1"
	passes "may use a socket pair" try "" "socket.socketpair()"
}
try_syscalls=$(uname -m)
[ "$try_syscalls" = x86_64 ] || { echo "skipped: the numbers of the system calls are those of x86_64"; exit 77; }
case $checks in *'"landlock_abi":0'*) echo "(this kernel has no Landlock)" ;; *)
	mechanism=landlock
	all
	passes "the program itself is granted" run -- "$top/granted/../writable/program"
	refuses "runs nothing else from a folder it can write" run -- /bin/sh -c "cp /bin/true $top/writable/true && $top/writable/true"
	;;
esac
case $checks in *'"namespaces":true'*)
	mechanism=namespace
	all
	;;
*) echo "(this kernel gives users no namespaces)" ;; esac

mechanism=any
"$confine" --nonsense >/dev/null 2>&1
[ $? -eq 2 ] && echo "[       OK ] usage: status 2" || { echo "[  FAILED  ] usage: status 2"; failed=1; }
"$confine" -- relative >/dev/null 2>&1
[ $? -eq 2 ] && echo "[       OK ] usage: a relative program is refused" || { echo "[  FAILED  ] relative program"; failed=1; }
said=$("$confine" --ro /no/such/folder -- /bin/true 2>&1)
[ $? -eq 121 ] && [ "$(echo "$said" | wc -l)" -eq 1 ] && echo "[       OK ] a grant that is not there: status 121 and one line" || { echo "[  FAILED  ] missing grant: $said"; failed=1; }
"$confine" -- /bin/sh -c 'exit 7'
[ $? -eq 7 ] && echo "[       OK ] the program's own status comes through" || { echo "[  FAILED  ] status"; failed=1; }
exit $failed
