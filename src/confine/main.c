/* SPDX-License-Identifier: GPL-3.0-or-later */
/* claviger-confine: take away from this process what a connector must not have, then exec it.
 *
 *   claviger-confine [--ro PATH]... [--rw PATH]... [--network [--port N]...] [--require any|landlock|namespace|none]
 *                    [--memory BYTES] [--file-size BYTES] [--] PROGRAM [ARG]...
 *   claviger-confine --check        what this kernel offers, as JSON
 *
 * Exit status: that of the program; 2 usage, 120 nothing to confine with, 121 it failed, 126 / 127 the program cannot be run. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/slice.h"
#include "confine/confine.h"

/* Sanitizers map terabytes of shadow memory: no limit fits those. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define DATA_BYTES 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define DATA_BYTES 0
#endif
#endif
#ifndef DATA_BYTES
#define DATA_BYTES (UINT64_C(4) << 30)
#endif
#define FILE_BYTES (UINT64_C(1) << 30)

enum require { REQUIRE_ANY, REQUIRE_LANDLOCK, REQUIRE_NAMESPACE, REQUIRE_NONE };
static const char *const require_names[] = {"any", "landlock", "namespace", "none"};

struct options {
	struct confine c;
	size_t ro, rw, ports;
	enum require require;
	bool check;
};

static int complain(int status, const char *what)
{
	fprintf(stderr, "claviger-confine: %s\n", what);
	return status;
}

static int check(void)
{
	int abi = landlock_abi();
	bool filter = filter_works(), spaces = namespace_works();

	printf("{\"landlock_abi\":%d,\"namespaces\":%s,\"seccomp\":%s,\"mechanism\":\"%s\",\"tcp_rules\":%s}\n", abi, spaces ? "true" : "false",
	    filter ? "true" : "false", abi > 0 ? "landlock" : spaces ? "namespace" : "none", abi >= 4 ? "true" : "false");
	return fflush(stdout) == 0 ? 0 : 1;
}

static bool take_path(const char **list, size_t *n, const char *path)
{
	if (path[0] != '/' || *n + 1 >= CONFINE_PATHS)
		return false;
	list[(*n)++] = path;
	return true;
}

static bool take_size(uint64_t *out, const char *text)
{
	char *end;

	errno = 0;
	*out = strtoull(text, &end, 10);
	return errno == 0 && *end == '\0' && text[0] >= '0' && text[0] <= '9';
}

static bool take_port(struct options *o, const char *text)
{
	uint64_t n;

	if (!take_size(&n, text) || n == 0 || n > 65535 || o->ports + 1 >= CONFINE_PORTS)
		return false;
	o->c.ports[o->ports++] = (uint16_t)n;
	return true;
}

static bool take_require(enum require *out, const char *text)
{
	size_t i;

	for (i = 0; i < LENGTH(require_names); i++)
		if (strcmp(text, require_names[i]) == 0) {
			*out = (enum require)i;
			return true;
		}
	return false;
}

/* The index of the program, or -1. */
static int read_options(struct options *o, int argc, char **argv)
{
	int i;

	for (i = 1; i < argc && argv[i][0] == '-'; i++) {
		const char *value = i + 1 < argc ? argv[i + 1] : "";
		bool ok = true;

		if (strcmp(argv[i], "--") == 0)
			return i + 1;
		if (strcmp(argv[i], "--network") == 0) {
			o->c.may_network = true;
			continue;
		}
		if (strcmp(argv[i], "--check") == 0) {
			o->check = true;
			continue;
		}
		if (strcmp(argv[i], "--ro") == 0)
			ok = take_path(o->c.ro, &o->ro, value);
		else if (strcmp(argv[i], "--rw") == 0)
			ok = take_path(o->c.rw, &o->rw, value);
		else if (strcmp(argv[i], "--port") == 0)
			ok = take_port(o, value);
		else if (strcmp(argv[i], "--memory") == 0)
			ok = take_size(&o->c.data_bytes, value);
		else if (strcmp(argv[i], "--file-size") == 0)
			ok = take_size(&o->c.file_bytes, value);
		else
			ok = strcmp(argv[i], "--require") == 0 && take_require(&o->require, value);
		if (!ok)
			return -1;
		i++;
	}
	return i;
}

static int enter(const struct options *o)
{
	struct err e = {0};
	enum err_code code = limits_set(&o->c, &e);
	bool landlock = landlock_abi() > 0 && o->require != REQUIRE_NAMESPACE;

	if (code == ERR_OK && landlock)
		code = landlock_enter(&o->c, &e);
	else if (code == ERR_OK && o->require == REQUIRE_LANDLOCK)
		return complain(CONFINE_NOTHING, "this kernel has no Landlock");
	else if (code == ERR_OK && (code = namespace_enter(&o->c, &e)) != ERR_OK) {
		/* Half a namespace is no place to go on from, accepted or not; but a kernel that gives none can be accepted. */
		if (strncmp(e.text, "cannot make a namespace", 23) == 0 && o->require == REQUIRE_NONE)
			code = ERR_OK;
		else if (strncmp(e.text, "cannot make a namespace", 23) == 0)
			return complain(CONFINE_NOTHING, "this kernel has neither Landlock nor namespaces for users");
	}
	if (code == ERR_OK)
		code = filter_enter(o->c.may_network, &e);
	return code == ERR_OK ? 0 : complain(CONFINE_BROKEN, e.text);
}

int main(int argc, char **argv)
{
	struct options o = {.c = {.data_bytes = DATA_BYTES, .file_bytes = FILE_BYTES}};
	int program = read_options(&o, argc, argv), status;

	if (program > 0 && o.check && program == argc)
		return check();
	if (program < 0 || program >= argc || argv[program][0] != '/') {
		fprintf(stderr, "usage: claviger-confine [--ro PATH]... [--rw PATH]... [--network] [--require any|landlock|namespace|none] [--] PROGRAM [ARG]..."
				" (absolute paths)\n");
		return 2;
	}
	o.c.program = argv[program];
	status = enter(&o);
	if (status != 0)
		return status;
	execv(argv[program], argv + program);
	status = errno == ENOENT ? 127 : 126;
	fprintf(stderr, "claviger-confine: %s cannot be run: %s\n", argv[program], strerror(errno));
	return status;
}
