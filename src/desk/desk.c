/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "desk/desk.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/wake.h"
#include "desk/config.h"
#include "desk/data.h"
#include "desk/desk_private.h"
#include "desk/workspace.h"
#include "model/request.h"
#include "money/book.h"
#include "money/pico.h"
#include "office/policy.h"
#include "store/lease.h"
#include "store/price.h"
#include "store/request.h"
#include "store/store.h"

#define UNTAKEN_US (5 * US_PER_S)	/* a request nobody took up by then is withdrawn */

/* --- opening -------------------------------------------------------------------- */

static void say_place(struct desk *d)
{
	char host[64] = "here";
	const char *user = getenv("USER"), *terminal = ttyname(STDIN_FILENO);

	gethostname(host, sizeof host - 1);
	snprintf(d->place, sizeof d->place, "%.60s@%.60s, %.60s", user != NULL ? user : "user", host, terminal != NULL ? terminal : "no terminal");
	snprintf(d->holder, sizeof d->holder, "pid %ld, %.120s", (long)getpid(), d->place);
}

static enum err_code make_fds(struct desk *d, struct err *e)
{
	struct epoll_event ev = {.events = EPOLLIN};

	d->wake_fd = wake_new();
	d->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	d->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	ev.data.fd = d->wake_fd;
	if (d->wake_fd < 0 || d->timer_fd < 0 || d->epoll_fd < 0 || epoll_ctl(d->epoll_fd, EPOLL_CTL_ADD, d->wake_fd, &ev) != 0)
		return err_sys(e, ERR_IO, "cannot make a wake-up line");
	ev.data.fd = d->timer_fd;
	if (epoll_ctl(d->epoll_fd, EPOLL_CTL_ADD, d->timer_fd, &ev) != 0)
		return err_sys(e, ERR_IO, "cannot make a timer");
	return ERR_OK;
}

/* A workspace of an older version is brought up to date first, with a copy beside it:
 * a connection that only reads cannot do it. */
static enum err_code open_store(struct desk *d, struct err *e)
{
	struct store *writer = NULL;
	enum err_code rc = store_open(&d->store, d->where.folder, STORE_READ, e);

	if (rc != ERR_CONFLICT || d->read_only)
		return rc;
	rc = store_open(&writer, d->where.folder, STORE_WRITE, e);
	store_close(writer);
	return rc == ERR_OK ? store_open(&d->store, d->where.folder, STORE_READ, e) : rc;
}

static enum err_code open_all(struct desk *d, const struct desk_options *o, struct err *e)
{
	enum err_code rc = paths_find(&d->paths, o->home, e);

	if (rc == ERR_OK)
		rc = workspace_choose(&d->paths, o->workspace, d->name, e);
	if (rc == ERR_OK)
		rc = workspace_paths_find(&d->where, &d->paths, d->name, e);
	if (rc == ERR_OK)
		rc = workspace_check_home(&d->paths, e);
	if (rc == ERR_OK)
		rc = path_check_private(d->where.folder, e);
	if (rc == ERR_OK)
		rc = open_store(d, e);
	if (rc == ERR_OK) {
		if (store_zone(d->store)[0] != '\0')
			clock_use_zone(store_zone(d->store));
		rc = make_fds(d, e);
	}
	return rc;
}

/* Read when first needed: a frame needs no prices, and 300 rows take their time. */
static enum err_code load_book(struct desk *d, struct err *e)
{
	return d->book != NULL ? ERR_OK : data_book(d->paths.home, &d->book, e);
}

static int64_t read_last_looked(struct store *s)
{
	char *text = NULL;
	int64_t at;

	if (store_setting_get(s, "last_looked_us", &text, NULL) != ERR_OK || text == NULL)
		return 0;
	at = strtoll(text, NULL, 10);
	free(text);
	return at;
}

enum err_code desk_open(struct desk **out, const struct desk_options *o, struct err *e)
{
	struct desk *d = xcalloc(1, sizeof *d);
	const char *key_file = getenv("CLAVIGER_KEY_FILE");
	enum err_code rc;

	d->wake_fd = d->timer_fd = d->epoll_fd = -1;
	d->read_only = o->read_only;
	if (key_file != NULL && *key_file != '\0')
		d->key_file = xstrdup(key_file);
	buf_init(&d->models, 1 << 20);
	buf_init(&d->rules, 1 << 20);
	buf_init(&d->summary_rules, 1 << 20);
	rc = open_all(d, o, e);
	if (rc != ERR_OK) {
		desk_close(d);
		*out = NULL;
		return rc;
	}
	say_place(d);
	d->last_looked_us = read_last_looked(d->store);
	d->board = board_reader_new(d->where.board);
	*out = d;
	return ERR_OK;
}

static enum err_code read_persons(const struct config *c, struct person_line *out, struct err *e)
{
	const char *usd = config_text(c, "two_persons_usd");
	int effect = effect_parse(config_text(c, "two_persons"));

	*out = (struct person_line){.effect = effect < 0 ? EFFECTS : (enum effect)effect};
	if (*usd == '\0')
		return ERR_OK;
	if (pico_parse(slice_of(usd), &out->over_pd, e) == ERR_OK && out->over_pd > 0)
		return ERR_OK;
	err_set(e, ERR_USAGE, "two_persons_usd '%.40s' is no amount", usd);
	return err_mend(e, ERR_USAGE, "claviger config set two_persons_usd 1.50");
}

/* The diary is no reason not to work: what hinders it is for doctor to say. */
static void open_log(const struct desk *d, const struct config *config)
{
	static const char *const names[] = {"error", "note", "debug"};
	const char *most = config_text(config, "log");

	for (size_t i = 0; i < LENGTH(names); i++)
		if (strcmp(most, names[i]) == 0 && file_make_folders(d->paths.state, 0700, NULL) == ERR_OK)
			err_ignore(log_open(d->paths.log, (enum log_level)i, d->name, NULL));
}

enum err_code desk_start_worker(struct desk *d, struct err *e)
{
	struct worker_options o = {.paths = &d->where, .home = d->paths.home, .holder = d->holder, .where = d->place, .wake_fd = d->wake_fd};
	struct config *config = NULL;
	enum err_code rc;

	if (d->worker != NULL)
		return ERR_OK;
	if (d->read_only) {
		err_set(e, ERR_REFUSED, "this console only reads");
		return err_mend(e, ERR_REFUSED, "start one without --read-only");
	}
	rc = load_book(d, e);
	o.book = d->book;
	if (rc == ERR_OK)
		rc = data_read(d->paths.home, "models.json", &d->models, e);
	if (rc == ERR_OK)
		rc = data_read(d->paths.home, "prompts/office.txt", &d->rules, e);
	if (rc == ERR_OK)
		rc = data_read(d->paths.home, "prompts/summary.txt", &d->summary_rules, e);
	if (rc == ERR_OK)
		rc = store_open(&o.store, d->where.folder, STORE_WRITE, e);
	if (rc != ERR_OK)
		return rc;
	o.models_json = buf_text(&d->models);
	o.office_rules = buf_text(&d->rules);
	o.summary_rules = buf_text(&d->summary_rules);
	rc = config_open(&config, d->paths.config, e);
	if (rc == ERR_OK) {
		open_log(d, config);
		o.key_file = d->key_file != NULL ? d->key_file : config_text(config, "key_file");
		o.proxy = config_text(config, "proxy");
		o.ca_file = config_text(config, "ca_file");
		o.undo_window_s = config_count(config, "undo_window_s");
		o.failover = failover_parse(config_text(config, "failover"));
		o.purge_after_days = config_count(config, "purge_after_days");
		o.summaries = config_bool(config, "summaries");
		o.retry_at_risk = config_bool(config, "retry_at_risk");
		o.expire_after_h = config_count(config, "expire_after_h");
		o.question_within_s = config_count(config, "question_within_s");
		rc = read_persons(config, &o.persons, e);
		o.first_byte_s = config_count(config, "first_byte_s");
		o.silence_s = config_count(config, "silence_s");
	}
	if (rc == ERR_OK)
		rc = worker_start(&d->worker, &o, e);
	config_free(config);
	if (rc != ERR_OK)
		store_close(o.store);
	return rc;
}

static void job_free(struct desk_job *j)
{
	op_release(&j->op);
	outcome_release(&j->out);
	secret_free(j->secret);
	free(j);
}

static void list_free(struct desk_job *j)
{
	struct desk_job *next;

	for (; j != NULL; j = next) {
		next = j->next;
		job_free(j);
	}
}

void desk_close(struct desk *d)
{
	struct job *j;

	if (d == NULL)
		return;
	if (d->worker != NULL) {
		worker_finish(d->worker);
		while ((j = worker_collect(d->worker)) != NULL)
			job_free((struct desk_job *)j);
		worker_free(d->worker);
	}
	list_free(d->waiting);
	list_free(d->ready);
	board_reader_free(d->board);
	store_close(d->store);
	book_free(d->laid);
	book_free(d->book);
	buf_release(&d->models);
	buf_release(&d->rules);
	buf_release(&d->summary_rules);
	if (d->epoll_fd >= 0)
		close(d->epoll_fd);
	if (d->timer_fd >= 0)
		close(d->timer_fd);
	if (d->wake_fd >= 0)
		close(d->wake_fd);
	workspace_paths_release(&d->where);
	paths_release(&d->paths);
	free(d->key_file);
	free(d);
}

const char *desk_workspace(const struct desk *d) { return d->name; }
const char *desk_folder(const struct desk *d) { return d->where.folder; }
bool desk_unlocked(const struct desk *d) { return d->unlocked; }
int desk_wake_fd(const struct desk *d) { return d->epoll_fd; }
int desk_store_fd(const struct desk *d) { return store_watch_fd(d->store); }
struct store *desk_store(struct desk *d) { return d->store; }

const struct book *desk_published(struct desk *d)
{
	(void)desk_book(d);
	return d->book;
}

/* What a person changed since, in any process. */
static void lay_prices(struct desk *d)
{
	struct book *b = NULL;
	int64_t state = 0;
	struct err e = {0};
	enum err_code rc = price_state(d->store, &state, &e);

	if (rc == ERR_OK && (d->laid == NULL || state != d->laid_state)) {
		rc = price_book(d->store, d->book, PRICE_OWN, &b, &e);
		if (rc == ERR_OK) {
			book_free(d->laid);
			d->laid = b;
			d->laid_state = state;
		}
	}
	if (rc != ERR_OK)
		log_line(LOG_ERROR, "the workspace's own prices cannot be read: %s", e.text);
}

const struct book *desk_book(struct desk *d)
{
	struct err e;

	if (load_book(d, &e) != ERR_OK && d->book == NULL) {
		log_line(LOG_ERROR, "the price book cannot be read: %s", e.text);
		d->book = book_new();	/* empty: everything is unpriced, and says so */
	}
	lay_prices(d);
	return d->laid != NULL ? d->laid : d->book;
}

/* --- asking ---------------------------------------------------------------------- */

static void append(struct desk_job **list, struct desk_job *j)
{
	j->next = NULL;
	while (*list != NULL)
		list = &(*list)->next;
	*list = j;
}

uint32_t desk_ask(struct desk *d, struct op *op, struct secret *secret)
{
	struct desk_job *j = xcalloc(1, sizeof *j);

	j->job.run = desk_job_run;
	j->op = *op;
	op->text = op->root = op->command = op->tools = NULL;
	j->secret = secret;
	j->out.ticket = ++d->tickets;
	j->out.kind = j->op.kind;
	j->asked_us = clock_steady_us();
	if (desk_start_worker(d, &j->out.err) == ERR_OK) {
		if (worker_post(d->worker, &j->job))
			return d->tickets;
		err_set(&j->out.err, ERR_LIMIT, "too much is being asked at once");
	}
	append(&d->ready, j);
	wake_signal(d->wake_fd);
	return d->tickets;
}

static void take_in(struct desk *d, struct desk_job *j)
{
	bool ok = j->out.err.code == ERR_OK;

	switch (j->op.kind) {
	case OP_UNLOCK:
		d->unlocked |= ok;
		break;
	case OP_LOCK_KEYS:
	case OP_PANIC:
		d->unlocked = false;
		break;
	default:
		break;
	}
	append(ok && j->request != 0 ? &d->waiting : &d->ready, j);
}

/* Taking a request back writes, so it is a job too. */
static void withdraw_run(struct job *job, struct hands *h)
{
	struct desk_job *j = (struct desk_job *)job;

	j->out.err.code = request_withdraw(h->store, j->request, clock_now_us(), &j->out.err);
}

static void say_untaken(struct desk *d, struct desk_job *j)
{
	struct lease l;

	if (lease_show(d->store, &l, NULL) == ERR_OK && l.alive)
		err_set(&j->out.err, ERR_CONFLICT, "the worker (%.80s) did not take the request up", l.holder);
	else
		err_set(&j->out.err, ERR_CONFLICT, "nobody took the request up");
	err_mend(&j->out.err, ERR_CONFLICT, "try again, or stop the other one");
}

/* True once j's request has its outcome. */
static bool look_at_request(struct desk *d, struct desk_job *j)
{
	struct request r;

	if (request_get(d->store, j->request, &r, NULL) != ERR_OK)
		return false;
	switch (r.state) {
	case REQUEST_DONE:
		snprintf(j->out.text, sizeof j->out.text, "%.1000s", r.answer);
		return true;
	case REQUEST_FAILED:
		err_set(&j->out.err, r.code != ERR_OK ? r.code : ERR_NET, "%.250s", r.answer);
		snprintf(j->out.text, sizeof j->out.text, "%.1000s", r.answer);
		return true;
	case REQUEST_WITHDRAWN:
		say_untaken(d, j);
		return true;
	case REQUEST_ASKED:
		if (!j->is_internal && clock_steady_us() - j->asked_us > UNTAKEN_US) {
			struct desk_job *w = xcalloc(1, sizeof *w);

			j->is_internal = true;	/* asked for once */
			w->job.run = withdraw_run;
			w->is_internal = true;
			w->request = j->request;
			if (!worker_post(d->worker, &w->job))
				job_free(w);
		}
		return false;
	default:
		return false;
	}
}

void desk_set_timer(struct desk *d, int64_t after_us)
{
	struct itimerspec t = {.it_value = {after_us / US_PER_S, after_us % US_PER_S * 1000}};

	timerfd_settime(d->timer_fd, 0, &t, NULL);
}

void desk_collect(struct desk *d)
{
	struct desk_job **at, *j;
	struct job *job;
	uint64_t ticks;

	wake_drain(d->wake_fd);
	if (read(d->timer_fd, &ticks, sizeof ticks) < 0 && errno != EAGAIN)
		return;
	while (d->worker != NULL && (job = worker_collect(d->worker)) != NULL) {
		j = (struct desk_job *)job;
		if (j->is_internal && j->op.kind == OP_NONE)
			job_free(j);
		else
			take_in(d, j);
	}
	for (at = &d->waiting; (j = *at) != NULL;) {
		if (look_at_request(d, j)) {
			*at = j->next;
			append(&d->ready, j);
		} else {
			at = &j->next;
		}
	}
	/* a request has a time limit */
	if (d->waiting != NULL)
		desk_set_timer(d, US_PER_S / 5);
}

bool desk_outcome(struct desk *d, struct outcome *out)
{
	struct desk_job *j;

	desk_collect(d);
	j = d->ready;
	if (j == NULL)
		return false;
	d->ready = j->next;
	*out = j->out;
	j->out.json = NULL;
	job_free(j);
	return true;
}

void desk_wait(struct desk *d, int other_fd, int ms)
{
	struct pollfd p[3] = {{.fd = d->epoll_fd, .events = POLLIN}, {.fd = store_watch_fd(d->store), .events = POLLIN}, {.fd = other_fd, .events = POLLIN}};

	if (d->ready != NULL)
		return;
	if (poll(p, 3, ms) > 0 && p[1].revents != 0)
		(void)store_changed(d->store);
}

enum err_code desk_do(struct desk *d, struct op *op, struct secret *secret, struct outcome *out)
{
	uint32_t ticket = desk_ask(d, op, secret);

	for (;;) {
		while (desk_outcome(d, out)) {
			if (out->ticket == ticket)
				return out->err.code;
			outcome_release(out);
		}
		desk_wait(d, -1, 1000);
	}
}

/* --- the status of our own worker -------------------------------------------------- */

static void status_run(struct job *job, struct hands *h)
{
	struct desk_job *j = (struct desk_job *)job;

	worker_status(h->worker, &j->status);
	j->out.id = 1;
}

enum err_code desk_status(struct desk *d, struct worker_status *out, struct err *e)
{
	struct desk_job *j = xcalloc(1, sizeof *j);
	struct job *job;

	j->job.run = status_run;
	j->is_internal = true;
	if (d->worker == NULL || !worker_post(d->worker, &j->job)) {
		free(j);
		return err_set(e, ERR_LIMIT, "the worker does not answer");
	}
	for (;;) {
		while ((job = worker_collect(d->worker)) != NULL) {
			struct desk_job *got = (struct desk_job *)job;

			if (got == j) {
				*out = j->status;
				job_free(j);
				return ERR_OK;
			}
			if (got->is_internal && got->op.kind == OP_NONE)
				job_free(got);
			else
				take_in(d, got);
		}
		desk_wait(d, -1, 1000);
		wake_drain(d->wake_fd);
	}
}
