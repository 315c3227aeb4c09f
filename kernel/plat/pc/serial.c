/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel's console: the first serial port, a 16550 at 0x3f8 (National
 * Semiconductor PC16550D data sheet), 115200 baud 8n1, polled.  A port that
 * isn't there is noticed by its scratch register and left alone.
 *
 * Received characters can't be looked at without taking them.  What the debugger
 * doesn't want goes back through the chip's loopback (modem control register), in
 * which it receives what it sends.
 */
#include <arch/io.h>
#include <core/plat.h>

enum uart {
	UART_DATA = 0x3f8, /* divisor low while DLAB */
	UART_IER = 0x3f9,  /* divisor high while DLAB */
	UART_FCR = 0x3fa,
	UART_LCR = 0x3fb,
	UART_MCR = 0x3fc,
	UART_LSR = 0x3fd,
	UART_SCR = 0x3ff,
};

#define LCR_8N1 0x03
#define LCR_DLAB 0x80
#define MCR_DTR_RTS 0x03
#define MCR_LOOPBACK 0x10
#define FCR_ENABLE_CLEAR 0x07
#define LSR_DATA_READY 0x01
#define LSR_THR_EMPTY 0x20
#define LSR_IDLE 0x40
#define DIVISOR_115200 1
#define FIFO_SIZE 16

/* A character takes 87 us; each poll is a bus cycle of about 1 us. */
#define POLL_LIMIT 10000

static bool uart_present;

void plat_console_init(void)
{
	outb(UART_SCR, 0x5a);
	uart_present = inb(UART_SCR) == 0x5a;
	outb(UART_IER, 0);
	outb(UART_LCR, LCR_DLAB);
	outb(UART_DATA, DIVISOR_115200);
	outb(UART_IER, 0);
	outb(UART_LCR, LCR_8N1);
	outb(UART_FCR, FCR_ENABLE_CLEAR);
	outb(UART_MCR, MCR_DTR_RTS);
}

static void uart_send(char c)
{
	unsigned polls = 0;

	while (!(inb(UART_LSR) & LSR_THR_EMPTY))
		if (polls++ == POLL_LIMIT)
			return;
	outb(UART_DATA, (uint8_t)c);
}

void plat_putc(char c)
{
	if (!uart_present)
		return;
	if (c == '\n')
		uart_send('\r');
	uart_send(c);
}

int plat_getc(void)
{
	if (!uart_present || !(inb(UART_LSR) & LSR_DATA_READY))
		return -1;
	return inb(UART_DATA);
}

static void uart_wait_idle(void)
{
	for (unsigned i = 0; i < POLL_LIMIT && !(inb(UART_LSR) & LSR_IDLE); i++)
		cpu_pause();
}

static void uart_give_back(const char *typed, unsigned count)
{
	uint8_t mcr = inb(UART_MCR);

	uart_wait_idle(); /* what is being sent is for the line */
	outb(UART_MCR, mcr | MCR_LOOPBACK);
	for (unsigned i = 0; i < count; i++)
		uart_send(typed[i]);
	uart_wait_idle();
	outb(UART_MCR, mcr);
}

enum plat_key plat_console_take_key(char key)
{
	char typed[FIFO_SIZE];
	unsigned count = 0;
	int c;

	/* With DLAB the data register is the driver's divisor. */
	if (!uart_present || !(inb(UART_LSR) & LSR_DATA_READY) || inb(UART_LCR) & LCR_DLAB)
		return PLAT_KEY_NONE;
	while (count < FIFO_SIZE && (c = plat_getc()) >= 0) {
		if (c == key)
			return PLAT_KEY_TYPED;
		typed[count++] = (char)c;
	}
	uart_give_back(typed, count);
	return PLAT_KEY_OTHERS;
}
