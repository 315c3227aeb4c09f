/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Firmware of `virt` whose results are known: fills memory from one of SEEDS seeds, sums up
 * what it finds there, and prints `compute: round N sum HEX` on the UART, for ever.  What
 * the sums are to be is for tests to say (machines.py).
 *
 * It runs from flash at 0 with its stack in RAM; there is no data or bss.
 */
#include <stdint.h>

#define UART 0x09000000u
#define UART_FLAGS (*(volatile uint32_t *)(UART + 0x18))
#define UART_FULL 0x20u
#define UART_DATA (*(volatile uint32_t *)UART)
#define BUFFER ((volatile uint32_t *)0x40200000u)
#define WORDS 0x10000u
#define SEEDS 64u

__attribute__((naked, noreturn, section(".text.startup"))) void start(void)
{
	__asm__ volatile("ldr sp, =0x40100000\n\tb compute");
}

static void put_char(char c)
{
	while (UART_FLAGS & UART_FULL)
		;
	UART_DATA = (uint8_t)c;
}

static void put_text(const char *text)
{
	while (*text)
		put_char(*text++);
}

static void put_hex(uint32_t n)
{
	for (int shift = 28; shift >= 0; shift -= 4)
		put_char("0123456789abcdef"[n >> shift & 15]);
}

static uint32_t sum_of(uint32_t seed)
{
	uint32_t sum = 0;

	for (uint32_t i = 0; i < WORDS; i++) {
		seed = seed * 1664525u + 1013904223u;
		BUFFER[i] = seed;
	}
	for (uint32_t i = 0; i < WORDS; i++)
		sum = (sum << 5 | sum >> 27) + (BUFFER[i] ^ i);
	return sum;
}

__attribute__((used, noreturn)) void compute(void)
{
	for (uint32_t round = 1;; round++) {
		uint32_t sum = sum_of(round % SEEDS);

		put_text("compute: round ");
		put_hex(round);
		put_text(" sum ");
		put_hex(sum);
		put_text("\r\n");
	}
}
