/* SPDX-License-Identifier: GPL-3.0-or-later */
/* speak [--ro DIR]... TOOL ARGS -- PROGRAM [ARG]...: start an MCP server confined, call one tool, print what came.
 * For tests with servers of others. Output: the protocol, the number of tools, the result, the text; a line each. */
#include "base/clock.h"
#include "base/json.h"
#include "connector/connector.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>

#define LIMIT_US (30 * US_PER_S)

static bool done;

static void on_done(void *user, uint64_t call, const struct tool_outcome *o)
{
	(void)user;
	(void)call;
	printf("%s\n%.*s\n", tool_result_name(o->result), (int)o->text.len, o->text.len > 0 ? o->text.p : "");
	done = true;
}

static void turn(struct connector *c)
{
	struct connector_fd fds[CONNECTOR_FDS];
	struct pollfd p[CONNECTOR_FDS];
	size_t n = connector_fds(c, fds), i;

	for (i = 0; i < n; i++)
		p[i] = (struct pollfd){fds[i].fd, fds[i].events, 0};
	poll(p, (nfds_t)n, 20);
	for (i = 0; i < n; i++)
		if (p[i].revents != 0)
			connector_ready(c, p[i].fd, clock_steady_us());
	if (connector_deadline(c) <= clock_steady_us())
		connector_tick(c, clock_steady_us());
}

static int speak(struct connector *c, const char *tool, const char *args)
{
	struct connector_call call = {.tool = tool, .args = slice_of(args)};
	int64_t end = clock_steady_us() + LIMIT_US;
	struct err e = {0};

	while (connector_life(c) == LIFE_STARTING && clock_steady_us() < end)
		turn(c);
	if (connector_life(c) != LIFE_RUNNING) {
		fprintf(stderr, "%s: %s\n%.*s\n", connector_life_name(connector_life(c)), connector_reason(c), (int)connector_log(c).len,
		    connector_log(c).len > 0 ? connector_log(c).p : "");
		return 1;
	}
	printf("%s\n%zu\n", connector_protocol(c), connector_tool_count(c));
	if (connector_call(c, &call, clock_steady_us(), on_done, NULL, NULL, &e) != ERR_OK) {
		fprintf(stderr, "%s\n", e.text);
		return 1;
	}
	while (!done && clock_steady_us() < end)
		turn(c);
	return done ? 0 : 1;
}

int main(int argc, char **argv)
{
	const char *ro[16] = {NULL}, *list[32] = {NULL};
	struct connector_spec spec = {.argv = list, .read_paths = ro, .confine = TOP_BUILDDIR "/libexec/claviger/claviger-confine"};
	struct connector *c = connector_new("other");
	struct err e = {0};
	size_t n = 0;
	int i = 1, status = 2, k;

	signal(SIGPIPE, SIG_IGN);
	for (; i + 1 < argc && strcmp(argv[i], "--ro") == 0 && n + 1 < LENGTH(ro); i += 2)
		ro[n++] = argv[i + 1];
	if (i + 3 < argc && strcmp(argv[i + 2], "--") == 0) {
		for (k = i + 3, n = 0; k < argc && n + 1 < LENGTH(list); k++)
			list[n++] = argv[k];
		if (connector_start(c, &spec, clock_steady_us(), &e) == ERR_OK)
			status = speak(c, argv[i], argv[i + 1]);
		else
			fprintf(stderr, "%s\n", e.text);
	}
	connector_free(c);
	return status;
}
