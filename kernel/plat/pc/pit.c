/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The 8254 timer (Intel 8254 data sheet): channel 0 is the one-shot timer of PCs
 * without APIC, channel 2 the reference that the clock is calibrated with.
 */
#include "pc.h"
#include <arch/io.h>

enum pit_port {
	PIT_CHANNEL_0 = 0x40,
	PIT_CHANNEL_2 = 0x42,
	PIT_COMMAND = 0x43,
	PIT_GATE = 0x61, /* of channel 2, in the keyboard controller's port B */
};

/* Mode 0 (interrupt on terminal count), low byte then high byte. */
#define COMMAND_MODE_0(channel) ((channel) << 6 | 0x30)
#define COMMAND_LATCH(channel) ((channel) << 6)
#define GATE_ON 1
#define GATE_SPEAKER 2
#define PIT_MAX_US 54000

void pit_timer_start(uint64_t us)
{
	uint32_t ticks;

	outb(PIT_COMMAND, COMMAND_MODE_0(0)); /* stops a running count */
	if (us == UINT64_MAX)
		return;
	if (us > PIT_MAX_US)
		us = PIT_MAX_US;
	ticks = (uint32_t)(us * PIT_HZ / 1000000) + 1;
	outb(PIT_CHANNEL_0, (uint8_t)ticks);
	outb(PIT_CHANNEL_0, (uint8_t)(ticks >> 8));
}

void pit_counter_start(void)
{
	outb(PIT_GATE, (uint8_t)((inb(PIT_GATE) & ~GATE_SPEAKER) | GATE_ON));
	outb(PIT_COMMAND, COMMAND_MODE_0(2));
	outb(PIT_CHANNEL_2, 0xff);
	outb(PIT_CHANNEL_2, 0xff);
}

uint16_t pit_counter_read(void)
{
	uint8_t low;

	outb(PIT_COMMAND, COMMAND_LATCH(2));
	low = inb(PIT_CHANNEL_2);
	return (uint16_t)(low | inb(PIT_CHANNEL_2) << 8);
}
