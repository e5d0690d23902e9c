/* SPDX-License-Identifier: GPL-3.0-or-later */
/* words.h - figures and states as people read them. */
#ifndef CONSOLE_WORDS_H
#define CONSOLE_WORDS_H

#include <stddef.h>
#include <stdint.h>

#include "console/role.h"
#include "desk/snapshot.h"

#define WORDS 80

/* "now", "6m", "3h", "2d": whole minutes, so that a second changes nothing. */
void words_age(int64_t now_us, int64_t since_us, char out[WORDS]);
/* "$4.82"; with live_pd not 0 the sum, and a sign that it is an estimate. */
void words_money(int64_t cost_pd, int64_t live_pd, char out[WORDS]);
/* "$0.06", and four decimals where a cent is much. */
void words_rate(int64_t pd, char out[WORDS]);
int words_percent(int64_t part, int64_t whole);
/* Of a cap: "47%", "<1%", "!104%" from the cap on. */
void words_cap(int64_t part, int64_t whole, char out[WORDS]);

const char *words_task_state(const struct task_row *t);
enum role role_task_state(const struct task_row *t);
const char *words_on(enum task_on on);
const char *words_approval_state(enum approval_state s);
enum role role_approval_state(enum approval_state s);
const char *words_effect(const struct approval_row *a);
const char *words_key_state(enum key_state s);
enum role role_key_state(enum key_state s);
enum role role_shown(enum shown_role r);
enum role role_cap(int percent);

#endif
