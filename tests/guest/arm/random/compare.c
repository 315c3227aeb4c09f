/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Random ARM instructions: whether two results agree.  All ways of the emulator must
 * agree in everything.
 */
#include "compare.h"

#include <string.h>

#include "tap.h"

bool results_agree(const struct random_case *c, const struct random_result *a,
		   const struct random_result *b, bool reference)
{
	(void)c;
	if (!memcmp(a, b, sizeof *a))
		return true;
	(void)reference;
	return false;
}

static void print_word(const char *name, uint32_t a, const char *a_name, uint32_t b,
		       const char *b_name)
{
	if (a != b)
		diag("  %-5s %s %08x, %s %08x", name, a_name, a, b_name, b);
}

void print_differences(const struct random_result *a, const char *a_name,
		       const struct random_result *b, const char *b_name)
{
	char name[8];

	for (unsigned i = 0; i < 15; i++) {
		snprintf(name, sizeof name, "r%u", i);
		print_word(name, a->r[i], a_name, b->r[i], b_name);
	}
	print_word("pc", a->pc, a_name, b->pc, b_name);
	print_word("cpsr", a->cpsr, a_name, b->cpsr, b_name);
	print_word("fpscr", a->fpscr, a_name, b->fpscr, b_name);
	print_word("end", a->end, a_name, b->end, b_name);
	print_word("hash", a->hash, a_name, b->hash, b_name);
	for (unsigned i = 0; i < 32; i++)
		if (a->d[i] != b->d[i])
			diag("  d%-4u %s %016llx, %s %016llx", i, a_name, (unsigned long long)a->d[i],
			     b_name, (unsigned long long)b->d[i]);
}
