/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/stage.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/env.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/path.h"
#include "base/random.h"

#define START_US (10 * US_PER_S)
#define GIT_US (20 * US_PER_S)
#define FETCH_S 20
#define BOOKS_BYTES ((size_t)16 << 20)

/* --- the repository ------------------------------------------------------------- */

static const struct {
	const char *path, *text;
} files[] = {
	{"README.md", "# Tally\n\nTally counts the words of a text. It is small, and it is all there is.\n\n## Use\n\n    tally FILE...\n\nOne line a file: its words, its name.\n"},
	{"docs/guide.md", "# Guide\n\nGive Tally a file and you will recieve a number.\n\nWords are what stands between blanks. A file that cannot be read is named on\nstandard error, and the count goes on with the next one.\n"},
	{"docs/changes.md", "# Changes\n\n## 0.2\n\n- counts several files\n\n## 0.1\n\n- counts one file\n"},
	{"src/tally.py", "import sys\n\n\ndef words(text):\n    return len(text.split())\n\n\ndef main(paths):\n    bad = 0\n    for path in paths:\n        try:\n            with open(path) as f:\n"
	    "                print(words(f.read()), path)\n        except OSError as e:\n            print(e, file=sys.stderr)\n            bad = 1\n    return bad\n\n\nif __name__ == \"__main__\":\n"
	    "    sys.exit(main(sys.argv[1:]))\n"},
	{"tests/test_tally.py", "from src.tally import words\n\n\ndef test_blanks_part_words():\n    assert words(\"one two  three\") == 3\n\n\ndef test_nothing_is_no_word():\n    assert words(\"\") == 0\n"},
};

enum err_code stage_git(const struct stage *s, const char *const *args, struct buf *out, struct err *e)
{
	const char *set[] = {"GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=Practice", "GIT_AUTHOR_EMAIL=practice@example.com",
		"GIT_COMMITTER_NAME=Practice", "GIT_COMMITTER_EMAIL=practice@example.com", NULL};
	char *git = spawn_find("git", getenv("PATH")), **env = env_minimal(NULL, set);
	const char *argv[16] = {"git"};
	struct spawn_spec spec = {.path = git, .argv = argv, .env = (const char *const *)env, .folder = s->repo};
	struct spawn_result r = {.status = 0};
	enum err_code code;

	for (int i = 0; args[i] != NULL && i < 14; i++)
		argv[i + 1] = args[i];
	buf_init(&r.out, (size_t)1 << 20);
	buf_init(&r.err, 4096);
	if (git == NULL) {
		err_set(e, ERR_MISSING, "git is not installed");
		code = err_mend(e, ERR_MISSING, "install git: the practice repository is a real one");
	} else {
		code = spawn_run(&spec, slice_of(""), &r, GIT_US, e);
	}
	if (code == ERR_OK && r.status != 0)
		code = err_set(e, ERR_IO, "git %s failed: %.120s", args[0], buf_text(&r.err));
	buf_clear(out);
	buf_add_slice(out, buf_slice(&r.out));
	buf_release(&r.out);
	buf_release(&r.err);
	env_free(env);
	free(git);
	return code;
}

static enum err_code make_repo(struct stage *s, struct err *e)
{
	const char *const init[] = {"init", "-q", "-b", "main", NULL}, *const add[] = {"add", "-A", NULL};
	const char *const commit[] = {"-c", "commit.gpgsign=false", "commit", "-q", "-m", "Count words", NULL};
	struct buf out;
	enum err_code code = file_make_folders(s->repo, 0700, e);

	for (size_t i = 0; code == ERR_OK && i < LENGTH(files); i++) {
		char *path = xasprintf("%s/%s", s->repo, files[i].path), *folder = xstrdup(path);

		*strrchr(folder, '/') = '\0';
		code = file_make_folders(folder, 0700, e);
		if (code == ERR_OK)
			code = file_replace(path, slice_of(files[i].text), 0644, e);
		free(folder);
		free(path);
	}
	buf_init(&out, 0);
	if (code == ERR_OK)
		code = stage_git(s, init, &out, e);
	if (code == ERR_OK)
		code = stage_git(s, add, &out, e);
	if (code == ERR_OK)
		code = stage_git(s, commit, &out, e);
	buf_release(&out);
	return code;
}

/* --- the practice vendor ----------------------------------------------------------- */

/* Its first line says where it listens. */
static enum err_code read_port(struct stage *s, struct err *e)
{
	static const char words[] = "listening on 127.0.0.1:";
	int64_t until = clock_steady_us() + START_US;
	char line[128];
	size_t len = 0;

	while (clock_steady_us() < until && len < sizeof line - 1) {
		struct pollfd at = {.fd = s->practice.out, .events = POLLIN};
		ssize_t n;

		if (poll(&at, 1, 100) <= 0)
			continue;
		n = read(s->practice.out, line + len, sizeof line - 1 - len);
		if (n == 0)
			break;
		len += n > 0 ? (size_t)n : 0;
		line[len] = '\0';
		if (memchr(line, '\n', len) == NULL)
			continue;
		if (strncmp(line, words, sizeof words - 1) == 0)
			s->port = (int)strtol(line + sizeof words - 1, NULL, 10);
		if (s->port > 0 && s->port < 65536)
			return ERR_OK;
		break;
	}
	err_set(e, ERR_IO, "the practice vendor did not start");
	return err_mend(e, ERR_IO, "try `claviger-practice` by itself");
}

static enum err_code start_practice(struct stage *s, const char *rate, struct err *e)
{
	char *path = path_helper("claviger-practice"), **env = env_minimal(NULL, NULL);
	const char *argv[] = {"claviger-practice", "--port", "0", rate != NULL ? "--rate" : NULL, rate, NULL};
	struct spawn_spec spec = {.path = path, .argv = argv, .env = (const char *const *)env, .folder = s->folder, .pipes = SPAWN_OUT};
	enum err_code code;

	if (path == NULL) {
		err_set(e, ERR_MISSING, "claviger-practice is not installed beside the program");
		code = err_mend(e, ERR_MISSING, "build or install it again");
	} else {
		code = spawn_start(&s->practice, &spec, e);
	}
	if (code == ERR_OK)
		code = read_port(s, e);
	if (code == ERR_OK)
		s->url = xasprintf("http://127.0.0.1:%d", s->port);
	env_free(env);
	free(path);
	return code;
}

static int connect_loopback(int port)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct timeval limit = {.tv_sec = FETCH_S};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
	if (connect(fd, (const struct sockaddr *)&to, sizeof to) != 0)
		fd_close(&fd);
	return fd;
}

enum err_code stage_fetch(const struct stage *s, const char *path, struct buf *body, struct err *e)
{
	char *ask = xasprintf("GET %s HTTP/1.0\r\nHost: 127.0.0.1:%d\r\n\r\n", path, s->port), part[8192];
	int fd = connect_loopback(s->port);
	const char *end;
	struct buf all;
	ssize_t n = -1;

	buf_init(&all, BOOKS_BYTES);
	if (fd >= 0 && fd_write_all(fd, ask, strlen(ask)) == 0)
		while ((n = read(fd, part, sizeof part)) > 0 || (n < 0 && errno == EINTR))
			buf_add(&all, part, n > 0 ? (size_t)n : 0);
	fd_close(&fd);
	free(ask);
	end = n == 0 && all.len > 12 && strncmp(all.p + 8, " 200", 4) == 0 ? strstr(all.p, "\r\n\r\n") : NULL;
	buf_clear(body);
	if (end != NULL)
		buf_add(body, end + 4, all.len - (size_t)(end + 4 - all.p));
	buf_release(&all);
	return end != NULL && !body->over ? ERR_OK : err_set(e, ERR_NET, "the practice vendor did not answer for %s", path);
}

/* --- all of it ---------------------------------------------------------------------------- */

enum err_code stage_make(struct stage *s, const char *rate, struct err *e)
{
	const char *tmp = getenv("TMPDIR");
	uint8_t bytes[16];
	char hex[2 * sizeof bytes + 1], pass[2 * sizeof bytes + 2];
	enum err_code code;

	*s = (struct stage){.practice = SPAWN_NONE};
	s->folder = xasprintf("%s/claviger-demo.XXXXXX", tmp != NULL && *tmp == '/' ? tmp : "/tmp");
	if (mkdtemp(s->folder) == NULL) {
		code = err_sys(e, ERR_IO, "no folder can be made in %s", tmp != NULL ? tmp : "/tmp");
		free(s->folder);
		s->folder = NULL;
		return err_mend(e, code, "set TMPDIR to a folder of yours");
	}
	s->home = xasprintf("%s/home", s->folder);
	s->repo = xasprintf("%s/tally", s->folder);
	s->pass_file = xasprintf("%s/passphrase", s->folder);
	random_bytes(bytes, sizeof bytes);
	hex_encode(bytes, sizeof bytes, hex);
	snprintf(s->key, sizeof s->key, "sk-ant-api03-practice%sAAAA", hex);
	random_bytes(bytes, sizeof bytes);
	hex_encode(bytes, sizeof bytes, hex);
	snprintf(pass, sizeof pass, "%s\n", hex);
	code = file_replace(s->pass_file, slice_of(pass), 0600, e);
	if (code == ERR_OK)
		code = make_repo(s, e);
	if (code == ERR_OK)
		code = start_practice(s, rate, e);
	if (code != ERR_OK)
		stage_clear(s);
	return code;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *where)
{
	(void)st;
	(void)kind;
	(void)where;
	(void)remove(path);
	return 0;
}

void stage_clear(struct stage *s)
{
	spawn_signal(&s->practice, SIGTERM);
	(void)spawn_wait(&s->practice, 2 * US_PER_S);
	spawn_release(&s->practice);
	if (s->folder != NULL)
		(void)nftw(s->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(s->folder);
	free(s->home);
	free(s->repo);
	free(s->pass_file);
	free(s->url);
	*s = (struct stage){.practice = SPAWN_NONE};
}
