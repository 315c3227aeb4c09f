/* SPDX-License-Identifier: BSD-2-Clause
 *
 * One sentence on what went wrong.
 */
#include "command.h"

#include <stdarg.h>
#include <stdio.h>

int complain(const char *format, ...)
{
	va_list args;

	fputs("l4vm: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return 1;
}
