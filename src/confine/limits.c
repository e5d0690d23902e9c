/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "confine/confine.h"

#define FILES_OPEN 1024

/* Nobody's home, mail, or keys: libraries, certificates, names of things. */
const char *const confine_system_ro[] = {"/usr", "/lib", "/lib32", "/lib64", "/bin", "/sbin", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d",
    "/etc/localtime", "/etc/timezone", "/etc/nsswitch.conf", "/etc/passwd", "/etc/group", "/etc/host.conf", "/etc/hosts", "/etc/resolv.conf", "/etc/gai.conf",
    "/etc/services", "/etc/protocols", "/etc/mime.types", "/etc/alternatives", "/etc/ssl/certs", "/etc/ssl/openssl.cnf", "/etc/ca-certificates", "/etc/pki/tls",
    "/etc/pki/ca-trust", "/run/systemd/resolve", "/dev/random", "/dev/urandom", "/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat",
    "/proc/sys/vm/overcommit_memory", "/sys/devices/system/cpu", NULL};
const char *const confine_system_rw[] = {"/dev/null", "/dev/zero", "/dev/full", NULL};

/* Never above what we have ourselves. */
static int limit(int which, uint64_t most)
{
	struct rlimit r;

	if (getrlimit((__rlimit_resource_t)which, &r) != 0)
		return -1;
	if (r.rlim_max == RLIM_INFINITY || r.rlim_max > most)
		r.rlim_max = (rlim_t)most;
	if (r.rlim_cur == RLIM_INFINITY || r.rlim_cur > r.rlim_max)
		r.rlim_cur = r.rlim_max;
	return setrlimit((__rlimit_resource_t)which, &r);
}

/* No RLIMIT_NPROC: it counts all processes of the user, not those started here.
 * RLIMIT_DATA and not RLIMIT_AS: some runtimes reserve address space by the
 * terabyte and use little of it. */
enum err_code limits_set(const struct confine *c, struct err *e)
{
	if (limit(RLIMIT_CORE, 0) != 0 || limit(RLIMIT_NOFILE, FILES_OPEN) != 0 || (c->data_bytes > 0 && limit(RLIMIT_DATA, c->data_bytes) != 0) ||
	    (c->file_bytes > 0 && limit(RLIMIT_FSIZE, c->file_bytes) != 0))
		return err_sys(e, ERR_IO, "cannot set limits");
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 || prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0)
		return err_sys(e, ERR_IO, "cannot give up privileges");
	return ERR_OK;
}
