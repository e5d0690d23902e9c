/* SPDX-License-Identifier: GPL-3.0-or-later */
/* request.h - an HTTP request as a value: what to send and where, without any secret.
 *
 * Owns    its path, headers and body. The header with the key or the signature
 *         is never in here: vault_authorise() hands it to the transport apart.
 * Thread  any; a plain value.
 * Errors  wire_url_parse() says ERR_USAGE: a base URL is what a person typed.
 *         A builder that was given too much or a byte that may not stand in a
 *         header sets `broken`; the transport must not send such a request.
 * Memory  wire_request_release(). */
#ifndef WIRE_REQUEST_H
#define WIRE_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

#define WIRE_HOST 256		/* with the NUL */
#define WIRE_PREFIX 256
#define WIRE_REGION 32		/* an AWS region or service name, with the NUL */
#define WIRE_HEADERS_MAX 64
#define WIRE_BODY_MAX ((size_t)32 << 20)

/* A base URL taken apart. */
struct wire_url {
	bool is_plain;		/* http; only ever true for a loopback host */
	char host[WIRE_HOST];	/* lower case; an IPv6 address without its brackets */
	uint16_t port;		/* never 0 */
	char prefix[WIRE_PREFIX];	/* "" or "/something", without a slash at the end and without a final "/v1" */
};

/* ERR_USAGE with a mend: another scheme, http to a host that is not loopback
 * (localhost, *.localhost, 127/8, ::1), user info, query, fragment, a bad port,
 * or a byte that has no place in a URL. */
MUST_USE enum err_code wire_url_parse(const char *text, struct wire_url *out, struct err *e);
bool wire_host_is_loopback(const char *host);
/* Equal, or AWS's two hosts of Bedrock in one region: calls go to bedrock-runtime.R,
 * the list of models is at bedrock.R. What is bound to one may go to the other. */
bool wire_host_is_same_service(const char *a, const char *b);

struct wire_header {
	char *name, *value;
};

struct wire_request {
	char method[8];		/* "GET", "POST" */
	bool is_plain;
	char host[WIRE_HOST];	/* what the key must be bound to; lower case */
	uint16_t port;
	char *path;		/* as it goes on the wire: '/'..., encoded, with the query */
	struct wire_header *headers;
	size_t header_count;
	struct buf body;	/* at most WIRE_BODY_MAX */
	char sign_service[WIRE_REGION], sign_region[WIRE_REGION];	/* what an AWS signature is for; "" : it can't be signed */
	bool broken;
};

/* path is appended to the URL's prefix. */
void wire_request_init(struct wire_request *r, const char *method, const struct wire_url *to, const char *path);
void wire_request_release(struct wire_request *r);	/* the struct is empty again */
/* Printable ASCII only; a name that is already there is replaced. */
void wire_request_header(struct wire_request *r, const char *name, const char *value);
/* Say what an AWS signature over it is for. Anything but a-z 0-9 - sets broken. */
void wire_request_sign_for(struct wire_request *r, const char *service, const char *region);
/* The value of a header (names compared without case), or NULL. */
const char *wire_request_get(const struct wire_request *r, const char *name);
/* "https://host:port/path"; the port only where it is not the scheme's own. */
void wire_request_url(const struct wire_request *r, struct buf *out);
/* "host" or "host:port" as the Host header has it. */
void wire_request_authority(const struct wire_request *r, char *out, size_t room);
/* No builder failed and the body is within its bound. */
bool wire_request_is_sound(const struct wire_request *r);
/* s with every byte outside A-Z a-z 0-9 - . _ ~ as %XX. */
void wire_percent(struct buf *out, struct slice s);

#endif
