/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "practice/raw.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#include "base/buf.h"

#define BLOCK ((size_t)64 << 10)
#define FLOOD_BYTES (INT64_C(10) << 30)
#define BOMB_BYTES (INT64_C(1) << 30)
#define ROUNDS 1024	/* of the bomb, in one piece */
#define HEADERS 10000000

struct sink {
	int fd;
	const atomic_bool *stop;
	bool is_over;
};

static void put(struct sink *s, const char *p, size_t n)
{
	while (n > 0 && !s->is_over) {
		struct pollfd ready = {.fd = s->fd, .events = POLLOUT};
		ssize_t sent = poll(&ready, 1, 100) > 0 ? send(s->fd, p, n, MSG_NOSIGNAL | MSG_DONTWAIT) : 0;

		if ((sent < 0 && errno != EAGAIN && errno != EINTR) || atomic_load(s->stop))
			s->is_over = true;
		else if (sent > 0) {
			p += sent;
			n -= (size_t)sent;
		}
	}
}

static void puts_to(struct sink *s, const char *text)
{
	put(s, text, strlen(text));
}

static void header_bomb(struct sink *s)
{
	struct buf lines;
	int i;

	buf_init(&lines, 0);
	buf_adds(&lines, "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n");
	for (i = 0; i < HEADERS && !s->is_over; i++) {
		buf_addf(&lines, "x-practice-%d: %0200d\r\n", i, i);
		if (lines.len > BLOCK) {
			put(s, lines.p, lines.len);
			buf_clear(&lines);
		}
	}
	buf_release(&lines);
}

static void flood(struct sink *s)
{
	static char block[BLOCK];	/* of zero bytes: no line ends here */
	int64_t left;

	puts_to(s, "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: 10737418240\r\n\r\n");
	for (left = FLOOD_BYTES; left > 0 && !s->is_over; left -= (int64_t)sizeof block)
		put(s, block, sizeof block);
}

/* Deflate's fixed codes, least bit first: a literal blank, then copies of it, 258
 * bytes in 13 bits each. Eight copies are 13 whole bytes, so they repeat. */
static void add_bits(unsigned char *to, size_t *at, unsigned bits, size_t n)
{
	for (; n-- > 0; bits >>= 1, ++*at)
		to[*at / 8] |= (unsigned char)((bits & 1U) << (*at % 8));
}

#define LENGTH_258 0xA3U	/* 11000101 with the first bit sent lowest; distance 1 is five zero bits */

static void bomb(struct sink *s)
{
	static const char head[] = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-encoding: gzip\r\nconnection: close\r\n\r\n"
				   "\x1f\x8b\x08\0\0\0\0\0\0\xff";
	unsigned char start[3] = {0}, round[13] = {0};
	struct buf rounds;
	size_t at = 0, i;
	int64_t left;

	add_bits(start, &at, 2, 3);		/* not the last block, fixed codes */
	add_bits(start, &at, 0x0A, 8);		/* a blank: 01010000 */
	add_bits(start, &at, LENGTH_258, 13);
	for (at = 0, i = 0; i < 8; i++)
		add_bits(round, &at, LENGTH_258, 13);
	put(s, head, sizeof head - 1);
	put(s, (const char *)start, sizeof start);
	buf_init(&rounds, 0);
	for (i = 0; i < ROUNDS; i++)
		buf_add(&rounds, round, sizeof round);
	for (left = BOMB_BYTES; left > 0 && !s->is_over; left -= ROUNDS * 8 * 258)
		put(s, rounds.p, rounds.len);
	buf_release(&rounds);
}

static void smuggle(struct sink *s)
{
	puts_to(s, "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n"
		   "2\r\n{}\r\n0\r\n\r\n"
		   "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 22\r\n\r\n{\"practice\":\"smuggled\"}");
}

void raw_send(int fd, enum fault fault, const atomic_bool *stop)
{
	struct sink s = {.fd = fd, .stop = stop};

	if (fault == FAULT_HEADER_BOMB)
		header_bomb(&s);
	else if (fault == FAULT_FLOOD)
		flood(&s);
	else if (fault == FAULT_BOMB)
		bomb(&s);
	else
		smuggle(&s);
}
