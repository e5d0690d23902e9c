/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "servers/inbox/seen.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/memory.h"

#define NAME_DIGITS 32

struct memory {
	int64_t validity, task;
	int64_t floor, high;	/* of the tasks before, and with this one */
};

static void read_memory(const char *path, struct memory *m)
{
	cJSON *t = NULL;
	struct buf b;

	*m = (struct memory){.task = -1};
	buf_init(&b, 4096);
	if (file_read(path, &b, NULL) == ERR_OK && json_parse(buf_slice(&b), &t, NULL) == ERR_OK &&
	    !(json_int(t, "validity", &m->validity) && json_int(t, "task", &m->task) && json_int(t, "floor", &m->floor) && json_int(t, "high", &m->high)))
		*m = (struct memory){.task = -1};
	cJSON_Delete(t);
	buf_release(&b);
}

static enum err_code write_memory(const char *path, const struct memory *m, struct err *e)
{
	struct json_out j;
	struct buf b;
	enum err_code code;

	buf_init(&b, 0);
	json_start(&j, &b);
	json_open(&j, NULL, '{');
	json_put_int(&j, "validity", m->validity);
	json_put_int(&j, "task", m->task);
	json_put_int(&j, "floor", m->floor);
	json_put_int(&j, "high", m->high);
	json_close(&j, '}');
	code = file_replace(path, buf_slice(&b), 0600, e);
	buf_release(&b);
	return code;
}

enum err_code seen_floor(const char *state, struct slice search, uint64_t validity, int64_t task, uint64_t high, uint64_t *floor, struct err *e)
{
	struct hash what = hash_slice(search);
	char hex[HASH_HEX], *folder = xasprintf("%s/seen", state), *path;
	struct memory m;
	enum err_code code = file_make_folders(folder, 0700, e);

	hash_to_hex(&what, hex);
	hex[NAME_DIGITS] = '\0';
	path = xasprintf("%s/%s.json", folder, hex);
	read_memory(path, &m);
	if (m.validity != (int64_t)validity)
		m = (struct memory){.validity = (int64_t)validity, .task = -1};
	if (m.task != task) {
		m.floor = m.high;
		m.task = task;
	}
	if ((int64_t)high > m.high)
		m.high = (int64_t)high;
	*floor = (uint64_t)m.floor;
	if (code == ERR_OK)
		code = write_memory(path, &m, e);
	free(folder);
	free(path);
	return code;
}
