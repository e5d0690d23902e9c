/* SPDX-License-Identifier: GPL-3.0-or-later */
/* face_fixture.h - a face over the fake desk, keys and time for it, and what is on its screen. A test
 * fills the fake world first, then opens it with world_open(). */
#ifndef TESTS_CONSOLE_FACE_FIXTURE_H
#define TESTS_CONSOLE_FACE_FIXTURE_H

#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "check.h"
#include "console/face_state.h"
#include "fake_desk.h"

static struct face f;
static struct grid *g;
static const struct console_options options;
static int64_t now;

static inline void frame(void)
{
	face_draw(&f);
	face_sent(&f);
}

static inline void wait_ms(int ms)
{
	now += ms * US_PER_MS;
	face_time(&f, now, now);
	frame();
}

static inline void refresh(void)
{
	face_refresh(&f);
	frame();
}

static inline void press(const char *keys)
{
	for (; *keys != '\0'; keys++)
		face_key(&f, *keys == '\n' ? K_ENTER : *keys, false);
	frame();
}

/* An empty world with the vault open, at a fixed time. */
static inline void world_begin(void)
{
	memset(&fake, 0, sizeof fake);
	fake.unlocked = true;
	now = INT64_C(1795425600) * US_PER_S;
}

static inline void world_open(void)
{
	struct err e;

	g = grid_new(80, 24, true);
	face_init(&f, fake_desk(), &options, g, NULL);
	assert_int_equal(face_keymap(&f, &e), ERR_OK);
	face_time(&f, now, now);
	refresh();
}

static inline int world_close(void **state)
{
	(void)state;
	face_release(&f);
	grid_free(g);
	return 0;
}

static inline bool on_screen(const char *words)
{
	struct buf b;
	bool is_there;

	buf_init(&b, 0);
	grid_dump(g, &b);
	is_there = strstr(buf_text(&b), words) != NULL;
	if (!is_there)
		print_message("%s\n", buf_text(&b));
	buf_release(&b);
	return is_there;
}

#endif
