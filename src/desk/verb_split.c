/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A `:` line into words, as a shell would split it. */
#include "desk/verb.h"

enum err_code verb_split(char *line, char **argv, int max, int *argc, struct err *e)
{
	char *in = line, *out = line;
	int n = 0;

	*argc = 0;
	for (;;) {
		char quote = 0;

		while (*in == ' ' || *in == '\t')
			in++;
		if (*in == '\0')
			break;
		if (n == max) {
			err_set(e, ERR_USAGE, "the line has more than %d words", max);
			return err_mend(e, ERR_USAGE, "put a text in quotes");
		}
		argv[n++] = out;
		for (; *in != '\0' && (quote != 0 || (*in != ' ' && *in != '\t')); in++) {
			if (quote == 0 && (*in == '"' || *in == '\'')) {
				quote = *in;
			} else if (*in == quote) {
				quote = 0;
			} else {
				if (*in == '\\' && quote != '\'' && in[1] != '\0')
					in++;
				*out++ = *in;
			}
		}
		if (quote != 0) {
			err_set(e, ERR_USAGE, "a quote is not closed");
			return err_mend(e, ERR_USAGE, "add a %c", quote);
		}
		if (*in != '\0')
			in++;
		*out++ = '\0';
	}
	*argc = n;
	return ERR_OK;
}
