/* SPDX-License-Identifier: BSD-2-Clause
 *
 * PL011 UART: ARM DDI 0183, chapter 3.
 * Sending takes no time, so the transmit FIFO is always empty; receiving goes at the
 * pace of whoever is at the other end of the line, only the receive timeout is timed.
 * Transmitter and receiver work even while UARTEN, TXE or RXE are 0: programs that a
 * boot protocol starts without firmware (Linux's decompressor) count on a UART that
 * somebody has set up.  Not modelled: IrDA, DMA, sending breaks, modem outputs but for
 * loop-back, parity and framing errors, the test registers.
 */
#include "pl011.h"

#include <emu/archive.h>
#include <emu/log.h>
#include <emu/port.h>
#include <emu/primecell.h>

enum {
	UART_DR = 0x00,
	UART_RSR = 0x04,
	UART_FR = 0x18,
	UART_ILPR = 0x20,
	UART_IBRD = 0x24,
	UART_FBRD = 0x28,
	UART_LCR_H = 0x2c,
	UART_CR = 0x30,
	UART_IFLS = 0x34,
	UART_IMSC = 0x38,
	UART_RIS = 0x3c,
	UART_MIS = 0x40,
	UART_ICR = 0x44,
	UART_DMACR = 0x48,
};

#define DR_FRAMING (1u << 8)
#define DR_BREAK (1u << 10)
#define DR_OVERRUN (1u << 11)

#define FR_CTS (1u << 0)
#define FR_DSR (1u << 1)
#define FR_DCD (1u << 2)
#define FR_RXFE (1u << 4)
#define FR_RXFF (1u << 6)
#define FR_TXFE (1u << 7)
#define FR_RI (1u << 8)

#define LCR_FIFOS (1u << 4)

#define CR_LOOPBACK (1u << 7)
#define CR_DTR (1u << 10)
#define CR_RTS (1u << 11)
#define CR_OUT1 (1u << 12)
#define CR_OUT2 (1u << 13)
#define CR_RESET 0x300u
#define CR_MASK 0xff87u

#define INT_RI (1u << 0)
#define INT_CTS (1u << 1)
#define INT_DCD (1u << 2)
#define INT_DSR (1u << 3)
#define INT_RX (1u << 4)
#define INT_TX (1u << 5)
#define INT_TIMEOUT (1u << 6)
#define INT_FRAMING (1u << 7)
#define INT_BREAK (1u << 9)
#define INT_OVERRUN (1u << 10)
#define INT_MASK 0x7ffu

#define PL011_ID 0x00141011
#define PL011_FIFO 16
#define TIMEOUT_BITS 32

struct pl011 {
	struct clock *clock;
	uint32_t hz;
	struct irq irq;
	struct serial_line *line;
	struct alarm timeout;
	uint16_t fifo[PL011_FIFO]; /* as DR shows them */
	uint8_t first, count;
	bool overrun;  /* a character was lost after the last one in the FIFO */
	bool starving; /* the line had to hold back bytes */
	uint32_t rsr, ilpr, ibrd, fbrd, lcr, cr, ifls, imsc, ris, dmacr, modem;
};

static void pl011_drive(struct pl011 *u)
{
	irq_set(&u->irq, u->ris & u->imsc);
}

static unsigned pl011_depth(const struct pl011 *u)
{
	return u->lcr & LCR_FIFOS ? PL011_FIFO : 1;
}

/* How many characters raise the receive interrupt. */
static unsigned pl011_trigger(const struct pl011 *u)
{
	static const uint8_t eighths[8] = { 1, 2, 4, 6, 7, 7, 7, 7 };

	return u->lcr & LCR_FIFOS ? eighths[u->ifls >> 3 & 7] * PL011_FIFO / 8 : 1;
}

/* The receive timeout counts from the last character that came or was read. */
static void pl011_restart_timeout(struct pl011 *u)
{
	uint32_t divisor = u->ibrd * 64 + u->fbrd; /* 64ths of 16 bit times' clocks */
	uint64_t clocks = (uint64_t)TIMEOUT_BITS * 16 * (divisor ? divisor : 64) / 64;

	if (!u->count)
		alarm_cancel(&u->timeout);
	else
		alarm_set(&u->timeout, clock_now(u->clock) +
					       clock_scale(clocks, (uint32_t)NS_PER_SECOND, u->hz));
}

static void pl011_fire(void *context)
{
	struct pl011 *u = context;

	if (u->count)
		u->ris |= INT_TIMEOUT;
	pl011_drive(u);
}

static void pl011_push(struct pl011 *u, uint16_t character)
{
	if (u->count >= pl011_depth(u)) {
		u->overrun = true;
		u->ris |= INT_OVERRUN;
		return;
	}
	if (u->overrun)
		character |= DR_OVERRUN;
	u->overrun = false;
	u->fifo[(u->first + u->count) % PL011_FIFO] = character;
	u->count++;
	if (u->count >= pl011_trigger(u))
		u->ris |= INT_RX;
	if (character & DR_BREAK)
		u->ris |= INT_BREAK;
	if (character & DR_FRAMING)
		u->ris |= INT_FRAMING;
}

static uint16_t pl011_pop(struct pl011 *u)
{
	uint16_t character = u->fifo[u->first];

	if (!u->count)
		return 0;
	u->first = (u->first + 1) % PL011_FIFO;
	u->count--;
	u->rsr = character >> 8;
	if (u->count < pl011_trigger(u))
		u->ris &= ~INT_RX;
	if (!u->count)
		u->ris &= ~INT_TIMEOUT;
	return character;
}

/* The line's side. */

static size_t pl011_room(void *chip)
{
	struct pl011 *u = chip;
	size_t room = u->cr & CR_LOOPBACK ? 0 : pl011_depth(u) - u->count;

	u->starving = !room;
	return room;
}

static void pl011_receive(void *chip, const uint8_t *bytes, size_t count)
{
	struct pl011 *u = chip;

	for (size_t i = 0; i < count && i < PL011_FIFO; i++)
		pl011_push(u, bytes[i]);
	pl011_restart_timeout(u);
	pl011_drive(u);
}

static void pl011_receive_break(void *chip)
{
	struct pl011 *u = chip;

	if (!(u->cr & CR_LOOPBACK))
		pl011_push(u, DR_BREAK | DR_FRAMING);
	pl011_restart_timeout(u);
	pl011_drive(u);
}

/* Tells the port, once, that bytes it held back may come now. */
static void pl011_feed(struct pl011 *u)
{
	if (!u->starving || (u->cr & CR_LOOPBACK) || u->count >= pl011_depth(u))
		return;
	u->starving = false;
	if (u->line && u->line->ready)
		u->line->ready(u->line->port);
}

/* The guest's side. */

static void pl011_transmit(struct pl011 *u, uint8_t byte)
{
	if (u->cr & CR_LOOPBACK) {
		pl011_push(u, byte);
		pl011_restart_timeout(u);
	} else if (u->line && u->line->transmit) {
		u->line->transmit(u->line->port, &byte, 1);
	}
	u->ris |= INT_TX;
}

/* The modem inputs as FR shows them. */
static uint32_t pl011_modem_inputs(const struct pl011 *u)
{
	if (!(u->cr & CR_LOOPBACK))
		return u->line ? FR_CTS | FR_DSR | FR_DCD : 0;
	return (u->cr & CR_RTS ? FR_CTS : 0) | (u->cr & CR_DTR ? FR_DSR : 0) |
	       (u->cr & CR_OUT1 ? FR_DCD : 0) | (u->cr & CR_OUT2 ? FR_RI : 0);
}

static void pl011_update_modem(struct pl011 *u)
{
	uint32_t inputs = pl011_modem_inputs(u);
	uint32_t changed = inputs ^ u->modem;

	u->modem = inputs;
	u->ris |= (changed & FR_CTS ? INT_CTS : 0) | (changed & FR_DSR ? INT_DSR : 0) |
		  (changed & FR_DCD ? INT_DCD : 0) | (changed & FR_RI ? INT_RI : 0);
}

static uint32_t pl011_flags(const struct pl011 *u)
{
	return u->modem | FR_TXFE | (u->count ? 0 : FR_RXFE) |
	       (u->count >= pl011_depth(u) ? FR_RXFF : 0);
}

static uint32_t pl011_read_data(struct pl011 *u)
{
	uint16_t character = pl011_pop(u);

	pl011_restart_timeout(u);
	pl011_feed(u);
	pl011_drive(u);
	return character;
}

static uint64_t pl011_read(void *chip, gpa offset, unsigned size)
{
	struct pl011 *u = chip;

	(void)size;
	switch (offset) {
	case UART_DR:
		return pl011_read_data(u);
	case UART_RSR:
		return u->rsr;
	case UART_FR:
		return pl011_flags(u);
	case UART_ILPR:
		return u->ilpr;
	case UART_IBRD:
		return u->ibrd;
	case UART_FBRD:
		return u->fbrd;
	case UART_LCR_H:
		return u->lcr;
	case UART_CR:
		return u->cr;
	case UART_IFLS:
		return u->ifls;
	case UART_IMSC:
		return u->imsc;
	case UART_RIS:
		return u->ris;
	case UART_MIS:
		return u->ris & u->imsc;
	case UART_DMACR:
		return u->dmacr;
	}
	if (offset >= PRIMECELL_ID)
		return primecell_id(PL011_ID, offset);
	LOG(LOG_UNIMPLEMENTED, "pl011: read of %#x", (unsigned)offset);
	return 0;
}

static void pl011_set_line_control(struct pl011 *u, uint32_t value)
{
	u->lcr = value & 0xff;
	if (u->count > pl011_depth(u))
		u->count = (uint8_t)pl011_depth(u);
	if (u->count >= pl011_trigger(u))
		u->ris |= INT_RX;
}

static void pl011_write(void *chip, gpa offset, unsigned size, uint64_t wide)
{
	struct pl011 *u = chip;
	uint32_t value = (uint32_t)wide;

	(void)size;
	switch (offset) {
	case UART_DR:
		pl011_transmit(u, (uint8_t)value);
		break;
	case UART_RSR:
		u->rsr = 0;
		break;
	case UART_ILPR:
		u->ilpr = value & 0xff;
		break;
	case UART_IBRD:
		u->ibrd = value & 0xffff;
		break;
	case UART_FBRD:
		u->fbrd = value & 0x3f;
		break;
	case UART_LCR_H:
		pl011_set_line_control(u, value);
		break;
	case UART_CR:
		u->cr = value & CR_MASK;
		pl011_update_modem(u);
		break;
	case UART_IFLS:
		u->ifls = value & 0x3f;
		break;
	case UART_IMSC:
		u->imsc = value & INT_MASK;
		break;
	case UART_ICR:
		u->ris &= ~value;
		break;
	case UART_DMACR:
		u->dmacr = value & 7;
		break;
	default:
		LOG(LOG_UNIMPLEMENTED, "pl011: write of %#x to %#x", value, (unsigned)offset);
	}
	pl011_feed(u);
	pl011_drive(u);
}

static void pl011_reset(void *chip)
{
	struct pl011 *u = chip;

	u->first = u->count = 0;
	u->overrun = false;
	u->rsr = u->ilpr = u->ibrd = u->fbrd = u->lcr = u->imsc = u->ris = u->dmacr = 0;
	u->cr = CR_RESET;
	u->ifls = 0x12;
	u->modem = pl011_modem_inputs(u);
	alarm_cancel(&u->timeout);
	pl011_feed(u);
	pl011_drive(u);
}

static void pl011_state(void *chip, struct archive *a)
{
	struct pl011 *u = chip;
	uint32_t *const fields[] = { &u->rsr,  &u->ilpr, &u->ibrd, &u->fbrd,  &u->lcr,  &u->cr,
				     &u->ifls, &u->imsc, &u->ris,  &u->dmacr, &u->modem };
	static const char *const names[] = { "rsr",  "ilpr", "ibrd", "fbrd",  "lcr",  "cr",
					     "ifls", "imsc", "ris",  "dmacr", "modem" };

	for (unsigned i = 0; i < COUNT_OF(fields); i++)
		archive_u32(a, names[i], fields[i]);
	archive_u8(a, "first", &u->first);
	archive_u8(a, "count", &u->count);
	archive_bool(a, "overrun", &u->overrun);
	for (unsigned i = 0; i < PL011_FIFO; i++)
		archive_u16(a, "fifo", &u->fifo[i]);
	alarm_state(&u->timeout, a, "timeout");
	archive_require(a, u->first < PL011_FIFO && u->count <= pl011_depth(u));
	archive_require(a, u->ibrd <= 0xffff && u->fbrd <= 0x3f && u->ifls <= 0x3f);
	if (archive_loading(a)) {
		u->first %= PL011_FIFO;
		pl011_drive(u);
	}
}

static void pl011_destroy(void *chip)
{
	struct pl011 *u = chip;

	alarm_cancel(&u->timeout);
	port_free(u, sizeof *u);
}

struct pl011 *pl011_create(const struct pl011_config *config)
{
	struct pl011 *u = port_allocate(sizeof *u, PORT_PLAIN);

	if (!u)
		return NULL;
	u->clock = config->clock;
	u->hz = config->hz;
	u->irq = config->irq;
	u->line = config->line;
	alarm_init(&u->timeout, config->clock, pl011_fire, u);
	if (u->line) {
		u->line->chip = u;
		u->line->room = pl011_room;
		u->line->receive = pl011_receive;
		u->line->receive_break = pl011_receive_break;
	}
	pl011_reset(u);
	return u;
}

const struct chip_ops pl011_ops = {
	.name = "pl011",
	.read = pl011_read,
	.write = pl011_write,
	.reset = pl011_reset,
	.state = pl011_state,
	.destroy = pl011_destroy,
	.min_bytes = 4,
};
