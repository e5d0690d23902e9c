/* SPDX-License-Identifier: GPL-3.0-or-later */
/* claviger-practice: a model vendor to practise with. */
#include "config.h"

#include <argp.h>
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/builtin.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/random.h"
#include "practice/limiter.h"
#include "practice/server.h"
#include "practice/sigv4.h"

#define NAME "claviger-practice"
#define PAIRS 16	/* --aws, and the published ones before them */
#define SCRIPT_MAX ((size_t)8 << 20)

struct settings {
	struct server_options server;
	const char *script;
	struct keys *keys;
	struct faults *faults;
	uint64_t seed;
	const char *fault[64];
	size_t faults_given;
	bool is_regional;
	struct aws_pair pair[PAIRS + 1];
	size_t pairs;
	const char *region;
	int64_t gap;	/* millionths of a per cent */
	int days_ago;
	int64_t limit, limit_s, clock_off_s;
};

const char *argp_program_version = NAME " " PACKAGE_VERSION;

enum { OPT_LATENCY = 256, OPT_ACCEPT, OPT_AWS, OPT_SEED, OPT_RATE, OPT_REGIONAL, OPT_REGION, OPT_GAP, OPT_DAYS_AGO, OPT_LIMIT, OPT_CLOCK };

static const struct argp_option options[] = {
	{"port", 'p', "N", 0, "Serve on 127.0.0.1:N; 0, the default, is a free port", 0},
	{"script", 's', "FILE", 0, "Reply as FILE says instead of the built-in script", 0},
	{"seed", OPT_SEED, "N", 0, "What the draws of --fault depend on", 0},
	{"rate", OPT_RATE, "EVENTS_PER_S", 0, "Pace of stream events; 0, the default, is as fast as it goes", 0},
	{"latency-ms", OPT_LATENCY, "N", 0, "Wait before the first byte of an answer", 0},
	{"accept", OPT_ACCEPT, "KEY", 0, "Take only this key (may be repeated); never a real one", 0},
	{"fault", 'f', "KIND[:P]", 0, "Let this go wrong, with probability P (may be repeated)", 0},
	{"regional", OPT_REGIONAL, NULL, 0, "Bill OpenAI calls as from a regional host", 0},
	{"aws", OPT_AWS, "ID:SECRET", 0, "Take signatures of this AWS key pair too (may be repeated); never a real one", 0},
	{"gap", OPT_GAP, "PERCENT", 0, "Let the usage and cost reports differ from the books by so much (3.2, -1)", 0},
	{"days-ago", OPT_DAYS_AGO, "N", 0, "Date every sale N days back", 0},
	{"limit", OPT_LIMIT, "N:SECONDS", 0, "Take N requests in so long; more are answered with 429 (not on Bedrock)", 0},
	{"clock-off", OPT_CLOCK, "SECONDS", 0, "Let its clock be so much ahead (or behind, with a minus)", 0},
	{"region", OPT_REGION, "R", 0, "Refuse AWS requests for another region", 0},
	{0},
};

static uint64_t number(struct argp_state *state, const char *name, const char *text, uint64_t max)
{
	char *end = NULL;
	uintmax_t n;

	errno = 0;
	n = strtoumax(text, &end, 10);
	if (*text < '0' || *text > '9' || *end != '\0' || errno != 0 || n > max)
		argp_error(state, "--%s wants a number from 0 to %" PRIu64, name, max);
	return (uint64_t)n;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct settings *s = state->input;
	char *secret;
	bool is_less;
	uint64_t n;

	switch (key) {
	case 'p':
		s->server.port = (uint16_t)number(state, "port", arg, 65535);
		return 0;
	case 's':
		s->script = arg;
		return 0;
	case OPT_SEED:
		s->seed = number(state, "seed", arg, INT64_MAX);
		return 0;
	case OPT_RATE:
		n = number(state, "rate", arg, US_PER_S);
		s->server.gap_us = n > 0 ? US_PER_S / (int64_t)n : 0;
		return 0;
	case OPT_LATENCY:
		s->server.latency_us = (int64_t)number(state, "latency-ms", arg, 3600000) * US_PER_MS;
		return 0;
	case OPT_ACCEPT:
		keys_accept(s->keys, arg);
		return 0;
	case 'f':
		if (s->faults_given == LENGTH(s->fault))
			argp_error(state, "too many faults");
		s->fault[s->faults_given++] = arg;
		return 0;
	case OPT_REGIONAL:
		s->is_regional = true;
		return 0;
	case OPT_AWS:
		secret = strchr(arg, ':');
		if (secret == NULL || secret == arg || secret[1] == '\0')
			argp_error(state, "--aws wants ID:SECRET");
		if (s->pairs == PAIRS)
			argp_error(state, "too many AWS key pairs");
		*secret = '\0';
		s->pair[s->pairs++] = (struct aws_pair){.id = arg, .secret = secret + 1};
		return 0;
	case OPT_GAP:
		is_less = *arg == '-';
		if (!rate_parse(arg + is_less, &s->gap) || s->gap > 1000 * INT64_C(1000000))
			argp_error(state, "--gap wants a percentage up to 1000");
		s->gap = is_less ? -s->gap : s->gap;
		if (s->gap < -100 * INT64_C(1000000))
			argp_error(state, "--gap cannot take away more than 100 per cent");
		return 0;
	case OPT_LIMIT:
		secret = strchr(arg, ':');
		if (secret == NULL)
			argp_error(state, "--limit wants N:SECONDS");
		*secret = '\0';
		s->limit = (int64_t)number(state, "limit", arg, 1000000);
		s->limit_s = (int64_t)number(state, "limit", secret + 1, 86400);
		if (s->limit == 0 || s->limit_s == 0)
			argp_error(state, "--limit wants N:SECONDS");
		return 0;
	case OPT_CLOCK:
		is_less = *arg == '-';
		s->clock_off_s = (int64_t)number(state, "clock-off", arg + is_less, 864000) * (is_less ? -1 : 1);
		return 0;
	case OPT_DAYS_AGO:
		s->days_ago = (int)number(state, "days-ago", arg, 36500);
		return 0;
	case OPT_REGION:
		s->region = arg;
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "unexpected word: %s", arg);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* The list of faults behind the options. */
static char *help(int key, const char *text, void *input)
{
	char *list = NULL;
	size_t size = 0;
	FILE *to;

	(void)input;
	if (key != ARGP_KEY_HELP_POST_DOC)
		return (char *)(uintptr_t)text;
	to = open_memstream(&list, &size);
	if (to == NULL)
		return NULL;
	fputs("Faults:\n", to);
	faults_list(to);
	fputs("\nA request whose last user text holds \"[fault KIND]\" has that one.", to);
	fclose(to);
	return list;
}

static int complain(const struct err *e)
{
	fprintf(stderr, NAME ": %s\n", e->text);
	return err_exit(e->code);
}

static enum err_code load_script(struct script **out, const char *path, struct err *e)
{
	const struct builtin *own = builtin_find(data_files, "practice/default.json");
	struct buf text;
	enum err_code rc;

	if (path == NULL)
		return script_new(out, slice_make(own->bytes, own->len), e);
	buf_init(&text, SCRIPT_MAX);
	rc = file_read(path, &text, e);
	if (rc == ERR_OK) {
		rc = script_new(out, buf_slice(&text), e);
		if (rc != ERR_OK)
			err_context(e, "%s", path);
	}
	buf_release(&text);
	return rc;
}

static enum err_code serve(struct practice *p, const struct settings *s, const sigset_t *wanted, struct err *e)
{
	struct server *server;
	enum err_code rc = server_start(&server, p, &s->server, e);
	int got;

	if (rc != ERR_OK)
		return rc;
	printf("listening on 127.0.0.1:%u\n", (unsigned)server_port(server));
	fflush(stdout);
	while (sigwait(wanted, &got) != 0)
		;
	server_stop(server);
	return ERR_OK;
}

int main(int argc, char **argv)
{
	static const struct argp argp = {.options = options, .parser = parse, .doc = "Serve the APIs of model vendors on this machine, to practise with.\v ",
	    .help_filter = help};
	/* The pair of AWS's own examples, and two of the same secret that do not serve. */
	static const char example[] = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
	struct settings s = {.keys = keys_new(), .pair = {{"AKIDEXAMPLE", example}, {"AKIDREVOKED", example}, {"AKIDNOCREDIT", example}}, .pairs = 3};
	struct practice p = {.keys = s.keys};
	struct err e = {0};
	enum err_code rc = ERR_OK;
	sigset_t wanted;
	size_t i;

	argp_err_exit_status = 2;
	argp_parse(&argp, argc, argv, 0, NULL, &s);
	sigemptyset(&wanted);
	sigaddset(&wanted, SIGTERM);
	sigaddset(&wanted, SIGINT);
	pthread_sigmask(SIG_BLOCK, &wanted, NULL);
	signal(SIGPIPE, SIG_IGN);
	p.is_regional = s.is_regional;
	p.pair = s.pair;
	p.region = s.region;
	p.gap = s.gap;
	p.clock_off_us = s.clock_off_s * US_PER_S;
	p.limiter = s.limit > 0 ? limiter_new(s.limit, s.limit_s * US_PER_S) : NULL;
	p.faults = faults_new(s.seed);
	for (i = 0; i < s.faults_given && rc == ERR_OK; i++)
		rc = faults_add(p.faults, s.fault[i], &e);
	p.books = books_new();
	books_set_back(p.books, s.days_ago);
	p.prefixes = prefixes_new();
	if (rc == ERR_OK)
		rc = load_script(&p.script, s.script, &e);
	if (rc == ERR_OK)
		rc = serve(&p, &s, &wanted, &e);
	script_free(p.script);
	prefixes_free(p.prefixes);
	books_free(p.books);
	faults_free(p.faults);
	keys_free(p.keys);
	limiter_free(p.limiter);
	return rc == ERR_OK ? 0 : complain(&e) == 2 ? 2 : 1;
}
