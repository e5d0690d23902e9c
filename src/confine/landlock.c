/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The kernel's numbers are written out here: the headers of the build machine
 * may be older than the kernel it runs on. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fd.h"
#include "confine/confine.h"

#define NR_CREATE_RULESET 444
#define NR_ADD_RULE 445
#define NR_RESTRICT_SELF 446
#define VERSION_ONLY 1u
#define RULE_PATH_BENEATH 1
#define RULE_NET_PORT 2

enum {	/* rights on files, by the bit */
	FS_EXECUTE = 1 << 0,
	FS_WRITE_FILE = 1 << 1,
	FS_READ_FILE = 1 << 2,
	FS_READ_DIR = 1 << 3,
	FS_REMOVE_DIR = 1 << 4,
	FS_REMOVE_FILE = 1 << 5,
	FS_MAKE_CHAR = 1 << 6,
	FS_MAKE_DIR = 1 << 7,
	FS_MAKE_REG = 1 << 8,
	FS_MAKE_SOCK = 1 << 9,
	FS_MAKE_FIFO = 1 << 10,
	FS_MAKE_BLOCK = 1 << 11,
	FS_MAKE_SYM = 1 << 12,
	FS_REFER = 1 << 13,	/* ABI 2 */
	FS_TRUNCATE = 1 << 14,	/* ABI 3 */
	FS_IOCTL_DEV = 1 << 15,	/* ABI 5 */
};
#define FS_READ (FS_EXECUTE | FS_READ_FILE | FS_READ_DIR)
/* What is written there cannot be run: no FS_EXECUTE. */
#define FS_WRITE (FS_WRITE_FILE | FS_READ_FILE | FS_READ_DIR | FS_REMOVE_DIR | FS_REMOVE_FILE | FS_MAKE_DIR | FS_MAKE_REG | FS_MAKE_FIFO | FS_MAKE_SYM | FS_REFER | FS_TRUNCATE)
#define FS_OF_A_FILE (FS_EXECUTE | FS_WRITE_FILE | FS_READ_FILE | FS_TRUNCATE | FS_IOCTL_DEV)
#define NET_TCP 3u		/* bind and connect; ABI 4 */
#define NET_CONNECT 2u
#define SCOPED 3u		/* abstract unix sockets and signals; ABI 6 */

struct ruleset {
	uint64_t fs, net, scoped;
};

struct path_rule {
	uint64_t allowed;
	int32_t fd;
} __attribute__((packed));

struct port_rule {
	uint64_t allowed, port;
};

int landlock_abi(void)
{
	long n = syscall(NR_CREATE_RULESET, NULL, 0, VERSION_ONLY);

	return n > 0 ? (int)n : 0;
}

static uint64_t known_rights(int abi)
{
	uint64_t all = (FS_MAKE_SYM << 1) - 1;

	if (abi >= 2)
		all |= FS_REFER;
	if (abi >= 3)
		all |= FS_TRUNCATE;
	if (abi >= 5)
		all |= FS_IOCTL_DEV;
	return all;
}

/* 0, or -1 with errno. */
static int allow(int ruleset, const char *path, uint64_t rights)
{
	struct path_rule rule = {.fd = open(path, O_PATH | O_CLOEXEC)};
	struct stat st;
	int result = -1, saved;

	if (rule.fd < 0)
		return -1;
	if (fstat(rule.fd, &st) == 0) {
		rule.allowed = S_ISDIR(st.st_mode) ? rights : rights & FS_OF_A_FILE;
		result = (int)syscall(NR_ADD_RULE, ruleset, RULE_PATH_BENEATH, &rule, 0);
	}
	saved = errno;
	close(rule.fd);
	errno = saved;
	return result;
}

static enum err_code allow_all(int ruleset, const struct confine *c, uint64_t known, struct err *e)
{
	size_t i;

	for (i = 0; confine_system_ro[i] != NULL; i++)
		if (allow(ruleset, confine_system_ro[i], FS_READ & known) != 0 && errno != ENOENT && errno != ENOTDIR && errno != EACCES)
			return err_sys(e, ERR_IO, "cannot grant %s", confine_system_ro[i]);
	for (i = 0; confine_system_rw[i] != NULL; i++)
		if (allow(ruleset, confine_system_rw[i], (FS_READ_FILE | FS_WRITE_FILE | FS_TRUNCATE | FS_IOCTL_DEV) & known) != 0 && errno != ENOENT)
			return err_sys(e, ERR_IO, "cannot grant %s", confine_system_rw[i]);
	for (i = 0; c->ro[i] != NULL; i++)
		if (allow(ruleset, c->ro[i], FS_READ & known) != 0)
			return err_sys(e, ERR_IO, "cannot grant %s", c->ro[i]);
	for (i = 0; c->rw[i] != NULL; i++)
		if (allow(ruleset, c->rw[i], FS_WRITE & known) != 0)
			return err_sys(e, ERR_IO, "cannot grant %s", c->rw[i]);
	if (allow(ruleset, c->program, FS_READ & known) != 0)
		return err_sys(e, errno == ENOENT ? ERR_MISSING : ERR_IO, "cannot grant %s", c->program);
	return ERR_OK;
}

static enum err_code allow_ports(int ruleset, const struct confine *c, struct err *e)
{
	size_t i;

	for (i = 0; c->ports[i] != 0; i++) {
		struct port_rule rule = {NET_CONNECT, c->ports[i]};

		if (syscall(NR_ADD_RULE, ruleset, RULE_NET_PORT, &rule, 0) != 0)
			return err_sys(e, ERR_IO, "cannot grant port %u", c->ports[i]);
	}
	return ERR_OK;
}

enum err_code landlock_enter(const struct confine *c, struct err *e)
{
	int abi = landlock_abi(), fd;
	bool knows_ports = abi >= 4 && (!c->may_network || c->ports[0] != 0);
	struct ruleset r = {known_rights(abi), knows_ports ? NET_TCP : 0, abi >= 6 ? SCOPED : 0};
	/* Older kernels know a shorter record, and refuse a longer one unless the rest is zero. */
	enum err_code code;

	fd = (int)syscall(NR_CREATE_RULESET, &r, sizeof r, 0);
	if (fd < 0)
		return err_sys(e, ERR_IO, "cannot make a Landlock ruleset");
	code = allow_all(fd, c, r.fs, e);
	if (code == ERR_OK && knows_ports && c->may_network)
		code = allow_ports(fd, c, e);
	if (code == ERR_OK && syscall(NR_RESTRICT_SELF, fd, 0) != 0)
		code = err_sys(e, ERR_IO, "cannot enter Landlock");
	fd_close(&fd);
	return code;
}
