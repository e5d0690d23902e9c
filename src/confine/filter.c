/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A list of what is denied, not of what is allowed: connectors are arbitrary
 * programs, and what files and addresses they reach is decided elsewhere. Denied
 * is what reaches into other processes or makes the kernel's surface large. */
#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "base/slice.h"
#include "confine/confine.h"

static const char *const denied[] = {"ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "pidfd_getfd", "kcmp", "keyctl", "add_key",
    "request_key", "mount", "umount", "umount2", "move_mount", "open_tree", "fsopen", "fsconfig", "fsmount", "fspick", "mount_setattr", "pivot_root", "chroot",
    "bpf", "perf_event_open", "kexec_load", "kexec_file_load", "userfaultfd", "io_uring_setup", "io_uring_enter", "io_uring_register", "unshare", "setns",
    "init_module", "finit_module", "delete_module", "swapon", "swapoff", "reboot", "acct", "quotactl", "quotactl_fd", "iopl", "ioperm", "modify_ldt", "lookup_dcookie",
    "open_by_handle_at", "name_to_handle_at", "fanotify_init", "settimeofday", "clock_settime", "clock_adjtime", "adjtimex", "sethostname", "setdomainname",
    "syslog", "vhangup", "personality", "uselib", "ustat", "sysfs", "nfsservctl", "migrate_pages", "move_pages", "mbind", "set_mempolicy", "vmsplice",
    "memfd_secret"};


static int deny_calls(scmp_filter_ctx f)
{
	size_t i;

	for (i = 0; i < LENGTH(denied); i++) {
		int nr = seccomp_syscall_resolve_name(denied[i]);

		/* A name that this architecture or library does not know needs no rule. */
		if (nr != __NR_SCMP_ERROR && seccomp_rule_add(f, SCMP_ACT_ERRNO(EPERM), nr, 0) != 0 && nr >= 0)
			return -1;
	}
	return 0;
}

/* A new namespace would bring back mounts and with them the kernel's surface. */
static int deny_namespaces(scmp_filter_ctx f)
{
	static const unsigned flags[] = {CLONE_NEWUSER, CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWNET, CLONE_NEWIPC, CLONE_NEWUTS, CLONE_NEWCGROUP};
	size_t i;

	for (i = 0; i < LENGTH(flags); i++)
		if (seccomp_rule_add(f, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1, SCMP_A0(SCMP_CMP_MASKED_EQ, flags[i], flags[i])) != 0)
			return -1;
	/* Its flags lie behind a pointer, where no filter can look: without it, the C library falls back to clone. */
	return seccomp_rule_add(f, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
}

/* Unix sockets are denied always: they are the way to the session bus, to
 * containers' and agents' sockets, which no rule on files or TCP holds back.
 * socketpair() stays: it reaches nobody. */
static int deny_sockets(scmp_filter_ctx f, bool may_network)
{
	int family, r = 0;

	for (family = 0; family < 46 && r == 0; family++)
		if (!may_network || (family != AF_INET && family != AF_INET6 && family != AF_NETLINK))
			r = seccomp_rule_add(f, SCMP_ACT_ERRNO(EAFNOSUPPORT), SCMP_SYS(socket), 1, SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)family, 0));
	if (r == 0)
		r = seccomp_rule_add(f, SCMP_ACT_ERRNO(EAFNOSUPPORT), SCMP_SYS(socket), 1, SCMP_A0(SCMP_CMP_GE, 46, 0));
	return r;
}

/* Typing into, or pasting onto, the terminal of the person. */
static int deny_terminal(scmp_filter_ctx f)
{
	static const unsigned long requests[] = {TIOCSTI, 0x541C /* TIOCLINUX */, TIOCSCTTY};
	size_t i;

	for (i = 0; i < LENGTH(requests); i++)
		if (seccomp_rule_add(f, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(ioctl), 1, SCMP_A1(SCMP_CMP_MASKED_EQ, 0xFFFFFFFFu, requests[i])) != 0)
			return -1;
	return 0;
}

bool filter_works(void)
{
	return prctl(PR_GET_SECCOMP, 0, 0, 0, 0) >= 0 && seccomp_api_get() > 0;
}

enum err_code filter_enter(bool may_network, struct err *e)
{
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_ALLOW);
	enum err_code code = ERR_OK;
	int r;

	if (f == NULL)
		return err_set(e, ERR_MEMORY, "cannot make a system-call filter");
	r = deny_calls(f);
	if (r == 0)
		r = deny_namespaces(f);
	if (r == 0)
		r = deny_sockets(f, may_network);
	if (r == 0)
		r = deny_terminal(f);
	if (r == 0)
		r = seccomp_load(f);
	if (r != 0)
		code = err_set(e, ERR_IO, "cannot load the system-call filter");
	seccomp_release(f);
	return code;
}
