/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "desk/desk.h"

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
#include "money/book.h"
#include "money/pico.h"
#include "office/policy.h"
#include "store/price.h"
#include "store/store.h"

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

static void list_free(struct desk_job *j)
{
	struct desk_job *next;

	for (; j != NULL; j = next) {
		next = j->next;
		desk_job_free(j);
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
			desk_job_free((struct desk_job *)j);
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
