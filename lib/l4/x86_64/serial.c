/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The polled serial line, see <l4/serial.h>.  Register names as in the data
 * sheet of the 16550.
 */
#include <l4/serial.h>

#include <l4/x86_64/port.h>

enum {
	RBR = L4_SERIAL_PORT + 0, /* receiver buffer */
	THR = L4_SERIAL_PORT + 0, /* transmitter holding */
	IER = L4_SERIAL_PORT + 1, /* interrupt enable */
	MCR = L4_SERIAL_PORT + 4, /* modem control */
	LSR = L4_SERIAL_PORT + 5, /* line status */
};

#define IER_RECEIVED 0x01
#define MCR_DTR_RTS 0x03
#define MCR_OUT2 0x08 /* on a PC: lets the interrupt out of the chip */
#define LSR_DATA_READY 0x01
#define LSR_THR_EMPTY 0x20

/* A byte takes under 100 us at 115200 baud, a port read about 1 us. */
#define SERIAL_PATIENCE 20000

static void serial_send(uint8_t byte)
{
	for (unsigned i = 0; i < SERIAL_PATIENCE; i++)
		if (port_in8(LSR) & LSR_THR_EMPTY)
			break;
	port_out8(THR, byte);
}

void l4_serial_putc(char c)
{
	if (c == '\n')
		serial_send('\r');
	serial_send((uint8_t)c);
}

int l4_serial_getc(void)
{
	uint8_t status = port_in8(LSR);

	/* All ones: there is no chip. */
	if (status == 0xff || !(status & LSR_DATA_READY))
		return -1;
	return port_in8(RBR);
}

void l4_serial_enable_interrupt(void)
{
	port_out8(MCR, MCR_DTR_RTS | MCR_OUT2);
	port_out8(IER, IER_RECEIVED);
}
