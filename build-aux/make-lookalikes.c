/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes src/office/lookalike_data.h from ICU's tables of scripts and confusables
 * (Unicode Technical Standard 39): only letters, digits and signs that look like
 * ASCII are kept, as the names we guard are mostly ASCII. Run by hand:
 *
 *   cc -o make-lookalikes build-aux/make-lookalikes.c $(pkg-config --cflags --libs icu-i18n icu-uc)
 *   ./make-lookalikes >src/office/lookalike_data.h
 */
#include <stdio.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/uspoof.h>
#include <unicode/ustring.h>
#include <unicode/uversion.h>

#define LAST 0x1FFFF

static char targets[400][8];
static int targets_n;

static int target_of(const char *ascii)
{
	int i;

	for (i = 0; i < targets_n; i++)
		if (strcmp(targets[i], ascii) == 0)
			return i;
	snprintf(targets[targets_n], sizeof targets[0], "%s", ascii);
	return targets_n++;
}

/* The skeleton of one character if it is ASCII of at most two letters, or a sign that has a meaning in names. */
static int ascii_of(USpoofChecker *sc, UChar32 cp, char out[8])
{
	UChar in[2], sk[32];
	UErrorCode ec = U_ZERO_ERROR;
	int32_t n = 0, i, len;

	U16_APPEND_UNSAFE(in, n, cp);
	len = uspoof_getSkeleton(sc, 0, in, n, sk, 32, &ec);
	if (U_FAILURE(ec) || len < 1 || len > 2)
		return 0;
	for (i = 0; i < len; i++) {
		if (sk[i] >= 0x7F || (!u_isalnum(sk[i]) && (len > 1 || sk[i] == 0 || strchr("./-_@:?=&#%\\'", (char)sk[i]) == NULL)))
			return 0;
		out[i] = (char)sk[i];
	}
	out[len] = '\0';
	return 1;
}

static void scripts(void)
{
	static UScriptCode seen[256];
	int seen_n = 0, i, k = 0;
	UScriptCode open = USCRIPT_COMMON;
	UChar32 cp, from = 0, to = 0;

	puts("static const struct script_range { uint32_t from, to; unsigned char script; } script_ranges[] = {");
	for (cp = 0x41; cp <= LAST + 1; cp++) {
		UErrorCode ec = U_ZERO_ERROR;
		UScriptCode s = cp > LAST ? USCRIPT_UNKNOWN : uscript_getScript(cp, &ec);

		if (cp <= LAST && (s == USCRIPT_COMMON || s == USCRIPT_INHERITED || s == USCRIPT_UNKNOWN))
			continue;
		if (s == open) {
			to = cp;
			continue;
		}
		if (open != USCRIPT_COMMON) {
			for (i = 0; i < seen_n && seen[i] != open; i++)
				;
			if (i == seen_n)
				seen[seen_n++] = open;
			printf("%s{0x%x, 0x%x, %d},%s", k % 6 == 0 ? "\t" : " ", (unsigned)from, (unsigned)to, i, k % 6 == 5 ? "\n" : "");
			k++;
		}
		open = s;
		from = to = cp;
	}
	puts("\n};\nstatic const char *const script_names[] = {");
	for (i = 0; i < seen_n; i++)
		printf("%s\"%s\",%s", i % 10 == 0 ? "\t" : " ", uscript_getName(seen[i]), i % 10 == 9 ? "\n" : "");
	puts("\n};");
}

int main(void)
{
	UErrorCode ec = U_ZERO_ERROR;
	USpoofChecker *sc = uspoof_open(&ec);
	UChar32 cp;
	char ascii[8];
	int i, k = 0;

	printf("/* SPDX-License-Identifier: GPL-3.0-or-later */\n/* Made by build-aux/make-lookalikes.c from the data of Unicode %s; don't edit. */\n", U_UNICODE_VERSION);
	puts("static const struct looks { uint32_t cp : 24, as : 8; } looks[] = {");
	for (cp = 0x21; cp <= LAST; cp++) {
		if ((cp >= 0x80 && !u_isdefined(cp)) || u_hasBinaryProperty(cp, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) || !ascii_of(sc, cp, ascii) ||
		    (cp < 0x80 && ascii[0] == cp && ascii[1] == '\0'))
			continue;
		if (target_of(ascii) > 255)
			return 1;
		printf("%s{0x%x, %d},%s", k % 10 == 0 ? "\t" : " ", (unsigned)cp, target_of(ascii), k % 10 == 9 ? "\n" : "");
		k++;
	}
	puts("\n};\nstatic const char *const look_targets[] = {");
	for (i = 0; i < targets_n; i++)
		printf("%s\"%s%s\",%s", i % 16 == 0 ? "\t" : " ", targets[i][0] == '"' || targets[i][0] == '\\' ? "\\" : "", targets[i], i % 16 == 15 ? "\n" : "");
	puts("\n};");
	scripts();
	uspoof_close(sc);
	return 0;
}
