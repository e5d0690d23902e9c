/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The worker's price book: the published prices with what the workspace lays over
 * them. A person may change that in any process, so each hold looks. A call stays
 * with the book it was held under until it is booked: its bill cannot outgrow its hold
 * because a price changed in between. So old books are kept to the end; there
 * is one for each time a person changed a price. */
#include <stdlib.h>

#include "base/memory.h"
#include "store/price.h"
#include "worker/private.h"

struct old_book {
	struct book *book;
	struct old_book *next;
};

static enum err_code reload(struct worker *w, int64_t state, struct err *e)
{
	struct old_book *o;
	struct book *b;
	enum err_code rc = price_book(w->h.store, w->h.published, PRICE_OWN, &b, e);

	if (rc != ERR_OK)
		return rc;
	o = xcalloc(1, sizeof *o);
	*o = (struct old_book){b, w->books};
	w->books = o;
	w->h.book = b;
	w->price_state = state;
	return ERR_OK;
}

enum err_code prices_look(struct worker *w, struct err *e)
{
	int64_t state = 0;
	enum err_code rc = price_state(w->h.store, &state, e);

	return rc == ERR_OK && state != w->price_state ? reload(w, state, e) : rc;
}

void prices_free(struct worker *w)
{
	while (w->books != NULL) {
		struct old_book *o = w->books;

		w->books = o->next;
		book_free(o->book);
		free(o);
	}
}
