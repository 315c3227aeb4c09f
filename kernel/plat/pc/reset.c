/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Resets the machine: by the keyboard controller's reset line, and if nothing
 * comes of it, by an exception the CPU has no table for.
 */
#include <arch/io.h>
#include <core/plat.h>

#define KBC_COMMAND 0x64
#define KBC_INPUT_FULL 2
#define KBC_PULSE_RESET 0xfe
#define KBC_POLLS 100000 /* of about 1 us */

void plat_reset(void)
{
	static const struct {
		uint16_t limit;
		uint64_t base;
	} __attribute__((packed)) no_idt = { 0, 0 };

	for (unsigned i = 0; i < KBC_POLLS && inb(KBC_COMMAND) & KBC_INPUT_FULL; i++)
		cpu_pause();
	outb(KBC_COMMAND, KBC_PULSE_RESET);
	for (unsigned i = 0; i < KBC_POLLS; i++)
		inb(KBC_COMMAND);
	__asm__ volatile("lidt %0\n\tint3" : : "m"(no_idt));
	for (;;)
		cpu_halt();
}
