/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Sizes, numbers, names, paths.  The distance is Levenshtein's, computed row by row over
 * words of bounded length, as names are short and what is mistyped may not be.
 */
#define _GNU_SOURCE
#include "text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LONGEST_WORD 64

bool number_parse(const char *text, uint64_t *number)
{
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*number = strtoull(text, &end, 10);
	return !errno && !*end;
}

/* The power of 1024 in *end, which moves behind it. */
static unsigned size_unit(const char **end)
{
	static const char units[] = "KMGT";
	const char *unit = **end ? strchr(units, **end & ~0x20) : NULL;

	if (!unit || !*unit)
		return 0;
	++*end;
	if (!strcmp(*end, "iB") || !strcmp(*end, "B"))
		*end += strlen(*end);
	return (unsigned)(unit - units + 1);
}

bool size_parse(const char *text, uint64_t *bytes)
{
	char *digits_end;
	const char *end;
	unsigned shift;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*bytes = strtoull(text, &digits_end, 0);
	if (errno)
		return false;
	end = digits_end;
	shift = size_unit(&end) * 10;
	if (*end || (shift && *bytes >> (64 - shift)))
		return false;
	*bytes <<= shift;
	return true;
}

const char *size_text(uint64_t bytes)
{
	static char buffers[4][32];
	static unsigned next;
	static const char *const units[] = { "", "K", "M", "G" };
	char *text = buffers[next++ % 4];
	unsigned unit = 0;

	while (unit < 3 && bytes && !(bytes & 1023)) {
		bytes >>= 10;
		unit++;
	}
	snprintf(text, sizeof buffers[0], "%llu%s", (unsigned long long)bytes, units[unit]);
	return text;
}

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

unsigned edit_distance(const char *a, const char *b)
{
	unsigned row[LONGEST_WORD + 1];
	size_t length = strnlen(b, LONGEST_WORD), rows = strnlen(a, LONGEST_WORD);

	for (unsigned j = 0; j <= length; j++)
		row[j] = j;
	for (unsigned i = 1; i <= rows; i++) {
		unsigned diagonal = row[0];

		row[0] = i;
		for (unsigned j = 1; j <= length; j++) {
			unsigned change = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			row[j] = least(change, least(row[j], row[j - 1]) + 1);
		}
	}
	return row[length];
}

void nearest_offer(struct nearest *n, const char *candidate)
{
	unsigned limit = (unsigned)strnlen(candidate, LONGEST_WORD) / 3 + 1;
	unsigned distance = edit_distance(n->word, candidate);

	if (distance <= limit && distance < strlen(candidate) &&
	    (!n->best || distance < n->distance)) {
		n->best = candidate;
		n->distance = distance;
	}
}

static void die_without_memory(void)
{
	fputs("l4vm: not enough memory\n", stderr);
	exit(1);
}

char *text_format(const char *format, ...)
{
	va_list args;
	char *text;
	int length;

	va_start(args, format);
	length = vasprintf(&text, format, args);
	va_end(args);
	if (length < 0)
		die_without_memory();
	return text;
}

char *text_copy(const char *text)
{
	char *copy = strdup(text);

	if (!copy)
		die_without_memory();
	return copy;
}

char *path_beside(const char *file, const char *path)
{
	const char *slash = strrchr(file, '/');

	if (*path == '/' || !slash)
		return text_copy(path);
	return text_format("%.*s%s", (int)(slash + 1 - file), file, path);
}

char *text_quoted(const char *path)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789._-+,:@%/";
	const char *prefix = *path == '-' ? "./" : "";
	char *quoted, *to;

	if (*path && !path[strspn(path, plain)])
		return text_format("%s%s", prefix, path);
	quoted = text_format("'%s%*s", prefix, (int)(4 * strlen(path) + 1), "");
	to = quoted + 1 + strlen(prefix);
	for (; *path; path++) {
		if (*path == '\'')
			to = stpcpy(to, "'\\''");
		else
			*to++ = *path;
	}
	strcpy(to, "'");
	return quoted;
}

const char *path_base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}
