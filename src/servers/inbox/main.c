/* SPDX-License-Identifier: GPL-3.0-or-later */
/* claviger-inbox --settings JSON --state DIR: one mailbox as an MCP server on stdio.
 * The password or token comes on fd 3, up to its end; the settings are servers/inbox/config.h's. */
#include <curl/curl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/memory.h"
#include "servers/common/secret_pipe.h"
#include "servers/inbox/inbox.h"
#include "servers/inbox/tools.h"

#define STACK_BYTES ((rlim_t)96 << 20)

/* A mail made of nothing but heads takes a hundred times its size: then this process ends. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define DATA_BYTES 0
#else
#define DATA_BYTES ((rlim_t)512 << 20)
#endif

static int complain(const struct err *e, int status)
{
	fprintf(stderr, "claviger-inbox: %s%s%s\n", e->text, e->mend[0] != '\0' ? ": " : "", e->mend);
	return status;
}

static enum err_code begin(struct inbox *in, const char *settings, struct err *e)
{
	struct rlimit no_core = {0, 0}, data = {DATA_BYTES, DATA_BYTES}, stack;
	enum err_code code;

	signal(SIGPIPE, SIG_IGN);
	setrlimit(RLIMIT_CORE, &no_core);
	if (DATA_BYTES > 0)
		setrlimit(RLIMIT_DATA, &data);
	/* Groups of addresses within groups are read by recursion. */
	if (getrlimit(RLIMIT_STACK, &stack) == 0 && stack.rlim_cur < STACK_BYTES) {
		stack.rlim_cur = stack.rlim_max == RLIM_INFINITY || stack.rlim_max > STACK_BYTES ? STACK_BYTES : stack.rlim_max;
		setrlimit(RLIMIT_STACK, &stack);
	}
	code = memory_secure_init(e);
	if (code == ERR_OK)
		code = secret_pipe_read(&in->secret, e);
	if (code == ERR_OK)
		code = inbox_config_parse(slice_of(settings), &in->config, e);
	if (code == ERR_OK && curl_global_init(CURL_GLOBAL_DEFAULT) != 0)
		code = err_set(e, ERR_MEMORY, "libcurl cannot be set up");
	mail_start();
	return code;
}

int main(int argc, char **argv)
{
	const struct mcp_tool tools[] = {
		{"folders", tool_folders, inbox_folders},
		{"search", tool_inbox_search, inbox_search},
		{"threads", tool_threads, inbox_threads},
		{"read", tool_read, inbox_read},
		{"send_mail", tool_send_mail, inbox_send_mail},
		{"draft", tool_draft, inbox_draft},
		{"move", tool_move, inbox_move},
		{"flag", tool_flag, inbox_flag},
	};
	struct inbox in = {.state = NULL};
	struct mcp_server server = {"claviger-inbox", "1", tools, LENGTH(tools), &in};
	const char *settings = NULL;
	struct err e = {0};
	enum err_code code;
	int i;

	for (i = 1; i + 1 < argc; i += 2) {
		if (strcmp(argv[i], "--settings") == 0)
			settings = argv[i + 1];
		else if (strcmp(argv[i], "--state") == 0)
			in.state = argv[i + 1];
		else
			break;
	}
	if (i != argc || settings == NULL || in.state == NULL) {
		fprintf(stderr, "usage: claviger-inbox --settings JSON --state DIR\n");
		return 2;
	}
	code = begin(&in, settings, &e);
	if (code == ERR_OK)
		code = mcp_serve(&server, STDIN_FILENO, STDOUT_FILENO, &e);
	inbox_release(&in);
	return code == ERR_OK ? 0 : complain(&e, code == ERR_USAGE ? 2 : 1);
}
