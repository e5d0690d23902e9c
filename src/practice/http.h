/* SPDX-License-Identifier: GPL-3.0-or-later */
/* http.h - a request as a wire reads it, and the reply it makes: no sockets here.
 *
 * A reply is whole at once, also a streamed one: its body is cut into pieces,
 * and each piece says what has been billed once it is sent. So the server can
 * pace it, cut it or lose its client anywhere, and the books still are right. */
#ifndef PRACTICE_HTTP_H
#define PRACTICE_HTTP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "practice/books.h"
#include "practice/faults.h"
#include "practice/keys.h"
#include "practice/prefix.h"
#include "practice/script.h"

#define REQUEST_MAX ((size_t)32 << 20)	/* bytes of one request's body */

struct header {
	char *name, *value;
};
struct headers {
	struct header *h;
	size_t n;
};
void headers_add(struct headers *h, const char *name, const char *value);
const char *headers_get(const struct headers *h, const char *name);	/* case does not matter; NULL if absent */
void headers_release(struct headers *h);
/* As a JSON object, values that are or hold a secret replaced by their SHA-256. */
void headers_json(const struct headers *h, struct buf *out);

struct request {
	const char *method, *path;
	const char *target;	/* as it came: not decoded, with its query */
	struct headers headers, query;
	struct slice body;
	char id[48];		/* how the reply will be called */
	int64_t now_us;
};

enum ending {
	END_WELL,
	END_EARLY,	/* as END_WELL, but the reply is not whole */
	END_CUT,	/* the connection is closed */
	END_STALL,	/* nothing more comes */
	END_REPEAT,	/* the last piece but the closing ones comes again and again */
};
struct piece {
	size_t end;			/* offset in the body behind it */
	int64_t output, thinking;	/* tokens billed once it is sent */
};
struct reply {
	int status;
	struct headers headers;
	struct buf body;
	bool streams;			/* sent piece by piece */
	const char *type;		/* of the content; JSON if NULL */
	struct piece *piece;
	size_t pieces, room;
	enum ending ending;
	int64_t gap_us;		/* least time between pieces; the server's pace may be slower */
	bool is_silent;		/* no answer at all */
	enum fault raw;		/* bytes that are no proper answer, written past the server; FAULT_NONE */
	bool is_sale;
	struct sale sale;	/* output as for the whole reply */
};
void reply_init(struct reply *r);
void reply_release(struct reply *r);
/* What was added to the body since the last piece is one piece. */
void reply_piece(struct reply *r, int64_t output, int64_t thinking);

/* Faults that are the same on every wire: redirect, big headers, silence, raw
 * bytes. True if there is nothing more to answer. */
bool reply_befall(struct reply *r, enum fault fault);

/* What all requests share. */
struct aws_pair;
struct limiter;
struct practice {
	struct books *books;
	struct prefixes *prefixes;
	struct faults *faults;
	struct keys *keys;
	struct script *script;
	bool is_regional;	/* OpenAI bills as for a regional host */
	const struct aws_pair *pair;	/* whose signatures hold; ends with a NULL id */
	const char *region;	/* AWS requests must be for it; NULL is any */
	struct limiter *limiter;	/* of requests; NULL: none */
	int64_t clock_off_us;	/* its clock against ours */
	int64_t gap;		/* of the reports from the books, in millionths of a per cent */
};

typedef void handler(struct practice *p, const struct request *q, struct reply *r);
struct route {
	const char *method, *path;	/* a path that ends in '*' holds for all that start so */
	handler *handle;
	bool is_own;			/* the practice vendor's own: not noted */
	bool is_aws;			/* its request ids are UUIDs */
};
/* Ends with a NULL method. */
extern const struct route routes[];
const struct route *route_find(const char *method, const char *path);

/* For a path that no route has, and for a body over REQUEST_MAX. */
handler not_here, too_large;

#endif
