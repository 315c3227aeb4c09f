/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Serial line and switching off, see console.h.  With a manifest this is
 * only used until a serial server takes the line over (log.c).
 *
 * Switching off without reading ACPI's byte code: QEMU's two PC models have the
 * power management registers at 0x600 (SLP_EN without a sleep type is soft-off
 * there).  Elsewhere QEMU's isa-debug-exit and at last a reset by the keyboard
 * controller end the show.
 */
#include "console.h"

#include <l4/serial.h>
#include <l4/thread.h>
#include <l4/x86_64/port.h>
#include <stdio.h>

#define PM1_CONTROL 0x604
#define PM1_SLP_EN 0x2000
#define DEBUG_EXIT 0xf4
#define KEYBOARD_COMMAND 0x64
#define KEYBOARD_PULSE_RESET 0xfe
#define POWER_OFF_PATIENCE_US 200000

static bool console_get_ports(unsigned port, unsigned log2_ports)
{
	struct l4_fpage ports = l4_io_fpage(port, log2_ports, L4_RIGHTS_RW);

	return !l4_fpage_is_nil(l4_sigma0_request(ports, L4_MEMORY_DEFAULT));
}

bool console_open(void)
{
	if (!console_get_ports(L4_SERIAL_PORT, L4_SERIAL_LOG2_PORTS))
		return false;
	stdio_set_putc(l4_serial_putc);
	return true;
}

bool console_attach_interrupt(void)
{
	struct l4_thread_id irq = l4_interrupt(L4_SERIAL_IRQ);

	if (!l4_thread_control(irq, irq, L4_NILTHREAD, l4_myself(), L4_UTCB_UNCHANGED))
		return false;
	l4_serial_enable_interrupt();
	return true;
}

void console_print_foreign(const char *name, const char *text, size_t length)
{
	printf("[%s] ", name);
	for (size_t i = 0; i < length; i++)
		putchar(text[i] >= ' ' && text[i] <= '~' ? text[i] : '?');
	putchar('\n');
}

bool console_wants_to_leave(void)
{
	bool leave = false;
	int c;

	while ((c = l4_serial_getc()) >= 0)
		leave |= c == 'q' || c == 'Q';
	return leave;
}

static void console_reset(void)
{
	if (console_get_ports(KEYBOARD_COMMAND, 0)) {
		port_out8(KEYBOARD_COMMAND, KEYBOARD_PULSE_RESET);
		l4_sleep_us(POWER_OFF_PATIENCE_US);
	}
}

_Noreturn void console_reboot(void)
{
	console_reset();
	printf("root: this machine can't be reset by software\n");
	l4_halt();
}

_Noreturn void console_power_off(void)
{
	if (console_get_ports(PM1_CONTROL, 1)) {
		port_out16(PM1_CONTROL, PM1_SLP_EN);
		l4_sleep_us(POWER_OFF_PATIENCE_US);
	}
	if (console_get_ports(DEBUG_EXIT, 0)) {
		port_out8(DEBUG_EXIT, 0);
		l4_sleep_us(POWER_OFF_PATIENCE_US);
	}
	console_reset();
	printf("root: this machine can't be switched off by software\n");
	l4_halt();
}
