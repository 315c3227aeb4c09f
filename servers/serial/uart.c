/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The serial port, see uart.h.  National Semiconductor PC16550D, register names as there.
 */
#include "uart.h"

#include <l4/x86_64/port.h>

enum {
	RBR = UART_PORT + 0, /* receiver buffer */
	THR = UART_PORT + 0, /* transmitter holding */
	IER = UART_PORT + 1, /* interrupt enable */
	IIR = UART_PORT + 2, /* interrupt identification */
	FCR = UART_PORT + 2, /* FIFO control */
	LCR = UART_PORT + 3, /* line control */
	MCR = UART_PORT + 4, /* modem control */
	LSR = UART_PORT + 5, /* line status */
	SCR = UART_PORT + 7, /* scratch */
};

#define IER_RECEIVED 0x01
#define IER_THR_EMPTY 0x02
#define IIR_FIFOS 0xc0
#define FCR_ENABLE_TRIGGER_8 0x81
#define LCR_8_BITS 0x03
#define MCR_DTR_RTS_OUT2 0x0b /* OUT2: on a PC, lets the interrupt out of the chip */
#define LSR_DATA_READY 0x01
#define LSR_BREAK 0x10
#define LSR_THR_EMPTY 0x20
#define UART_FIFO 16u

static unsigned uart_fifo;
static uint8_t uart_enabled;

/* A chip keeps what is written to its scratch register. */
static bool uart_is_there(void)
{
	port_out8(SCR, 0x5a);
	if (port_in8(SCR) != 0x5a)
		return false;
	port_out8(SCR, 0xa5);
	return port_in8(SCR) == 0xa5;
}

bool uart_open(void)
{
	if (!uart_is_there())
		return false;
	port_out8(LCR, LCR_8_BITS);
	/* Without resetting the FIFOs: the kernel's last words may be in them. */
	port_out8(FCR, FCR_ENABLE_TRIGGER_8);
	uart_fifo = (port_in8(IIR) & IIR_FIFOS) == IIR_FIFOS ? UART_FIFO : 1;
	port_out8(MCR, MCR_DTR_RTS_OUT2);
	uart_enabled = IER_RECEIVED;
	port_out8(IER, uart_enabled);
	return true;
}

size_t uart_receive(uint8_t *bytes, size_t size)
{
	size_t count = 0;

	while (uart_fifo && count < size) {
		uint8_t status = port_in8(LSR), byte;

		if (!(status & LSR_DATA_READY))
			break;
		byte = port_in8(RBR);
		/* A break on the line itself comes with a byte 0. */
		if (!(status & LSR_BREAK))
			bytes[count++] = byte;
	}
	return count;
}

unsigned uart_room(void)
{
	return uart_fifo && port_in8(LSR) & LSR_THR_EMPTY ? uart_fifo : 0;
}

void uart_send(uint8_t byte)
{
	port_out8(THR, byte);
}

void uart_wants_room(bool wants)
{
	uint8_t enabled = IER_RECEIVED | (wants ? IER_THR_EMPTY : 0);

	if (!uart_fifo || enabled == uart_enabled)
		return;
	uart_enabled = enabled;
	port_out8(IER, enabled);
}

/* The interrupt is an edge, which is lost if it comes while the interrupt is masked. */
void uart_rearm(void)
{
	port_out8(IER, 0);
	port_out8(IER, uart_enabled);
}
