/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names for addresses of the kernel's text, from the table that tools/gen-symbols
 * makes out of the linked kernel.
 */
#include <kdb/kdb.h>

#include <core/klib.h>
#include <kdb/command.h>

struct kdb_symbol {
	uint64_t address;
	const char *name;
};

extern const struct kdb_symbol kdb_symbols[]; /* ascending */
extern const uint64_t kdb_symbol_count;
extern const char __text_end[];

/* The last symbol at or below the address; NULL if that isn't text. */
static const struct kdb_symbol *find_symbol(uintptr_t address)
{
	uint64_t low = 0, high = kdb_symbol_count;

	while (low < high) {
		uint64_t middle = (low + high) / 2;

		if (kdb_symbols[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low && address < (uintptr_t)__text_end ? &kdb_symbols[low - 1] : NULL;
}

static void print_line(uintptr_t address, const struct kdb_symbol *symbol)
{
	if (symbol)
		printk(" %016lx %s+0x%lx\n", address, symbol->name, address - symbol->address);
	else
		printk(" %016lx\n", address);
}

void kdb_print_address(uintptr_t address)
{
	print_line(address, find_symbol(address));
}

void kdb_print_return(uintptr_t address)
{
	/* What follows a call that never returns can be another function. */
	print_line(address, find_symbol(address - 1));
}

void kdb_print_name(uintptr_t address)
{
	const struct kdb_symbol *symbol = find_symbol(address);

	if (symbol && symbol->address == address)
		printk("%s", symbol->name);
	else
		printk("%lx", address);
}
