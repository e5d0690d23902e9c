/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The least a full-screen program linked with the same libraries can do: a frame
 * of text, then wait for a key. With "init" the libraries are initialised first,
 * as a console that works has them. The figures of `make bench` are ratios to it. */
#include <cjson/cJSON.h>
#include <curl/curl.h>
#include <locale.h>
#include <ncurses.h>
#include <openssl/evp.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
	sqlite3 *db = NULL;
	int row;

	setlocale(LC_ALL, "");
	if (argc > 1 && strcmp(argv[1], "init") == 0) {
		unsigned char digest[EVP_MAX_MD_SIZE];
		unsigned n = 0;

		curl_global_init(CURL_GLOBAL_DEFAULT);
		if (EVP_Digest("x", 1, digest, &n, EVP_sha256(), NULL) != 1 || sqlite3_open(":memory:", &db) != SQLITE_OK)
			return 1;
		cJSON_Delete(cJSON_Parse("{}"));
	}
	if (initscr() == NULL)
		return 1;
	cbreak();
	noecho();
	for (row = 0; row < LINES; row++)
		mvprintw(row, 0, "row %d of a screen that holds some text, as any does", row);
	refresh();
	getch();
	endwin();
	sqlite3_close(db);
	return 0;
}
